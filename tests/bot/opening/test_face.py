"""A shop with a name and a colour of its own: the panel, the pages that follow, and what keeps its meaning."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from novacore.messages.kit import colours
from novacore.workflows.machine.shop import Face, Shop
from tests.bot.towns.town import open_town, page, said, text_of
from tests.fixtures.shops import ProductMaker

OWN = Face("Moon*light* Store", 0x123456)


def stripe(message: Any) -> int:
    """The colour of a message's only box."""
    (box,) = message.components
    return int(box["accent_color"] if isinstance(box, dict) else box.accent_colour.value)


async def test_the_panel_and_the_pages_show_it(shop: Shop, make_product: ProductMaker, tmp_path: Path) -> None:
    make_product()
    async with open_town(replace(shop, face=OWN), tmp_path) as here:
        assert stripe(here.panel) == OWN.colour
        opened = await here.alice.slash(here.channels["shop"], "shop")
        assert "🛍️ Moon\\*light\\* Store" in said(opened)
        assert stripe(page(opened)) == OWN.colour
        shown = await here.to_product(here.alice)
        assert stripe(page(shown)) == OWN.colour


async def test_a_refusal_stays_amber(shop: Shop, make_product: ProductMaker, tmp_path: Path) -> None:
    make_product()
    async with open_town(replace(shop, face=OWN), tmp_path) as here:
        refused = await here.to_methods(here.alice, quantity="nine")
        answers = [one for one in (refused.response, *refused.followups) if one]
        (told,) = (one for one in answers if "is not a quantity" in text_of(one.components))
        assert stripe(told) == colours.WARNING.value


async def test_without_them_it_is_called_what_it_always_was(
    shop: Shop, make_product: ProductMaker, tmp_path: Path
) -> None:
    make_product()
    async with open_town(shop, tmp_path) as here:
        opened = await here.alice.slash(here.channels["shop"], "shop")
        assert text_of(page(opened).components).startswith("## 🛍️ NovaCore Products\n")
        assert stripe(page(opened)) == colours.BRAND.value
