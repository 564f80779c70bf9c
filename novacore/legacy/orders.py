"""Judges a row of an older bot's orders. They come in as history: what became of them, and the money they brought."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Final

from novacore import clock
from novacore.legacy.columns import Columns, key_of
from novacore.legacy.fields.moments import day_of_order, read_moment
from novacore.legacy.fields.order_totals import read_total
from novacore.legacy.fields.values import as_key, as_text, read_person
from novacore.legacy.oddities import LEFT_OUT, Judged, Oddity, shown
from novacore.legacy.old_file import Record
from novacore.legacy.tables import Related
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.catalog.rules import NAME_LIMIT
from novacore.workflows.machine.typed_text import REASON_LIMIT, tidy_name
from novacore.workflows.upkeep.legacy.rows import OldOrder

STATUSES: Final[Mapping[str, OrderStatus]] = {
    **dict.fromkeys(
        ["approved", "completed", "complete", "delivered", "fulfilled", "paid", "done", "confirmed", "success"],
        OrderStatus.delivered,
    ),
    **dict.fromkeys(["rejected", "denied", "declined", "refused", "failed"], OrderStatus.rejected),
    **dict.fromkeys(["cancelled", "canceled", "abandoned"], OrderStatus.cancelled),
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
    word: method for method in PaymentMethod for word in (method, *method.row.spellings)
}
_OTHER_COINS: Final = re.compile(
    r"\b(?:bitcoin|litecoin|btc|ltc|ethereum|eth)[ -]?(?:cash|classic|sv|gold)\b", re.IGNORECASE
)
"""Coins with a name in two words, of which the first is another's."""
_ORDER_ID: Final = re.compile(r"NC-\d{8}-[0-9A-Z]{6}", re.ASCII)
_NAME_MOST: Final = 100
_REFERENCE_MOST: Final = 200

OwnMethods = Mapping[str, str]
"""Keys of the owner's own ways to pay, by their names in small letters."""

_NO_METHODS: Final[OwnMethods] = {}

PriceOf = Callable[[str, str], int]
"""Returns the price of a product by its id in the old file, or else its name, in minor units; 0 if it isn't known."""


def read_order(
    columns: Columns, row: Record, currency: str, price_of: PriceOf, related: Related, own: OwnMethods = _NO_METHODS
) -> tuple[OldOrder | None, Sequence[Oddity]]:
    """Return the order as it will come in, or None if it has to stay out, and what is odd about it.

    `own` are the ways to pay that the owner has added here.
    """
    judged = Judged()
    customer_id = _customer(columns, row, related.people, judged)
    if customer_id is None:
        return None, judged.odd
    old_id = key_of(columns, row)
    placed = _placed(columns, row, old_id, judged)
    product_id, product_name = as_key(columns.get(row, "product_id")), name_of(columns, row, "product_name")
    quantity, total = read_total(columns, row, currency, price_of(product_id, product_name), judged)
    status, old_status = _status(columns, row, judged)
    return OldOrder(
        old_id=old_id,
        order_id=_order_id(columns, row, judged),
        status=status,
        old_status=old_status,
        customer_id=customer_id,
        customer_name=name_of(columns, row, "customer_name") or f"Customer {customer_id}",
        product_id=product_id or None,
        product_name=product_name,
        quantity=quantity,
        unit_price_minor=total // quantity,
        total_minor=total,
        method=_method(columns, row, own, judged),
        placed_at=placed,
        settled_at=_settled(columns, row, placed, judged),
        reference=_cut(as_text(columns.get(row, "reference")), _REFERENCE_MOST, "payment reference", judged) or None,
        reason=_reason(columns, row, status, old_status, judged),
    ), judged.odd


def name_of(columns: Columns, row: Record, field: str) -> str:
    """Return the name of a customer or a product as the order has it; empty where it has none."""
    return tidy_name(as_text(columns.get(row, field)))[: min(_NAME_MOST, NAME_LIMIT)]


def _customer(columns: Columns, row: Record, people: Mapping[str, int], judged: Judged) -> int | None:
    value = columns.get(row, "customer_id")
    customer_id, what = read_person(value)
    if what and as_key(value) in people:
        return people[as_key(value)]
    if what:
        judged.note(what, LEFT_OUT if customer_id is None else "is kept", shown(value) if value else "")
    return customer_id


def _order_id(columns: Columns, row: Record, judged: Judged) -> str | None:
    text = as_text(columns.get(row, "id")).upper()
    if _ORDER_ID.fullmatch(text):
        return text
    judged.note("an order id in another format", "gets a new one", shown(text) if text else "none")
    return None


def _placed(columns: Columns, row: Record, old_id: str, judged: Judged) -> datetime:
    """Return when the order was placed: as it says, else on the day in its id, else when it was settled, else today."""
    value = columns.get(row, "placed_at")
    day = day_of_order(old_id)
    moment = read_moment(value, day)
    if moment.at is not None:
        return moment.at
    said = shown(as_text(value)) if value is not None else ""
    if day is not None:
        judged.note(moment.what, "comes in under the day in its id", said)
        return datetime.combine(day, time(12), UTC)  # noon: the same day in nearly every zone
    settled = read_moment(columns.get(row, "settled_at")).at
    then = "comes in under today's date" if settled is None else "comes in under the day on which it was settled"
    judged.note(moment.what, then, said)
    return settled or clock.now()


def _settled(columns: Columns, row: Record, placed: datetime, judged: Judged) -> datetime:
    """Return when the order came to its end, on which its money counts; never before it was placed."""
    value = columns.get(row, "settled_at")
    moment = read_moment(value, placed.date())
    if moment.at is None and value is not None:
        said = f"{columns.called('settled_at')} {shown(as_text(value))}"
        judged.note(moment.what, "counts on the day on which it was placed", said)
    return max(placed, moment.at or placed)


def _status(columns: Columns, row: Record, judged: Judged) -> tuple[OrderStatus, str]:
    text = as_text(columns.get(row, "status"))[:40]
    word = re.sub(r"[^a-z]+", "_", text.casefold()).strip("_")
    if word in STATUSES:
        return STATUSES[word], text
    what = "not finished in the old shop" if word in UNFINISHED else "an unknown state" if text else "no state"
    judged.note(what, "comes in as cancelled, without money; staff can reinstate it", shown(text) if text else "")
    return OrderStatus.cancelled, text


def _reason(columns: Columns, row: Record, status: OrderStatus, old_status: str, judged: Judged) -> str | None:
    reason = as_text(columns.get(row, "reason"))
    if not reason and status is not OrderStatus.delivered:
        reason = f"In the old shop: {old_status or 'no state'}"
    return _cut(reason, REASON_LIMIT, "reason", judged) or None


def _cut(text: str, most: int, what: str, judged: Judged) -> str:
    if len(text) > most:
        judged.note(f"a {what} that is too long", f"is cut to {most:,} characters", f"{len(text):,} characters")
    return text[:most]


def _method(columns: Columns, row: Record, own: OwnMethods, judged: Judged) -> str:
    for name in ("coin", "method"):
        text = as_text(columns.get(row, name))
        if mine := own.get(tidy_name(text).casefold()):
            return mine
        found = _methods_in(text)
        if len(found) > 1:
            judged.note("several payment methods", f"comes in under {found[0]}", shown(text))
        if found:
            return found[0]
    said = as_text(columns.get(row, "method"))
    other = PaymentMethod.btc if "crypto" in said.casefold() else PaymentMethod.paypal
    judged.note(
        "an unknown payment method" if said else "no payment method",
        f"comes in under {other}",
        shown(said) if said else "",
    )
    return other


def _methods_in(text: str) -> Sequence[PaymentMethod]:
    """Return the methods that a text names. Next to USDT, ETH and SOL are the network that it was sent on."""
    if _OTHER_COINS.search(text):
        return ()
    found = [_METHODS[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in _METHODS]
    return [PaymentMethod.usdt] if PaymentMethod.usdt in found else [*dict.fromkeys(found)]
