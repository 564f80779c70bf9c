"""What staff do with an order: decide on it, with a reason where one is needed, and look into it."""

from collections.abc import Callable, Mapping

from novacore.bot.answers import is_page, open_form, show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import Handler, Press
from novacore.db.models import Order
from novacore.messages.kit import notices
from novacore.messages.orders import staff
from novacore.messages.orders.staff_forms import staff_form
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.table import ORDERS

Command = Callable[[Shop, Actor, str, Given], Order]

AT_ONCE: Mapping[str, Command] = {
    "approve": orders.approve,
    "retry_delivery": orders.retry_delivery,
}
"""Decisions that need nothing but the press."""

WITH_REASON: Mapping[str, Command] = {
    "ask_again": orders.ask_again,
    "cancel": orders.cancel,
    "fulfil": orders.fulfil,
    "reinstate": orders.reinstate,
    "reject": orders.reject,
}
"""Decisions that open a form first. A refund does too, and asks for the amount besides. Cancelling is the buyer's as
well, without a form: `components.orders` tells the two apart."""


async def decide_at_once(press: Press) -> None:
    """Take the arrow that the button stands for."""
    await turn_page(press.interaction)
    command = AT_ONCE[press.id.verb]
    order = await press.desk.run(command, press.actor, press.id.order_id, Given(round=press.id.round))
    await _tell(press, order)


async def ask_reason(press: Press) -> None:
    """Ask for the reason. On a ticket's card customers see these buttons, too: no form lets them hope in vain."""
    require_staff(press.actor, "use that button")
    await open_form(press.interaction, staff_form(press.id))


async def decide(press: Press) -> None:
    """Take the arrow, with the reason that came back."""
    await turn_page(press.interaction)
    given = Given(reason=press.answers.text("reason"), round=press.id.round)
    order = await press.desk.run(WITH_REASON[press.id.verb], press.actor, press.id.order_id, given)
    await _tell(press, order)


async def refund(press: Press) -> None:
    """Record a refund: of the amount that came back with the form, or of everything."""
    await turn_page(press.interaction)
    given = Given(reason=press.answers.text("reason"), round=press.id.round)
    amount = press.answers.text("amount")
    order = await press.desk.run(orders.refund, press.actor, press.id.order_id, given, amount)
    await _tell(press, order)


async def approve_amount(press: Press) -> None:
    """Accept a payment of another amount than the total."""
    await turn_page(press.interaction)
    given, amount = Given(round=press.id.round), press.answers.text("amount")
    order = await press.desk.run(orders.approve_amount, press.actor, press.id.order_id, given, amount)
    await _tell(press, order, "approve")


async def _tell(press: Press, order: Order, trigger: str = "") -> None:
    """Say what was done. A details page shows the order as it is now; a card in the channel is renewed by its job."""
    if is_page(press.interaction):
        await show_details(press)
        return
    deed, state = ORDERS.arrow(trigger or press.id.verb).past, order.status.row.label
    await show(press.interaction, notices.notice(f"Done: you {deed}. `{order.id}` is {state} now."))


async def look_into(press: Press) -> None:
    """Show the whole story of an order."""
    await turn_page(press.interaction)
    await show_details(press)


async def show_details(press: Press) -> None:
    """Show the first page of it, as it is now."""
    story, picture = await press.desk.run(order_lookups.details, press.actor, press.id.order_id)
    await show(press.interaction, staff.details(story, picture))


async def turn_story(press: Press) -> None:
    """Show another page of the story of an order."""
    await turn_page(press.interaction)
    story, _ = await press.desk.run(order_lookups.details, press.actor, press.id.order_id)
    await show(press.interaction, staff.story_page(story, press.id.number(1)))


async def turn_queue(press: Press) -> None:
    """Show another page of what waits for review."""
    await turn_page(press.interaction)
    page = press.id.number(0)
    total, waiting = await press.desk.run(order_lookups.queue, press.actor, page)
    await show(press.interaction, staff.queue_page(total, waiting, page))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("order", "approve"): decide_at_once,
    ("order", "retry_delivery"): decide_at_once,
    ("order", "refund"): ask_reason,
    **{("order", verb): ask_reason for verb in WITH_REASON},
    ("order", "approve_amount"): ask_reason,
    ("order", "details"): look_into,
    ("order", "story"): turn_story,
    ("order", "queue"): turn_queue,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {
    ("order", "refund"): refund,
    ("order", "approve_amount"): approve_amount,
    **{("order", verb): decide for verb in WITH_REASON},
}
