"""What a customer reads about an order: how to pay, the receipt that is always true, their list, and notes.

The bot shows the first to whoever just ordered; jobs send the receipt and the notes by DM and keep the receipt true.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from discord import ui

from novacore.db.models import Event, Order
from novacore.media.qr import payment_qr
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import FilePart, Form, Item, Message, box, gallery, line, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.money import format_money
from novacore.states import ActorKind, OrderStatus, PaymentMethod
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.rules import by_hand
from novacore.workflows.orders.unpaid import HeldBack

ORDERS_PAGE: Final = 5
"""Orders on one page of /orders; the query pages by it."""

_SHORT_REASON = 100
"""Of a reason in the list of orders; the receipt has all of it."""

_SHORT_NAME = 60
"""Of a product's name in the list of orders."""


# ---- how to pay


def payment_instructions(order: Order) -> Message:
    """Show whoever just ordered how to pay. The receipt in their DMs says the same and outlives this message."""
    return _pay_card(order, "-# We send you this by DM too, and `/orders` shows your orders at any time.")


def receipt(order: Order) -> Message:
    """Build the card in the customer's DMs: how to pay while that is what waits, and always where the order stands."""
    if order.status is OrderStatus.awaiting_payment and not order.review_round:
        return _pay_card(order)
    look = order.status.row
    items: list[Item] = [
        text(f"## {look.emoji} {look.title}", _summary(order)),
        line(),
        text(appearance.status_sentence(order), *_staff_wrote(appearance.customers_reason(order), REASON_LIMIT)),
    ]
    if order.status is OrderStatus.awaiting_payment:
        items.append(text("Not paid yet?", *_how_to_pay(order)))
    return Message(box([*items, *rows(buttons.for_buyer(order))], appearance.colour(order.status)))


def _pay_card(order: Order, *footer: str) -> Message:
    look, qr = order.status.row, _qr(order)
    items: list[Item] = [
        text(f"## {look.emoji} Pay {words.total(order)}", _summary(order)),
        line(),
        text(f"**1. Pay** {_how_much(order)}", *_address(order), *_warning(order)),
        *([gallery(qr)] if qr else []),
        text(
            "**2. Send us the proof**: press the green button and upload a screenshot of the payment, with its "
            "transaction id.",
            _what_follows(order),
        ),
        line(),
        text(*_time_left(order)),
        *rows(buttons.for_buyer(order)),
        *([text(*footer)] if footer else []),
    ]
    return Message(box(items, appearance.colour(order.status)), (qr,) if qr else ())


def _what_follows(order: Order) -> str:
    return f"**3. We check it** and {'do our work for you' if by_hand(order) else 'you get your goods by DM'}."


def _summary(order: Order) -> str:
    return f"{words.bought(order)} · **{words.total(order)}**\nOrder id `{order.id}`"


def _how_much(order: Order) -> str:
    coin = order.method.row.coin
    if not coin:
        return f"**exactly {words.total(order)}** by PayPal and write `{order.id}` into the note. Our address:"
    network = words.escape(order.pay_network)
    return f"{coin} worth **exactly {words.total(order)}** on the **{network}** network, to"


def _address(order: Order) -> list[str]:
    return [words.block(order.pay_address)]


def _warning(order: Order) -> list[str]:
    if not order.method.row.coin:
        return []
    network = words.escape(order.pay_network)
    return [f"⚠️ Only the **{network}** network: coins sent on another are lost. The wallet's fee comes on top."]


def _qr(order: Order) -> FilePart | None:
    if not order.method.row.coin:
        return None
    name = f"pay-{order.method}-{order.id}.png"
    return FilePart(name, payment_qr(order.pay_address), f"QR code of our {order.pay_network} address")


def _time_left(order: Order) -> list[str]:
    if order.expires_at is None:
        return []
    until, left = words.stamp(order.expires_at, "f"), words.stamp(order.expires_at)
    return [f"⏳ Your items are set aside for you until {until}, {left}."]


def _staff_wrote(reason: str | None, limit: int) -> list[str]:
    return [f"Our staff wrote:\n{words.quote(reason, limit)}"] if reason else []


_BY_PAYPAL_OR_COIN = "PayPal shows it in the receipt (17 letters and digits), a wallet in the payment's details."


def _where_it_stands(methods: Collection[PaymentMethod]) -> str:
    if PaymentMethod.paypal not in methods:
        return "Your wallet shows it in the payment's details."
    return _BY_PAYPAL_OR_COIN if len(methods) > 1 else "PayPal shows it in the receipt: 17 letters and digits."


def proof_form(order_id: str, methods: Collection[PaymentMethod] = tuple(PaymentMethod)) -> Form:
    """Ask for the proof: a picture and the transaction id. Opens without a look into the database.

    `methods` are the ways to pay that the shop takes.
    """
    picture: ui.Label[Any] = ui.Label(
        text="Screenshot of your payment",
        description="PNG, JPEG or WEBP, up to 10 MiB.",
        component=ui.FileUpload(custom_id="proof", min_values=1, max_values=1),
    )
    reference: ui.Label[Any] = ui.Label(
        text="Transaction id",
        description=_where_it_stands(methods),
        component=ui.TextInput(custom_id="reference", min_length=1, max_length=500),
    )
    return Form("Send payment proof", custom_ids.order("submit_proof", order_id), picture, reference)


# ---- the customer's own list


def customer_orders(orders: Sequence[Order], page: int, total: int) -> Message:
    """Build a page of a customer's own orders (counted from 0), each with its state and what they can do."""
    items: list[Item] = [text("## 🧾 Your orders")]
    if not orders:
        items.append(text("You have no orders yet. Type `/shop` to see what we have."))
    for order in orders[:ORDERS_PAGE]:
        items += [line(), text(*_entry(order)), *rows(buttons.for_buyer(order))]
    turn = buttons.paging(page, math.ceil(total / ORDERS_PAGE), lambda n: custom_ids.build("order", "page", n))
    if turn:
        items.append(line())
    return Message(box([*items, *rows(turn)], colours.BRAND))


def _entry(order: Order) -> list[str]:
    look = order.status.row
    return [
        f"**{look.emoji} {words.bought(order, _SHORT_NAME)}** · {words.total(order)}",
        f"-# `{order.id}` · {look.title} · ordered {words.stamp(order.placed_at)}",
        appearance.hint(order),
        *_staff_wrote(appearance.customers_reason(order), _SHORT_REASON),
        *(_how_to_pay(order) if order.status is OrderStatus.awaiting_payment else []),
    ]


def _how_to_pay(order: Order) -> list[str]:
    """Return it in short: whoever has closed DMs has no receipt to look at."""
    return [f"Send {_how_much(order)}", *_address(order), *_time_left(order)]


# ---- notes


def note_to_customer(order: Order, event: Event, held_back: HeldBack | None = None) -> Message:
    """Tell the customer by DM what just happened to their order, with the reason and what to do next.

    `event` is the arrow that was taken; the order may have moved on since, and then its button is not offered.
    `held_back` is what holds for the next order of a customer whose orders keep ending unpaid.
    """
    title, body = _NOTES.get(event.trigger, _plain_note)(order, event)
    colour = appearance.colour(OrderStatus[event.target]) if event.target else colours.BRAND
    said = _staff_wrote(event.reason, REASON_LIMIT)
    proof = [one for one in buttons.for_buyer(order) if one.custom_id == custom_ids.order("submit_proof", order.id)]
    told = text(f"## {title}", body, *said, *_limits(held_back))
    items: list[Item] = [told, text(f"-# {words.bought(order)} · Order id `{order.id}`")]
    return Message(box([*items, *rows(proof)], colour))


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


def _expired(_order: Order, _event: Event) -> tuple[str, str]:
    return "⌛ The time to pay is over", (
        "No payment reached us in time, so your items went back on sale. **Have you paid?** Send us the proof and our "
        "staff will still look at it. Otherwise you don't need to do anything."
    )


def _fulfilled(_order: Order, _event: Event) -> tuple[str, str]:
    return "🎉 Your order is done", "Our staff have finished it. Thank you for buying from us!"


def _refunded(order: Order, event: Event) -> tuple[str, str]:
    paid = _amount(order, event) or "what you paid"
    return "💸 Your money is on its way back", (
        f"We returned {paid} by {order.method.row.label}. It can take a few days until you see it."
    )


def _returned(order: Order, event: Event) -> tuple[str, str]:
    part = _amount(order, event) or "a part of what you paid"
    return f"💸 We sent {part} back to you", (
        f"It goes the way it came, by {order.method.row.label}, and can take a few days. Your order stays as it is."
    )


def _amount(order: Order, event: Event) -> str:
    minor = event.detail.get("amount_minor")
    return f"**{format_money(minor, order.currency)}**" if isinstance(minor, int) and minor else ""


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
