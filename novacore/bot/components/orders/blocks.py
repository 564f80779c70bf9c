"""The buttons of the list of blocks."""

from collections.abc import Mapping

from novacore.bot.answers import show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import Handler, Press
from novacore.messages.orders.staff import blocks as pages


async def turn(press: Press) -> None:
    """Show another page of it."""
    await turn_page(press.interaction)
    page = press.id.number(0)
    total, people = await press.desk.run(order_lookups.blocked, press.actor, page)
    await show(press.interaction, pages.blocks(people, page, total))


PRESSES: Mapping[tuple[str, str], Handler] = {("person", "blocks"): turn}
