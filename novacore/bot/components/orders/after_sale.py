"""What staff do with an order outside its state table: goods again, a unit replaced, money noted."""

from collections.abc import Mapping

from novacore.bot.answers import before_a_form, is_page, open_form, show, turn_page
from novacore.bot.components.orders.review import show_details
from novacore.bot.press import Handler, Press
from novacore.db.models import Order
from novacore.messages.kit import notices
from novacore.messages.orders.staff.staff_forms import staff_form
from novacore.workflows.machine.policy import require_staff
from novacore.workflows.orders import after_sale


async def ask(press: Press) -> None:
    """Open the button's form, unless the card is out of date, or it is for others."""
    require_staff(press.actor, "use that button")
    seen = press.id.order_id, press.id.verb, press.id.number(1)
    await before_a_form(press.desk.run(after_sale.refuse_early, press.actor, *seen))
    await open_form(press.interaction, staff_form(press.id))


async def resend(press: Press) -> None:
    """Send the goods again."""
    await turn_page(press.interaction)
    order = await press.desk.run(after_sale.resend, press.actor, press.id.order_id, press.id.number(1))
    await _tell(press, order, "the goods are on their way once more")


async def replace_unit(press: Press) -> None:
    """Replace the unit that came back with the form."""
    await turn_page(press.interaction)
    number, reason = press.answers.text("number"), press.answers.text("reason")
    seen = press.id.order_id, press.id.number(1)
    order = await press.desk.run(after_sale.replace_unit, press.actor, *seen, number, reason)
    await _tell(press, order, "the new unit is on its way")


async def return_money(press: Press) -> None:
    """Note the money that went back."""
    await turn_page(press.interaction)
    amount, reason = press.answers.text("amount"), press.answers.text("reason")
    seen = press.id.order_id, press.id.number(1)
    order = await press.desk.run(after_sale.return_money, press.actor, *seen, amount, reason)
    await _tell(press, order, "the books have it, and the customer hears of it")


async def receive_money(press: Press) -> None:
    """Note the money that came in."""
    await turn_page(press.interaction)
    amount, reason = press.answers.text("amount"), press.answers.text("reason")
    seen = press.id.order_id, press.id.number(1)
    order = await press.desk.run(after_sale.receive_money, press.actor, *seen, amount, reason)
    await _tell(press, order, "the books have it")


async def _tell(press: Press, order: Order, done: str) -> None:
    """Say what was done. A details page shows the order as it is now; a card in the channel is renewed by its job."""
    if is_page(press.interaction):
        await show_details(press)
        return
    await show(press.interaction, notices.notice(f"Done: {done}. (`{order.id}`)"))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("order", "resend"): resend,
    ("order", "replace_unit"): ask,
    ("order", "return_money"): ask,
    ("order", "receive_money"): ask,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {
    ("order", "replace_unit"): replace_unit,
    ("order", "return_money"): return_money,
    ("order", "receive_money"): receive_money,
}
