"""What a customer reads about an order: how to pay, the receipt that is always true, their list, and notes.

The bot shows the first to whoever just ordered; jobs send the receipt and the notes by DM and keep the receipt true.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from discord import ui

from novacore.db.models import Event, Order
from novacore.media.qr import payment_qr
from novacore.messages import buttons, custom_ids, words
from novacore.messages.layout import FilePart, Form, Item, Message, box, gallery, line, rows, text
from novacore.states import OrderStatus, PaymentMethod

ORDERS_PAGE: Final = 5
"""Orders on one page of /orders; the query pages by it."""

_REASON = 500


def payment_instructions(order: Order) -> Message:
    """Show whoever just ordered how to pay. The receipt in their DMs says the same and outlives this message."""
    return _pay_card(order, "-# We sent you this by DM too. `/orders` shows it again at any time.")


def receipt(order: Order) -> Message:
    """Build the card in the customer's DMs: how to pay while that is what waits, and always where the order stands."""
    if order.status is OrderStatus.awaiting_payment and not order.review_round:
        return _pay_card(order)
    return Message(box([text(_head(order)), *_standing(order)], words.STATES[order.status].colour))


def _pay_card(order: Order, *footer: str) -> Message:
    qr = _qr(order)
    items: list[Item] = [
        text(f"## {words.STATES[order.status].emoji} Pay {words.total(order)}", f"for {words.bought(order)}"),
        line(),
        text(*_steps(order)),
        *([gallery(qr)] if qr else []),
        line(),
        text(*_time_left(order), f"Order id: `{order.id}`"),
        *rows(buttons.for_buyer(order)),
        *([text(*footer)] if footer else []),
    ]
    return Message(box(items, words.STATES[order.status].colour), (qr,) if qr else ())


def _steps(order: Order) -> list[str]:
    coin = words.METHODS[order.method].coin
    what = f"**exactly {words.total(order)}**"
    send = f"Send {coin} worth {what} to" if coin else f"Send {what} by PayPal to"
    return [f"**1.** {send}", words.block(order.pay_address)]


def _qr(order: Order) -> FilePart | None:
    if order.method is PaymentMethod.paypal:
        return None
    name = f"pay-{order.method}-{order.id}.png"
    return FilePart(name, payment_qr(order.pay_address), f"QR code of the {order.pay_network} address")


def _time_left(order: Order) -> list[str]:
    return [f"⏳ Please pay {words.stamp(order.expires_at)}"] if order.expires_at else []


def _head(order: Order) -> str:
    look = words.STATES[order.status]
    return f"## {look.emoji} {look.label}\n{words.bought(order)} · {words.total(order)}\nOrder id: `{order.id}`"


def _standing(order: Order) -> list[Item]:
    reason = words.customers_reason(order)
    said = [f"Our staff wrote:\n{words.quote(reason, _REASON)}"] if reason else []
    return [text(words.status_sentence(order), *said), *rows(buttons.for_buyer(order))]


def proof_form(order_id: str) -> Form:
    """Ask for the proof: a picture and the transaction id. Opens without a look into the database."""
    picture: ui.Label[Any] = ui.Label(
        text="Screenshot of your payment",
        description="PNG, JPEG or WEBP, up to 10 MiB.",
        component=ui.FileUpload(custom_id="proof", min_values=1, max_values=1),
    )
    reference: ui.Label[Any] = ui.Label(
        text="Transaction id",
        description="PayPal shows it in the receipt (17 letters and digits), a wallet with the payment's details.",
        component=ui.TextInput(custom_id="reference", min_length=1, max_length=200),
    )
    return Form("Send payment proof", custom_ids.order("submit_proof", order_id), picture, reference)


def customer_orders(orders: Sequence[Order], page: int, total: int) -> Message:
    """Build a page of a customer's own orders (counted from 0), each with its state and what they can do."""
    items: list[Item] = [text("## 🧾 Your orders")]
    if not orders:
        items.append(text("You have no orders yet. `/shop` shows what we have."))
    for order in orders:
        items += [line(), text(_head(order), words.status_sentence(order)), *rows(buttons.for_buyer(order))]
    turn = buttons.paging(page, math.ceil(total / ORDERS_PAGE), lambda n: custom_ids.build("order", "page", n))
    return Message(box([*items, *rows(turn)], words.BRAND))


def note_to_customer(order: Order, event: Event) -> Message:
    """Tell the customer by DM what just happened to their order, with the reason and what to do next."""
    return receipt(order)
