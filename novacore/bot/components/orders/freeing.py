"""“Free these and block” under the alert of a product that runs low: the question first, then it is done."""

from collections.abc import Mapping
from datetime import UTC, datetime

from novacore.bot.answers import open_page, show, turn_page
from novacore.bot.press import Handler, Press
from novacore.messages.orders.staff import freeing as pages
from novacore.workflows.orders.blocking import freeing


async def ask(press: Press) -> None:
    """Show what it would do, to whoever pressed."""
    await open_page(press.interaction)
    found = await press.desk.run(freeing.load, press.actor, press.id.number(0))
    await show(press.interaction, pages.question(found))


async def free(press: Press) -> None:
    """Do it to what the question has shown, and say what was done."""
    await turn_page(press.interaction)
    as_of = datetime.fromtimestamp(press.id.number(1), UTC)
    done = await press.desk.run(freeing.free_and_block, press.actor, press.id.number(0), as_of)
    await show(press.interaction, pages.freed(done))


PRESSES: Mapping[tuple[str, str], Handler] = {("stock", "ask_free"): ask, ("stock", "free"): free}
