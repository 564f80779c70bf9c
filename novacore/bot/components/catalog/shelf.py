"""The owner puts categories and products in order, a place at a time. `/shelf move` puts them anywhere."""

from collections.abc import Mapping

from novacore.bot.answers import turn_page
from novacore.bot.components.catalog.products import show_for_owner, show_shelf
from novacore.bot.press import Handler, Press
from novacore.messages.catalog.shelf import moved
from novacore.workflows.catalog import shelf


async def move_product(press: Press) -> None:
    """Move a product one place, and show it again."""
    await turn_page(press.interaction)
    place = await press.desk.run(shelf.shift_product, press.actor, press.id.number(0), _STEPS[press.id.verb])
    await show_for_owner(press, press.id.number(0), moved(place))


async def move_category(press: Press) -> None:
    """Move a category one place, and show it again."""
    await turn_page(press.interaction)
    place = await press.desk.run(shelf.shift_category, press.actor, press.id.number(0), _STEPS[press.id.verb])
    await show_shelf(press, press.id.number(0), 0, moved(place))


_STEPS: Mapping[str, int] = {"up": -1, "down": 1}

PRESSES: Mapping[tuple[str, str], Handler] = {
    **{("product", verb): move_product for verb in _STEPS},
    **{("category", verb): move_category for verb in _STEPS},
}
