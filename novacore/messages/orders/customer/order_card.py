"""What a customer reads about an order: how to pay, and where the order stands.

Jobs send it by DM as the receipt and keep that true; `private` shows it on a page that only the customer sees.
"""

from collections.abc import Sequence
from typing import Any, Final

from discord import ui

from novacore.db.models import Order
from novacore.messages.kit import custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, gallery, line, one_each_line, rows, text
from novacore.messages.kit.own_words import own_words
from novacore.messages.orders import appearance, buttons
from novacore.messages.orders.customer.coin_amount import asked_in_coin, payment_code, terms_of_amount
from novacore.messages.payments import instructions
from novacore.states import Method, OrderStatus, ReferenceNeed
from novacore.states.texts import ShopText
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.rules import by_hand
from novacore.workflows.payments.methods import INSTRUCTIONS_LIMIT
from novacore.workflows.payments.typed_references import where_it_stands


def receipt(order: Order, shop_name: str = "", own: str = "") -> Message:
    """Build the card in the customer's DMs: how to pay while that is what waits, and always where the order stands.

    There `shop_name` says whose order it is; on a page in the shop's own server everybody knows. `own`: see below.
    """
    return order_card(order, [f"-# {words.escape(shop_name)}"] if shop_name else [], own=own, helps=True)


def wants_first_proof(order: Order) -> bool:
    """Tell whether paying is what comes next, and nothing was sent yet."""
    return order.status is OrderStatus.awaiting_payment


def order_card(
    order: Order, below: Sequence[str] = (), *, dms_closed: bool = False, own: str = "", helps: bool = False
) -> Message:
    """Build that card with a few lines below it. `dms_closed`: we can't send this customer any DMs.

    `helps` is for the receipt, which offers help; whoever gets none by DM finds it here.
    `own` is what the owner has the shop say, in their own words, while staff check a payment.
    """
    ways = [*buttons.for_buyer(order), *([buttons.get_help(order.id)] if helps or dms_closed else [])]
    if wants_first_proof(order):
        return _pay_card(order, ways, below, dms_closed=dms_closed)
    look, sentence = order.status.row, _sentence(order, own, dms_closed=dms_closed)
    items: list[Item] = [
        text(f"## {look.emoji} {look.title}", _summary(order)),
        line(),
        text(sentence, *staff_wrote(appearance.customers_reason(order), REASON_LIMIT)),
    ]
    if order.status.row.awaits_customer:
        items.append(text("Not paid yet?", *how_to_pay(order)))
    items += [*rows(ways), *_texts(below)]
    return Message(box(items, appearance.colour(order.status)))


def _sentence(order: Order, own: str, *, dms_closed: bool) -> str:
    """A proof that came late has a sentence of its own, which says what that means."""
    if own and order.status.row.is_to_check and not order.is_late:
        return own_words(ShopText.after_payment, own)
    return appearance.status_sentence(order, dms_closed=dms_closed)


def _texts(lines: Sequence[str]) -> list[Item]:
    return [text(*lines)] if lines else []


def _pay_card(order: Order, ways: Sequence[buttons.Button], below: Sequence[str], *, dms_closed: bool) -> Message:
    look, qr = order.status.row, payment_code(order)
    items: list[Item] = [
        text(f"## {look.emoji} Pay {words.total(order)}", _summary(order)),
        line(),
        text(
            f"**1. Pay** {_how_much(order)}",
            *instructions.told_to_pay(order.paid_by),
            *terms_of_amount(order),
            *_warning(order),
        ),
        *([gallery(qr)] if qr else []),
        text(
            instructions.send_proof(order.paid_by),
            _what_follows(order, dms_closed=dms_closed),
        ),
        line(),
        text(*_time_left(order)),
        *rows(ways),
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
    return one_each_line(
        f"{words.bought(order)} · **{words.total(order)}**",
        *words.sale(order),
        *words.discount(order),
        f"Order id `{order.id}`",
        *_terms(order),
    )


def _terms(order: Order) -> list[str]:
    return [f"-# 📜 You accepted our terms, version {order.terms_version}."] if order.terms_version else []


def _how_much(order: Order) -> str:
    way = order.paid_by
    if not way.known:
        return instructions.how_much(way, words.total(order))
    if not way.coin:
        return f"**exactly {words.total(order)}** with PayPal, and put `{order.id}` in the note. Our address:"
    return asked_in_coin(order)


def _warning(order: Order) -> list[str]:
    if not order.paid_by.coin:
        return []
    network = words.escape(order.pay_network)
    return [f"⚠️ Only the **{network}** network: coins sent on another are lost. The wallet's fee comes on top."]


def _time_left(order: Order) -> list[str]:
    if order.expires_at is None:
        return []
    until, left = words.stamp(order.expires_at, "f"), words.stamp(order.expires_at)
    return [f"⏳ Your items are set aside for you until {until}, {left}."]


def how_to_pay(order: Order, limit: int = INSTRUCTIONS_LIMIT) -> list[str]:
    """Return it in short: whoever has closed DMs has no receipt to look at. `limit`: of the owner's words."""
    told = instructions.told_to_pay(order.paid_by, limit)
    return [f"Send {_how_much(order)}", *told, *terms_of_amount(order)[1:], *_time_left(order)]


def staff_wrote(reason: str | None, limit: int) -> list[str]:
    """Return what staff wrote to the customer, cut to so many characters; nothing where they didn't."""
    return [f"Our staff wrote:\n{words.quote(reason, limit)}"] if reason else []


def proof_form(order_id: str, method: Method | None) -> Form:
    """Ask for the proof: a picture, and the reference where one is asked for.

    `method` is how the order is paid; None if that could not be read in time: the answer is checked when it comes.
    """
    picture: ui.Label[Any] = ui.Label(
        text="Screenshot of your payment",
        description="PNG, JPEG or WEBP, up to 10 MiB.",
        component=ui.FileUpload(custom_id="proof", min_values=1, max_values=1),
    )
    return Form("Send payment proof", custom_ids.order("submit_proof", order_id), picture, *reference_fields(method))


def reference_fields(method: Method | None, typed: str = "") -> list[ui.Label[Any]]:
    """Return the field that asks for the reference, where one is asked for. `typed` is what stands in it."""
    if method is None:
        return [_asked("Transaction id or reference", "Shown on your payment or receipt.", required=False)]
    if method.need is ReferenceNeed.none:
        return []
    named = words.shorten(appearance.capital(words.clean(method.reference)), _FIELD)
    return [_asked(named, where_it_stands(method), typed, required=method.need is ReferenceNeed.required)]


def _asked(label: str, description: str, typed: str = "", *, required: bool) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id="reference", required=required, max_length=500, default=typed[:500] or None
    )
    return ui.Label(text=label, description=description, component=field)


_FIELD: Final = 45
"""Discord's limit on the name of a field."""
