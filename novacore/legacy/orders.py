"""Judges a row of an older bot's orders. They come in as history: what became of them, and the money they brought."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from novacore import clock
from novacore.legacy.columns import Columns
from novacore.legacy.old_file import Record
from novacore.legacy.products import Oddity
from novacore.legacy.values import as_key, as_moment, as_text, as_whole, read_price
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.catalog.rules import NAME_LIMIT, tidy_name
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.upkeep.legacy_import import OldOrder

STATUSES: Final[Mapping[str, OrderStatus]] = {
    **dict.fromkeys(
        ["approved", "completed", "complete", "delivered", "fulfilled", "paid", "done", "confirmed", "success"],
        OrderStatus.delivered,
    ),
    **dict.fromkeys(["rejected", "denied", "declined", "refused", "failed"], OrderStatus.rejected),
    **dict.fromkeys(["cancelled", "canceled", "closed", "abandoned"], OrderStatus.cancelled),
    **dict.fromkeys(["expired", "timeout", "timed_out"], OrderStatus.expired),
    **dict.fromkeys(["refunded", "refund", "chargeback", "returned"], OrderStatus.refunded),
}
"""What became of an order there, and what that is called here. There, what was paid was delivered at once."""

UNFINISHED: Final = frozenset(
    {"pending", "new", "open", "unpaid", "awaiting_payment", "pending_payment", "pending_review", "under_review"}
    | {"review", "submitted", "proof_submitted", "processing", "awaiting_review", "waiting", "in_review"}
)
"""Orders that nobody has decided on there. They come in as cancelled; staff can take each of them up again."""

_METHODS: Final[Mapping[str, PaymentMethod]] = {
    "paypal": PaymentMethod.paypal,
    "pp": PaymentMethod.paypal,
    "btc": PaymentMethod.btc,
    "bitcoin": PaymentMethod.btc,
    "ltc": PaymentMethod.ltc,
    "litecoin": PaymentMethod.ltc,
    "usdt": PaymentMethod.usdt,
    "tether": PaymentMethod.usdt,
    "sol": PaymentMethod.sol,
    "solana": PaymentMethod.sol,
    "eth": PaymentMethod.eth,
    "ethereum": PaymentMethod.eth,
}
_ORDER_ID: Final = re.compile(r"NC-\d{8}-[0-9A-Z]{6}", re.ASCII)


def read_order(columns: Columns, row: Record, currency: str) -> tuple[OldOrder | None, Sequence[Oddity]]:
    """Return the order as it will come in, or None where it has to stay out, and what is odd about it."""
    odd: list[Oddity] = []
    customer_id = as_whole(columns.get(row, "customer_id"))
    if customer_id is None or not 0 < customer_id < 2**63:
        return None, [Oddity("no customer id", "stays out")]
    placed = _placed(columns, row, odd)
    quantity = _quantity(columns, row, odd)
    total = _total(columns, row, currency, odd)
    status, old_status = _status(columns, row, odd)
    reason = as_text(columns.get(row, "reason")) or (
        "" if status is OrderStatus.delivered else f"In the old shop: {old_status or 'no state'}"
    )
    return OldOrder(
        old_id=as_key(columns.get(row, "id")) or str(row["rowid"]),
        order_id=_order_id(columns, row, odd),
        status=status,
        old_status=old_status,
        customer_id=customer_id,
        customer_name=tidy_name(as_text(columns.get(row, "customer_name")))[:100] or f"Customer {customer_id}",
        product_id=as_key(columns.get(row, "product_id")) or None,
        product_name=tidy_name(as_text(columns.get(row, "product_name")))[:NAME_LIMIT],
        quantity=quantity,
        unit_price_minor=total // quantity,
        total_minor=total,
        method=_method(columns, row, odd),
        placed_at=placed,
        settled_at=max(placed, as_moment(columns.get(row, "settled_at")) or placed),
        reference=as_text(columns.get(row, "reference"))[:200] or None,
        reason=reason[:REASON_LIMIT] or None,
    ), odd


def _order_id(columns: Columns, row: Record, odd: list[Oddity]) -> str | None:
    text = as_text(columns.get(row, "id")).upper()
    if _ORDER_ID.fullmatch(text):
        return text
    odd.append(Oddity(f"an order id of another form: {text[:30] or 'none'}", "gets a new one"))
    return None


def _placed(columns: Columns, row: Record, odd: list[Oddity]) -> datetime:
    moment = as_moment(columns.get(row, "placed_at")) or as_moment(columns.get(row, "settled_at"))
    if moment is None:
        odd.append(Oddity("no date that can be read", "comes in under today's"))
    return moment or clock.now()


def _quantity(columns: Columns, row: Record, odd: list[Oddity]) -> int:
    value = columns.get(row, "quantity")
    count = 1 if value is None else as_whole(value)
    if count is None or not 0 < count <= 1_000_000:
        odd.append(Oddity(f"a quantity of {as_text(value)[:20]!r}", "comes in as one"))
        return 1
    return count


def _total(columns: Columns, row: Record, currency: str, odd: list[Oddity]) -> int:
    minor, what = read_price(columns.get(row, "total"), currency)
    if what:
        odd.append(Oddity(what, "comes in without money" if not minor else "comes in at that sum"))
    return minor or 0


def _status(columns: Columns, row: Record, odd: list[Oddity]) -> tuple[OrderStatus, str]:
    text = as_text(columns.get(row, "status"))[:40]
    word = re.sub(r"[^a-z]+", "_", text.casefold()).strip("_")
    if word in STATUSES:
        return STATUSES[word], text
    what = f"not finished there: {text}" if word in UNFINISHED else f"an unknown state: {text[:30]!r}"
    odd.append(Oddity(what, "comes in as cancelled, without money; staff can reinstate it"))
    return OrderStatus.cancelled, text


def _method(columns: Columns, row: Record, odd: list[Oddity]) -> PaymentMethod:
    for name in ("coin", "method"):
        words = re.findall(r"[a-z]+", as_text(columns.get(row, name)).casefold())
        for word in words:
            if word in _METHODS:
                return _METHODS[word]
    said = as_text(columns.get(row, "method"))[:30]
    other = PaymentMethod.btc if "crypto" in said.casefold() else PaymentMethod.paypal
    odd.append(Oddity(f"an unknown way to pay: {said!r}", f"comes in under {other}"))
    return other
