"""The shop's own colour takes the place of ours, and of nothing that means something."""

import pytest
from discord import ui

from novacore.messages.kit import colours, face
from novacore.messages.kit.layout import Card, text
from novacore.states import Stripe
from novacore.workflows.machine.shop import Face

OWN = 0x123456


def stripes(view: ui.LayoutView) -> list[int | None]:
    """The colours of its boxes, as they go out."""
    return [one["accent_color"] for one in view.to_components()]  # type: ignore[no-untyped-call]


def test_only_what_is_neutral_takes_it_however_often_it_is_put_on() -> None:
    both = [ui.Container(text("a"), accent_colour=one) for one in (colours.BRAND, colours.WARNING)]
    view = Card(*both, ui.Container(text("b")))
    for _ in range(2):
        face.put_on(view, Face("", OWN))
        assert stripes(view) == [OWN, colours.WARNING.value, None]


@pytest.mark.parametrize("stripe", Stripe)
def test_a_colour_that_means_something_stays(stripe: Stripe) -> None:
    meant = colours.BY_STRIPE[stripe]
    view = Card(ui.Container(text("a"), accent_colour=meant))
    face.put_on(view, Face("Moonlight Store", OWN))
    assert stripes(view) == [meant.value]


def test_a_shop_without_one_looks_as_ever() -> None:
    view = Card(ui.Container(text("a"), accent_colour=colours.BRAND))
    face.put_on(view, Face("Moonlight Store"))
    assert stripes(view) == [colours.BRAND.value]
