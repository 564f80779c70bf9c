"""A shop with a name of its own: what jobs send and edit says it."""

from dataclasses import replace

from novacore.workflows.machine.shop import Face
from tests.fixtures.shops import MovableClock
from tests.tasks.catalog.test_panels import post, shown
from tests.tasks.town import Town

NAME = "Moonlight Store"


def named(town: Town) -> Town:
    """The same town, whose shop has a name."""
    return replace(town, runtime=replace(town.runtime, shop=replace(town.shop, face=Face(NAME))))


def test_the_panel_is_shown_again_under_the_name(town: Town, time: MovableClock) -> None:
    post(town)
    time.move(seconds=10)
    named(town).work()
    assert f"🛍️ {NAME}" in shown(town)


def test_a_receipt_says_whose_order_it_is_for_as_long_as_it_is_there(town: Town) -> None:
    here = named(town)
    order = here.place()
    here.work()
    (receipt,) = here.dms()
    assert receipt.count(f"-# {NAME}") == 1
    here.submit(order)
    here.work()
    (receipt,) = here.dms()
    assert receipt.count(f"-# {NAME}") == 1
    assert "being check" in receipt or "checking your payment" in receipt
