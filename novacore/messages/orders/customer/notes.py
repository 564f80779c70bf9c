"""Notes to the customer by DM: what just happened to their order, why, and what they can do next."""

from collections.abc import Callable, Mapping

from novacore.db.models import Event, Order
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.messages.orders.customer.order_card import staff_wrote
from novacore.money import format_money
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.placing.unpaid import HeldBack
from novacore.workflows.orders.rules import by_hand


def note_to_customer(order: Order, event: Event, held_back: HeldBack | None = None) -> Message:
    """Tell the customer by DM what just happened to their order, with the reason and what to do next.

    `event` is the arrow that was taken; the order may have moved on since, and then its button is not offered.
    `held_back` is what holds for the next order of a customer whose orders keep ending unpaid.
    """
    title, body = _NOTES.get(event.trigger, _plain_note)(order, event)
    colour = appearance.colour(OrderStatus[event.target]) if event.target else colours.BRAND
    said = staff_wrote(event.reason, REASON_LIMIT)
    proof = [one for one in buttons.for_buyer(order) if one.custom_id == custom_ids.order("submit_proof", order.id)]
    told = text(f"## {title}", body, *said, *_limits(held_back))
    items: list[Item] = [told, text(f"-# {words.bought(order)} · Order id `{order.id}`")]
    return Message(box([*items, *rows(proof)], colour))


def reminder(order: Order) -> Message:
    """Remind the customer that their time to pay, or to send another proof, is nearly up; later, say that it is past.

    Its button goes with the time that it speaks of: an order that has expired has a note of its own.
    """
    waits = order.status.row.awaits_customer
    proof = [one for one in buttons.for_buyer(order) if one.custom_id == custom_ids.order("submit_proof", order.id)]
    about = text(f"-# {words.bought(order)} · Order id `{order.id}`")
    items: list[Item] = [text(*_reminded(order)), about, *rows(proof if waits else [])]
    return Message(box(items, appearance.colour(order.status)))


def _reminded(order: Order) -> list[str]:
    if order.expires_at is None or not order.status.row.awaits_customer:
        return ["## ⏳ About your order", "This was a reminder. `/orders` shows where your order stands now."]
    ends = f"{words.stamp(order.expires_at)} ({words.stamp(order.expires_at, 'f')})"
    if order.status.row.may_be_approved:
        return [f"## ⏳ Your time to send another proof ends {ends}", "After that your items go back on sale."]
    told = (
        "After that your items go back on sale. **Have you paid already?** Then send us the proof now. `/orders` shows "
        "how to pay. Changed your mind? You don't need to do anything."
    )
    return [f"## ⏳ Your time to pay ends {ends}", told]


def _limits(held: HeldBack | None) -> list[str]:
    if held is None:
        return []
    again, until = words.stamp(held.next_order_at), words.stamp(held.until, "f")
    told = (
        f"{held.unpaid_ends} of your orders ended without a payment in the last 7 days, so you can order again "
        f"{again}. Until {until} you can have one open order at a time, with less time to pay. As soon as we have "
        "confirmed a payment of yours, none of this applies any more."
    )
    return [told]


_Note = Callable[[Order, Event], tuple[str, str]]


def _asked_again(order: Order, _event: Event) -> tuple[str, str]:
    until = f" You have until {words.stamp(order.expires_at, 'f')}." if order.expires_at else ""
    return "🔁 Please send another proof", (
        f"We looked at your proof, but could not confirm the payment with it yet.{until} If you have paid already, "
        "**don't pay again**."
    )


def _rejected(_order: Order, _event: Event) -> tuple[str, str]:
    return "❌ We could not accept your payment", (
        "Your order was closed. If you think that's a mistake, please tell our staff and quote the order id."
    )


def _cancelled(_order: Order, event: Event) -> tuple[str, str]:
    by_them = event.actor_kind is ActorKind.customer
    title = "🚫 You cancelled your order" if by_them else "🚫 Your order was cancelled"
    return title, "There is nothing to pay. If you have paid already, please tell our staff and quote the order id."


def _expired(order: Order, _event: Event) -> tuple[str, str]:
    later = (
        "**Have you paid?** Send us the proof and our staff will still look at it. Otherwise you don't need to do "
        "anything."
    )
    if order.review_round:
        title = "⌛ The time to send another proof is over"
        return title, f"We didn't get another proof in time, so your items went back on sale. {later}"
    return "⌛ The time to pay is over", f"No payment reached us in time, so your items went back on sale. {later}"


def _fulfilled(_order: Order, _event: Event) -> tuple[str, str]:
    return "🎉 Your order is done", "Our staff have finished it. Thank you for buying from us!"


def _refunded(order: Order, event: Event) -> tuple[str, str]:
    paid = _amount(order, event) or "what you paid"
    return "💸 Your money is on its way back", (
        f"We returned {paid} by {words.escape(order.paid_by.label)}. It can take a few days until you see it."
    )


def _returned(order: Order, event: Event) -> tuple[str, str]:
    part = _amount(order, event) or "a part of what you paid"
    way = words.escape(order.paid_by.label)
    return f"💸 We sent {part} back to you", (
        f"It goes the way it came, by {way}, and can take a few days. Your order stays as it is."
    )


def _amount(order: Order, event: Event) -> str:
    minor = event.detail.get("amount_minor")
    return f"**{format_money(minor, order.currency)}**" if minor else ""


def _confirmed(order: Order, _event: Event) -> tuple[str, str]:
    if not by_hand(order):
        return _plain_note(order, _event)
    return "✅ Your payment is confirmed", (
        "Thank you! Our staff are at work on your order now, and you'll hear from us here when it is done."
    )


def _plain_note(order: Order, _event: Event) -> tuple[str, str]:
    look = order.status.row
    return f"{look.emoji} {look.title}", appearance.status_sentence(order)


_NOTES: Mapping[str, _Note] = {
    "ask_again": _asked_again,
    "reject": _rejected,
    "cancel": _cancelled,
    "expire": _expired,
    "fulfil": _fulfilled,
    "refund": _refunded,
    "return_money": _returned,
    "approve": _confirmed,
}
