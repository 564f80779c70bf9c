"""The list of discount codes, page by page."""

from collections.abc import Mapping

from novacore.bot.answers import show, turn_page
from novacore.bot.lookups import discounts as lookups
from novacore.bot.press import Handler, Press


async def turn_list(press: Press) -> None:
    """Show another page of the codes."""
    await turn_page(press.interaction)
    await show(press.interaction, await press.desk.run(lookups.every, press.actor, press.id.number(0)))


PRESSES: Mapping[tuple[str, str], Handler] = {("discount", "list"): turn_list}
