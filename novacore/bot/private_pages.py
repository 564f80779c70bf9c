"""Shows people pages about their own orders, and has them kept true for as long as Discord lets us edit them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from novacore import clock
from novacore.bot import asker
from novacore.bot.answers import Interaction, is_page, show, turn_page
from novacore.bot.desk import Desk
from novacore.bot.press import Press
from novacore.errors import EvidenceUsed, WrongState
from novacore.messages.orders.customer.private_page import private_page
from novacore.workflows.orders import private_pages
from novacore.workflows.orders.private_pages import ShownPage

WHERE: Final = "`/orders` shows all your orders as they are now."

log = logging.getLogger(__name__)


async def show_order(desk: Desk, interaction: Interaction, order_id: str) -> None:
    """Answer with the page of one order of theirs, as it is now. Raises NotFound for anyone else's."""
    await _show(desk, interaction, order_id, 0)


async def show_list(desk: Desk, interaction: Interaction, list_page: int = 0) -> None:
    """Answer with a page of the list of their orders, counted from 0."""
    await _show(desk, interaction, None, list_page)


async def _show(desk: Desk, interaction: Interaction, order_id: str | None, list_page: int) -> None:
    person = interaction.user.id
    now = await desk.run(private_pages.contents, person, order_id, list_page)
    # Counted from the press on our own clock: Discord's may differ.
    ends_at = clock.now() + private_pages.LIFE - asker.waited()
    shown = await show(interaction, private_page(now, ends_at))
    page = ShownPage(
        shown.message_id, person, order_id, list_page, now.mark, ends_at, interaction.token, shown.is_answer
    )
    await _follow(desk, page)


async def _follow(desk: Desk, page: ShownPage) -> None:
    try:
        await desk.run(private_pages.follow, page)
    except Exception:
        # They have their answer, and it says where to look later.
        log.exception("A private page can't be kept up to date")


@asynccontextmanager
async def true_page(press: Press) -> AsyncIterator[None]:
    """Where the order is not what the page says any more, show the page as it is now, and say where to look.

    Works before the acknowledgement and after it. What stands in a DM or in a channel stays as it is: a job edits it.
    """
    try:
        yield
    except EvidenceUsed:
        raise  # about another order: the page is right
    except WrongState as refusal:
        if is_page(press.interaction):
            await turn_page(press.interaction)
            await show_order(press.desk, press.interaction, press.id.order_id)
        raise WrongState(f"{refusal.sentence} {WHERE}") from None
