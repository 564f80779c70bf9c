"""The words for what a statement came to, for the page and for the file next to it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from novacore.db.queries.orders.statements import Asked
from novacore.money import format_money
from novacore.money.currencies import currency_exponent, is_currency
from novacore.money.reader import EXACT
from novacore.plurals import counted, listed
from novacore.workflows.orders.statements.amounts import price
from novacore.workflows.orders.statements.groups import Comparison, Found, Group, How, Remark
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, UNSAID, Doubt, LeftOut, Payment

TITLES: Final[Mapping[Group, str]] = {
    Group.exact: "✅ The exact amount",
    Group.too_little: "⚠️ Too little",
    Group.too_much: "⚠️ Too much",
    Group.old_amount: "🕰️ The amount that it asked for before",
    Group.unclear: "❔ Please compare the amount yourself",
    Group.too_late: "⌛ Too late: the order has ended",
    Group.twice: "👥 Paid twice",
    Group.several: "🔀 May be for any of several orders",
}

_HOW: Final[Mapping[How, str]] = {
    How.reference: "transaction id named by the customer",
    How.order_id: "order id in the list",
    How.amount: "by its amount alone",
}

_REMARKS: Final[Mapping[Remark, str]] = {
    Remark.another_reference: "⚠️ the customer named another transaction",
    Remark.too_early: "⚠️ paid before the order was placed",
    Remark.near: "amount within 2%",
    Remark.paid_otherwise: "⚠️ approved by another transaction",
    Remark.exact_elsewhere: "⚠️ another order asks for exactly this",
}

_DOUBTS: Final[Mapping[Doubt, str]] = {
    Doubt.part_returned: "⚠️ part of it may have been paid back",
    Doubt.unsure_kind: "⚠️ the list doesn't say whether any money came in",
    Doubt.no_contract: "⚠️ the list doesn't say which contract this token has, and anybody can use its name",
}

_LEFT_OUT: Final[Mapping[LeftOut, str]] = {
    LeftOut.outgoing: "that went out",
    LeftOut.no_payment: "for conversions, holds and the like",
    LeftOut.unfinished: "not completed yet",
    LeftOut.returned: "refunded or reversed",
    LeftOut.failed: "that failed",
    LeftOut.unknown_status: "with a status that I don't know: please look at these yourself",
    LeftOut.other_address: "to other addresses",
    LeftOut.other_coin: "in other coins or currencies",
    LeftOut.no_contract: "in tokens whose contract the list doesn't say (anybody can use a token's name)",
    LeftOut.no_order: "that don't name an order",
    LeftOut.repeated: "listed before",
    LeftOut.unreadable: "that can't be read",
}

_MOST_DIGITS: Final = 30


def summary(comparison: Comparison) -> Iterator[str]:
    """Yield what came of it, in sentences."""
    unnamed = comparison.left_out.get(LeftOut.no_order, 0)
    yield (
        _payments(comparison.payments) if comparison.payments or not unnamed else "None of its payments names an order."
    )
    if comparison.settled:
        one, many = "is for an order that is already approved.", "are for orders that are already approved."
        yield counted(comparison.settled, f"of them {one}", f"of them {many}")
    if comparison.payments and not comparison.found:
        yield "None of them is for an order that is still open."
    if comparison.left_out:
        named = [f"{comparison.left_out[why]:,} {_LEFT_OUT[why]}" for why in LeftOut if comparison.left_out.get(why)]
        yield f"Rows left out: {listed(named, len(named))}."


def _payments(number: int) -> str:
    return f"It has {counted(number, 'payment', 'payments')} to you." if number else "It has no payments to you."


def came_in(payment: Payment) -> str:
    """Return the amount of a payment: `$19.99`, `0.00031107 BTC`."""
    if payment.amount is None:
        return "no amount"
    return amount(payment.amount, payment.symbol)


def amount(value: Decimal, symbol: str) -> str:
    """Return an amount with its unit; a very long one is cut, so that it can't fill a page."""
    if is_currency(symbol):
        minor = value.scaleb(currency_exponent(symbol), EXACT)
        if minor == int(minor):
            return format_money(int(minor), symbol)
    number = f"{value:f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    number = number if len(number) <= _MOST_DIGITS else f"{number[:_MOST_DIGITS]}…"
    if symbol == UNKNOWN_COIN:
        return f"{number} of an unknown coin or currency"
    return number if symbol == UNSAID else f"{number} {symbol}".strip()


def asks_for(order: Asked) -> str:
    """Return what an order asks for: the amount of its coin, or its price where there is none."""
    asked = price(order)
    return amount(asked[1], asked[0]) if asked else f"about {format_money(order.total_minor, order.currency)}"


def difference(found: Found) -> str:
    """Return by how much it is too little or too much; empty where it isn't, or nobody can tell."""
    if not found.difference:
        return ""
    asked = price(found.orders[0])
    unit = asked[0] if asked else found.payment.symbol
    return f"{amount(abs(found.difference), unit)} too {'little' if found.difference < 0 else 'much'}"


def reasons(found: Found) -> Iterator[str]:
    """Yield why it was matched, and what speaks against it."""
    yield _HOW[found.how]
    yield from (_REMARKS[remark] for remark in Remark if remark in found.remarks)
    if found.payment.doubt:
        yield _DOUBTS[found.payment.doubt]
    if found.paid_order:
        yield f"⚠️ this transaction has paid for {found.paid_order}"


def day(payment: Payment) -> str:
    """Return on which day it was paid, as the list says; empty if it doesn't."""
    return payment.day.isoformat() if payment.day else ""


def shown_id(payment: Payment) -> str:
    """Return the transaction id; empty where the row has none."""
    return payment.ids[0] if payment.ids else payment.reference


def card_link(comparison: Comparison, order: Asked, guild_id: int) -> str:
    """Return the link to the review card of an order; empty where there is none."""
    place = comparison.cards.get(order.id)
    return f"https://discord.com/channels/{guild_id}/{place[0]}/{place[1]}" if place and guild_id else ""
