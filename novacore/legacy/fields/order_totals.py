"""Finds out what an order of an older bot came to, where a price and a quantity next to it may mean two things.

`price` may be what one costs or what all cost, and `amount` may be money or a count. The product's own price decides;
where it doesn't, the order comes in without money and is named.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from novacore.legacy.columns import Columns
from novacore.legacy.fields.prices import MISSING, Amount, read_amount
from novacore.legacy.fields.values import as_text, as_whole
from novacore.legacy.oddities import Judged, shown
from novacore.legacy.old_file import Record
from novacore.money import MAX_MINOR

MOST_QUANTITY: Final = 1_000_000
"""A quantity beyond this is none."""

NO_MONEY: Final = "comes in without money"


def read_total(columns: Columns, row: Record, currency: str, price: int, judged: Judged) -> tuple[int, int]:
    """Return quantity and total in minor units. `price` is that of its product in the old file, 0 if not known."""
    found = {*_readings(columns, row, currency, price)}
    if len(found) == 1:
        quantity, amount = next(iter(found))
    else:
        said = ", ".join(f"{one} {shown(as_text(columns.get(row, one)))}" for one in ("amount", "price"))
        quantity = _quantity_of(columns, row) or 1
        amount = Amount(None, "that may be for one or for all", said)
    if quantity is None:
        field = "quantity" if columns.has("quantity") else "amount"
        judged.note(
            f"a quantity that isn't a whole number from 1 to {MOST_QUANTITY:,}",
            "comes in as one",
            shown(as_text(columns.get(row, field))),
        )
    if amount.what:
        judged.note(amount.odd("total"), "comes in at that total" if amount.minor else NO_MONEY, amount.detail)
    return quantity or 1, amount.minor or 0


def _readings(columns: Columns, row: Record, currency: str, price: int) -> Iterator[tuple[int | None, Amount]]:
    """Go through what quantity and total may be; more than one where the columns alone don't say."""
    quantity = _quantity_of(columns, row)
    money = partial(_money, columns, row, currency)
    if columns.has("total"):
        yield quantity, money("total")
    elif columns.has("each"):
        yield quantity, _times(money("each"), quantity)
    elif columns.has("amount") and columns.has("quantity"):
        yield quantity, money("amount")
    elif columns.has("amount"):
        count = as_whole(columns.get(row, "amount"))
        yield from _by_amount(count, money("amount"), money("price") if columns.has("price") else None, price)
    elif columns.has("price"):
        yield from _for_one_or_all(quantity, money("price"), price)
    else:
        yield quantity, Amount(0, MISSING)


def _money(columns: Columns, row: Record, currency: str, field: str) -> Amount:
    value, said = columns.get(row, field), columns.currency(row, field)
    return read_amount(value, currency, said, in_cents=columns.is_in_cents(field))


def _quantity_of(columns: Columns, row: Record) -> int | None:
    """Return the quantity; one where nothing is said of it, None if what is said is none."""
    if columns.has("quantity"):
        value = columns.get(row, "quantity")
    elif columns.has("amount") and any(map(columns.has, ("total", "each"))):
        value = columns.get(row, "amount")
    else:
        value = None
    count = 1 if value is None else as_whole(value)
    return count if count is not None and 0 < count <= MOST_QUANTITY else None


def _for_one_or_all(quantity: int | None, amount: Amount, price: int) -> Iterator[tuple[int | None, Amount]]:
    """Read a `price` next to a quantity: what one costs, or all."""
    count = quantity or 1
    is_one, is_all = amount.minor == price, amount.minor == price * count
    if count == 1 or not amount.minor or is_all:
        yield quantity, amount
    elif is_one:
        yield quantity, _times(amount, quantity)
    else:
        yield quantity, amount
        yield quantity, _times(amount, quantity)


def _by_amount(
    count: int | None, amount: Amount, other: Amount | None, price: int
) -> Iterator[tuple[int | None, Amount]]:
    """Read an `amount` without a quantity: a count next to another price, or the money itself."""
    if count is None or not 0 < count <= MOST_QUANTITY:
        yield 1, amount
    elif other is None:
        yield 1, amount
        if not price or amount.minor != price:
            yield count, _times(Amount(price), count)
    elif amount.minor == other.minor == price:
        yield 1, amount
    else:
        yield from _for_one_or_all(count, other, price)


def _times(amount: Amount, quantity: int | None) -> Amount:
    if amount.minor is None:
        return amount
    minor = amount.minor * (quantity or 1)
    return Amount(minor, amount.what, amount.detail) if minor <= MAX_MINOR else Amount(None, "that is too high")
