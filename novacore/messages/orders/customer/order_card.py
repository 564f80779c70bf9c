"""What a customer reads about an order: how to pay, and where the order stands.

Jobs send it by DM as the receipt and keep that true; `private` shows it on a page that only the customer sees.
"""

from collections.abc import Collection, Sequence
from typing import Any

from discord import ui

from novacore.db.models import Order
from novacore.media.qr import payment_qr
from novacore.messages.kit import custom_ids, words
from novacore.messages.kit.layout import FilePart, Form, Item, Message, box, gallery, line, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.rules import by_hand


def receipt(order: Order) -> Message:
    """Build the card in the customer's DMs: how to pay while that is what waits, and always where the order stands."""
    return order_card(order)


def wants_first_proof(order: Order) -> bool:
    """Tell whether paying is what comes next, and nothing was sent yet."""
    return order.status is OrderStatus.awaiting_payment and not order.review_round


def order_card(order: Order, below: Sequence[str] = (), *, dms_closed: bool = False) -> Message:
    """Build that card with a few lines below it. `dms_closed`: we can't send this customer any DMs."""
    if wants_first_proof(order):
        return _pay_card(order, below, dms_closed=dms_closed)
    look, sentence = order.status.row, appearance.status_sentence(order, dms_closed=dms_closed)
    items: list[Item] = [
        text(f"## {look.emoji} {look.title}", _summary(order)),
        line(),
        text(sentence, *staff_wrote(appearance.customers_reason(order), REASON_LIMIT)),
    ]
    if order.status is OrderStatus.awaiting_payment:
        items.append(text("Not paid yet?", *how_to_pay(order)))
    items += [*rows(buttons.for_buyer(order)), *_texts(below)]
    return Message(box(items, appearance.colour(order.status)))


def _texts(lines: Sequence[str]) -> list[Item]:
    return [text(*lines)] if lines else []


def _pay_card(order: Order, below: Sequence[str], *, dms_closed: bool) -> Message:
    look, qr = order.status.row, _qr(order)
    items: list[Item] = [
        text(f"## {look.emoji} Pay {words.total(order)}", _summary(order)),
        line(),
        text(f"**1. Pay** {_how_much(order)}", *_address(order), *_warning(order)),
        *([gallery(qr)] if qr else []),
        text(
            "**2. Send us the proof**: press the green button and upload a screenshot of the payment, with its "
            "transaction id.",
            _what_follows(order, dms_closed=dms_closed),
        ),
        line(),
        text(*_time_left(order)),
        *rows(buttons.for_buyer(order)),
        *_texts(below),
    ]
    return Message(box(items, appearance.colour(order.status)), (qr,) if qr else ())


def _what_follows(order: Order, *, dms_closed: bool) -> str:
    if by_hand(order):
        return "**3. We check it** and do our work for you."
    if dms_closed:
        return "**3. We check it**, and your goods are there for you in `/orders`."
    return "**3. We check it** and you get your goods by DM."


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


def how_to_pay(order: Order) -> list[str]:
    """Return it in short: whoever has closed DMs has no receipt to look at."""
    return [f"Send {_how_much(order)}", *_address(order), *_time_left(order)]


def staff_wrote(reason: str | None, limit: int) -> list[str]:
    """Return what staff wrote to the customer, cut to so many characters; nothing where they didn't."""
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
