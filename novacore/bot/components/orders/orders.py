"""What a customer does with an order of theirs: send a proof, cancel, order again, look at the goods."""

from collections.abc import Mapping

from novacore.bot import private_pages
from novacore.bot.answers import acknowledge, before_a_form, open_form, open_page, show, turn_page
from novacore.bot.components.orders import review
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import Handler, Press
from novacore.bot.private_pages import true_page
from novacore.bot.uploads import proofs
from novacore.errors import Busy
from novacore.messages.orders.customer import asking, goods, retry
from novacore.messages.orders.customer import order_card as pages
from novacore.workflows.goods import files as goods_files
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables
from novacore.workflows.orders import kept_proofs, new_amounts


async def ask_proof(press: Press) -> None:
    """Ask for the proof, unless the order takes none any more: who presses on an old page reads that at once."""
    async with true_page(press):
        order = await before_a_form(press.desk.run(orders.taking_proofs, press.actor, press.id.order_id))
    await open_form(press.interaction, pages.proof_form(press.id.order_id, order.paid_by if order else None))


async def take_proof(press: Press) -> None:
    """Take the proof."""
    await turn_page(press.interaction)
    file, reference = press.answers.file("proof"), press.answers.text("reference")
    async with true_page(press):
        order = await proofs.take(press.desk, press.actor, press.id.order_id, file, reference)
    await private_pages.show_order(press.desk, press.interaction, order.id)


async def ask_id(press: Press) -> None:
    """Ask again for the id that was wrong, and for nothing else."""
    kept = await before_a_form(press.desk.run(kept_proofs.load, press.actor, press.id.number(0)))
    if kept is None:
        raise Busy("That takes longer than it should right now. Please press **Try again** once more in a moment.")
    await open_form(press.interaction, retry.retry_form(kept.id, kept.method, kept.reference))


async def take_id(press: Press) -> None:
    """Take the proof whose picture was kept, with the id that was typed now."""
    await turn_page(press.interaction)
    kept = await press.desk.run(kept_proofs.load, press.actor, press.id.number(0))
    order_id, reference = press.answers.text("order_id"), press.answers.text("reference")
    order = await proofs.take_kept(press.desk, press.actor, kept, order_id, reference)
    await private_pages.show_order(press.desk, press.interaction, order.id)


async def cancel(press: Press) -> None:
    """Ask whether it is meant: the buyer on a page of their own; staff, whose cards name a round, for a reason."""
    if press.id.round is not None:
        await review.ask_reason(press)
        return
    await turn_page(press.interaction)
    async with true_page(press):
        order = await press.desk.run(orders.cancellable, press.actor, press.id.order_id)
    await show(press.interaction, asking.cancel_question(order))


async def cancel_now(press: Press) -> None:
    """Cancel: the buyer means it. Pages of older releases don't name what they asked about, so they ask once more."""
    if press.id.round is None:
        await cancel(press)
        return
    await turn_page(press.interaction)
    async with true_page(press):
        order = await press.desk.run(orders.cancel_as_asked, press.actor, press.id.order_id, press.id.number(1))
    await private_pages.show_order(press.desk, press.interaction, order.id)


async def keep(press: Press) -> None:
    """Show the order as it is, to someone who was asked whether to cancel it."""
    await turn_page(press.interaction)
    await private_pages.show_order(press.desk, press.interaction, press.id.order_id)


async def again(press: Press) -> None:
    """Show the product of an order that has ended, as it is on sale today.

    On a page of its own: a page becomes one order, and the one that was pressed is kept true about the old order.
    """
    await open_page(press.interaction)
    await show(press.interaction, await press.desk.run(order_lookups.page_again, press.actor, press.id.order_id))


async def new_amount(press: Press) -> None:
    """Give the customer a new amount in their coin, where the one before holds no longer."""
    await turn_page(press.interaction)
    async with true_page(press):
        order = await press.desk.run(new_amounts.renew, press.actor, press.id.order_id)
    await private_pages.show_order(press.desk, press.interaction, order.id)


async def reveal(press: Press) -> None:
    """Show the buyer the goods, on a page that nobody else sees."""
    await open_page(press.interaction)
    await acknowledge(press.interaction)  # it goes down in the books as shown: first Discord has to take our answer
    size = await press.desk.run(deliverables.size_of_files, press.actor, press.id.order_id)
    async with press.desk.intake.way_out(press.actor.id or 0, size):  # and there has to be room to send it
        order, bought = await press.desk.run(deliverables.reveal, press.actor, press.id.order_id)
        files = await press.desk.run(goods_files.read, bought.files) if bought.files else ()
        await show(press.interaction, goods.goods_revealed(order, bought.items, files))


async def turn_list(press: Press) -> None:
    """Show another page of the customer's own orders."""
    await turn_page(press.interaction)
    await private_pages.show_list(press.desk, press.interaction, press.id.number(0))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("order", "submit_proof"): ask_proof,
    ("order", "cancel"): cancel,
    ("order", "cancel_now"): cancel_now,
    ("order", "keep"): keep,
    ("order", "again"): again,
    ("order", "reveal"): reveal,
    ("order", "new_amount"): new_amount,
    ("order", "page"): turn_list,
    ("proof", "retry"): ask_id,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("order", "submit_proof"): take_proof, ("proof", "retry"): take_id}
