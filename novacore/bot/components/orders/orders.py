"""What a customer does with an order of theirs: send a proof, cancel, look at the goods, leaf through the list."""

import asyncio
import logging
from collections.abc import Mapping

from novacore.bot import private_pages
from novacore.bot.answers import BEFORE_A_FORM, open_form, open_page, show, turn_page
from novacore.bot.components.orders import review
from novacore.bot.press import Handler, Press
from novacore.bot.private_pages import true_page
from novacore.bot.uploads import proofs
from novacore.db.models import Order
from novacore.messages.orders.customer import goods
from novacore.messages.orders.customer import order_card as pages
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables

log = logging.getLogger(__name__)


async def ask_proof(press: Press) -> None:
    """Ask for the proof, unless the order takes none any more: who presses on an old page reads that at once."""
    async with true_page(press):
        order = await _read_in_time(press)
    await open_form(press.interaction, pages.proof_form(press.id.order_id, order.paid_by if order else None))


async def _read_in_time(press: Press) -> Order | None:
    """Return the order, or raise what speaks against a proof. None if that takes too long: a form can't wait."""
    try:
        async with asyncio.timeout(BEFORE_A_FORM):
            return await press.desk.run(orders.taking_proofs, press.actor, press.id.order_id)
    except TimeoutError:
        log.warning("The form of a proof opens before its order could be read.")
        return None


async def take_proof(press: Press) -> None:
    """Take the proof."""
    await turn_page(press.interaction)
    file, reference = press.answers.file("proof"), press.answers.text("reference")
    async with true_page(press):
        order = await proofs.take(press.desk, press.actor, press.id.order_id, file, reference)
    await private_pages.show_order(press.desk, press.interaction, order.id)


async def cancel(press: Press) -> None:
    """Cancel: for the buyer at once, from a page of their own; for staff, whose cards name a round, with a reason."""
    if press.id.round is not None:
        await review.ask_reason(press)
        return
    await turn_page(press.interaction)
    async with true_page(press):
        order = await press.desk.run(orders.cancel, press.actor, press.id.order_id)
    await private_pages.show_order(press.desk, press.interaction, order.id)


async def reveal(press: Press) -> None:
    """Show the buyer the goods, on a page that nobody else sees."""
    await open_page(press.interaction)
    order, items = await press.desk.run(deliverables.reveal, press.actor, press.id.order_id)
    await show(press.interaction, goods.goods_revealed(order, items))


async def turn_list(press: Press) -> None:
    """Show another page of the customer's own orders."""
    await turn_page(press.interaction)
    await private_pages.show_list(press.desk, press.interaction, press.id.number(0))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("order", "submit_proof"): ask_proof,
    ("order", "cancel"): cancel,
    ("order", "reveal"): reveal,
    ("order", "page"): turn_list,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("order", "submit_proof"): take_proof}
