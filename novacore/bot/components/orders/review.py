"""What staff do with an order: decide on it, with a reason where one is needed, and look into it."""

from collections.abc import Mapping

from novacore.bot.answers import before_a_form, is_page, open_form, open_page, show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import Handler, Press
from novacore.db.models import Order
from novacore.messages.kit import notices
from novacore.messages.kit.custom_ids import CustomId
from novacore.messages.orders.staff import pages
from novacore.messages.orders.staff.staff_forms import staff_form
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.buttons import Button
from novacore.workflows.machine.policy import BY_STAFF, Actor, require_reviewer
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.table import ORDERS

DECISIONS: Mapping[str, Button] = {
    arrow.trigger: arrow.button for arrow in ORDERS.arrows if arrow.button and arrow.who & BY_STAFF
}
"""The buttons of staff. Cancelling is the buyer's as well, without a form: `components.orders` tells the two apart."""


async def ask_reason(press: Press) -> None:
    """Open the button's form, unless the order has moved on. On old cards of tickets customers see these buttons."""
    require_reviewer(press.actor, "use that button")
    given = Given(round=press.id.round)
    await before_a_form(press.desk.run(orders.refuse_early, press.actor, press.id.order_id, press.id.verb, given))
    await open_form(press.interaction, staff_form(press.id))


async def ask_amount(press: Press) -> None:
    """Open the form that asks what came in; it says how the amount of this very order may be typed."""
    order = await before_a_form(press.desk.run(_to_approve, press.actor, press.id))
    await open_form(press.interaction, staff_form(press.id, order))


def _to_approve(shop: Shop, actor: Actor, pressed: CustomId) -> Order:
    order = order_lookups.to_decide(shop, actor, pressed.order_id)
    orders.refuse_early(shop, actor, order.id, "approve", Given(round=pressed.round))
    return order


async def decide(press: Press) -> None:
    """Take the arrow that the button stands for, with the reason that came back where it asked for one."""
    await turn_page(press.interaction)
    given = Given(reason=press.answers.text("reason") or None, round=press.id.round)
    order = await press.desk.run(orders.take, press.actor, press.id.order_id, press.id.verb, given)
    await _tell(press, order)


async def refund(press: Press) -> None:
    """Refund, with the amount that was sent back."""
    await turn_page(press.interaction)
    given = Given(reason=press.answers.text("reason") or None, round=press.id.round)
    amount = press.answers.text("amount")
    order = await press.desk.run(orders.refund, press.actor, press.id.order_id, given, amount)
    await _tell(press, order)


async def approve_amount(press: Press) -> None:
    """Approve, with the amount that came in instead of the total."""
    await turn_page(press.interaction)
    given, typed = Given(round=press.id.round), (press.answers.text("amount"), press.answers.text("again"))
    order = await press.desk.run(orders.approve_amount, press.actor, press.id.order_id, given, *typed)
    booked = await press.desk.run(order_lookups.came_in, order)
    await _tell(press, order, f"{ORDERS.arrow('approve').past} with {booked}")


async def _tell(press: Press, order: Order, deed: str = "") -> None:
    """Say what was done. A details page shows the order as it is now; a card in the channel is renewed by its job.

    What is decided is no order for a reviewer to look at any more: they read the sentence in place of the page.
    """
    if is_page(press.interaction) and press.actor.decides:
        await show_details(press)
        return
    deed, state = deed or ORDERS.arrow(press.id.verb).past, order.status.row.label
    await show(press.interaction, notices.notice(f"Done: you {deed}. `{order.id}` is {state} now."))


async def look_into(press: Press) -> None:
    """Show the whole story of an order on a page of its own: the list in which it was pressed stays."""
    await open_page(press.interaction)
    await show_details(press)


async def show_details(press: Press) -> None:
    """Show the first page of it, as it is now."""
    found = await press.desk.run(order_lookups.details, press.actor, press.id.order_id)
    await show(press.interaction, pages.details(*found))


async def turn_story(press: Press) -> None:
    """Show another page of the story of an order; page 0 is the first one, with its buttons."""
    await turn_page(press.interaction)
    if press.id.number(1) == 0:
        await show_details(press)
        return
    story = await press.desk.run(order_lookups.story, press.actor, press.id.order_id)
    await show(press.interaction, pages.story_page(story, press.id.number(1)))


async def turn_queue(press: Press) -> None:
    """Show another page of what waits for review."""
    await turn_page(press.interaction)
    page = press.id.number(0)
    totals, waiting = await press.desk.run(order_lookups.queue, press.actor, page)
    await show(press.interaction, pages.queue_page(totals, waiting, page))


PRESSES: Mapping[tuple[str, str], Handler] = {
    **{("order", verb): ask_reason if button.asks else decide for verb, button in DECISIONS.items()},
    ("order", "approve_amount"): ask_amount,
    ("order", "details"): look_into,
    ("order", "story"): turn_story,
    ("order", "queue"): turn_queue,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {
    **{("order", verb): decide for verb, button in DECISIONS.items() if button.asks},
    ("order", "refund"): refund,
    ("order", "approve_amount"): approve_amount,
}
