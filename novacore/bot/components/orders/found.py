"""The list of orders that fit what staff looked for."""

from collections.abc import Mapping

from novacore.bot.answers import show, turn_page
from novacore.bot.press import Handler, Press
from novacore.messages.orders.desk.found_orders import found_page
from novacore.workflows.orders.desk import found_orders
from novacore.workflows.orders.desk.found_orders import Wanted


async def turn(press: Press) -> None:
    """Show another page of it."""
    await turn_page(press.interaction)
    wanted, page = Wanted(*(press.id.number(at) for at in range(3))), press.id.number(3)
    found = await press.desk.run(found_orders.turn, press.actor, wanted, page)
    await show(press.interaction, found_page(found, page))


PRESSES: Mapping[tuple[str, str], Handler] = {("order", "found"): turn}
