"""What the columns of older bots were called over the years, and which of a file's columns nobody here knows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from novacore.legacy.fields.values import as_key
from novacore.legacy.old_file import OldTable, Record
from novacore.money import is_currency

Names = Mapping[str, Sequence[str]]
"""What we want to know, and the columns that may say so, the likeliest first. A column says only one thing."""

PRODUCT_TABLES: Final = (
    *("products", "product", "shop_items", "shop_products", "store_items", "store_products", "items", "listings"),
    *("catalog", "catalogue", "inventory"),
)
ORDER_TABLES: Final = ("orders", "order", "purchases", "sales", "order_history", "purchase_history")
CATEGORY_TABLES: Final = ("categories", "category", "product_categories")

_PRICE = (
    *("price", "unit_price", "selling_price", "price_each", "product_price", "item_price", "base_price", "cost"),
    "amount",
)

PRODUCT: Final[Names] = {
    "id": ("id", "product_id", "pid", "item_id"),
    "name": ("name", "title", "product_name", "item_name", "product"),
    "description": ("description", "desc", "details", "info", "about"),
    "category": ("category", "category_name", "cat"),
    "category_id": ("category_id", "cat_id"),
    "price": _PRICE,
    "currency": ("currency", "currency_code", "price_currency"),
    "stock": (
        *("stock", "stock_quantity", "stock_count", "stock_left", "in_stock", "quantity", "qty", "inventory"),
        *("available", "remaining", "left", "units", "count", "amount"),
    ),
    "goods": (
        *("deliverables", "deliverable", "delivery", "goods", "items", "codes", "keys", "content", "delivery_items"),
        *("delivery_content", "delivery_data", "product_data", "stock_items", "accounts", "license_keys"),
    ),
    "picture": ("image_url", "image", "thumbnail_url", "thumbnail", "picture_url", "picture", "img"),
    "is_deleted": ("is_deleted", "deleted", "deleted_at", "removed", "archived"),
    "is_active": (
        *("is_active", "active", "enabled", "is_enabled", "visible", "is_visible", "is_available", "on_sale"),
        *("is_on_sale", "for_sale", "published", "is_published", "status", "state"),
    ),
    "is_hidden": ("is_hidden", "hidden", "disabled", "is_disabled", "inactive", "is_inactive", "paused", "draft"),
    "warranty_days": ("warranty_days", "warranty"),
    "created_at": ("created_at", "created", "date_added", "added_at"),
}

ORDER: Final[Names] = {
    "id": ("order_id", "order_number", "order_no", "id"),
    "customer_id": (
        *("discord_id", "discord_user_id", "user_id", "customer_id", "buyer_id", "member_id", "client_id", "customer"),
        "buyer",
    ),
    "customer_name": ("username", "user_name", "customer_name", "buyer_name", "discord_name", "user"),
    "product_id": ("product_id", "item_id"),
    "product_name": ("product_name", "item_name", "product", "item"),
    "quantity": ("quantity", "qty", "count", "units", "pieces"),
    "total": ("total", "total_price", "total_amount", "price_total", "grand_total", "amount_paid", "total_paid"),
    "each": ("unit_price", "price_each", "price_per_unit"),
    "amount": ("amount",),
    "price": ("price",),
    "currency": ("currency", "currency_code"),
    "method": ("payment_method", "method", "pay_method", "payment_type", "payment"),
    "coin": ("crypto_type", "crypto", "coin", "cryptocurrency"),
    "status": ("status", "order_status", "state"),
    "placed_at": (
        *("created_at", "order_date", "ordered_at", "placed_at", "purchased_at", "purchase_date", "order_time"),
        *("timestamp", "date", "datetime", "created", "time", "ts"),
    ),
    "settled_at": ("delivered_at", "completed_at", "approved_at", "paid_at", "reviewed_at", "updated_at"),
    "reference": ("transaction_id", "txid", "tx_id", "tx_hash", "payment_reference", "reference"),
    "reason": ("rejection_reason", "reject_reason", "cancel_reason", "reason", "staff_notes", "notes", "note"),
}

CATEGORY: Final[Names] = {"id": ("id", "category_id"), "name": ("name", "title", "category_name", "category")}

PEOPLE_TABLES: Final = ("users", "user", "customers", "customer", "members", "buyers", "clients")
PERSON: Final[Names] = {
    "discord_id": ("discord_id", "discord_user_id", "discord"),
    "id": ("id", "user_id", "customer_id", "member_id", "buyer_id", "client_id"),
}

STOCKED: Final[Names] = {
    "product": ("product_id", "item_id", "product", "product_name", "item"),
    "goods": (
        *("content", "code", "codes", "key", "keys", "account", "accounts", "credentials", "serial", "serials"),
        *("license", "license_key", "goods", "deliverable", "deliverables", "item_data", "product_data", "data"),
        "value",
    ),
}
"""What a table has that keeps the goods of products, a row each."""

_ONE_ONLY: Final = frozenset(
    {"price", "currency", "stock", "goods", "is_deleted", "is_active", "is_hidden", "customer_id"}
    | {"product_id", "quantity", "total", "each", "amount"}
)
"""What only the first of its columns may say: where a price is missing, the cost next to it is not the price."""

_MONEY: Final = frozenset({"price", "total", "each", "amount"})

_UNNEEDED: Final = frozenset({"id", "updated_at", "rowid"})
"""What we can do without, and what need not be mentioned."""

_OF_CURRENCY: Final = re.compile(r"(?P<bare>[a-z_]+)_(?P<code>[a-z]{3})")
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IN_CENTS: Final = re.compile(r"(?P<bare>[a-z_]+?)_(?:in_)?(?:cents?|minor|minor_units?)")
"""Amounts in the smallest units of the currency: `price_cents`."""


class Columns:
    """Finds in a row what we want to know, whatever its columns are called."""

    def __init__(self, table: OldTable, names: Names, currency: str = "") -> None:
        self._by_field: dict[str, list[str]] = {}
        self._plain = {column: plain(spelling) for column, spelling in table.columns.items()}
        taken: set[str] = set()
        for field, said in names.items():
            columns = _amounts(table, said, currency) if field in _MONEY else _columns(table, said)
            found = [one for one in columns if one not in taken]
            self._by_field[field] = found[:1] if field in _ONE_ONLY else found
            taken.update(self._by_field[field])
        self.unknown = [one for one in table.columns if one not in taken | _UNNEEDED]
        self.wanted = sorted(taken)
        self._usual = {field: said[:1] for field, said in names.items()} | {"customer_id": ["user_id"]}

    def has(self, field: str) -> bool:
        """Tell whether the table can say this at all."""
        return bool(self._by_field.get(field))

    def get(self, row: Record, field: str) -> Any:
        """Return what the row says, from the first of its columns that says anything; else None."""
        for column in self._by_field.get(field, ()):
            if row[column] not in (None, ""):
                return row[column]
        return None

    def called(self, field: str) -> str:
        """Return the name of the first column that says this; empty where there is none."""
        return next(iter(self._by_field.get(field, ())), "")

    def currency(self, row: Record, field: str) -> Any:
        """Return what is said about the currency of an amount: by the name of its column, or by one of its own."""
        found = _OF_CURRENCY.fullmatch(self._plain.get(self.called(field), ""))
        return found["code"].upper() if found and is_currency(found["code"]) else self.get(row, "currency")

    def is_in_cents(self, field: str) -> bool:
        """Tell whether an amount counts cents, or whatever is smallest in its currency, by the name of its column."""
        return _IN_CENTS.fullmatch(self._plain.get(self.called(field), "")) is not None

    def renamed(self) -> Iterator[tuple[str, str]]:
        """Go through what is read from a column of another name: (what, column)."""
        for field, columns in self._by_field.items():
            yield from ((field, one) for one in columns[:1] if not is_called(one, field, *self._usual[field]))


def key_of(columns: Columns, row: Record) -> str:
    """Return the id of a row in the old file: what its own column says, else the number that SQLite gave it."""
    return as_key(columns.get(row, "id")) or str(row["rowid"])


def plain(name: str) -> str:
    """Return the name of a table or column in small letters: `Product-Name` and `productName` are `product_name`."""
    return re.sub(r"[^a-z0-9]+", "_", _CAPITAL.sub("_", name).lower()).strip("_")


def is_called(name: str, *words: str) -> bool:
    """Tell whether a table or column has one of these names, in any spelling: `productname`, `PRODUCT NAME`."""
    return _squeezed(name) in map(_squeezed, words)


def _squeezed(name: str) -> str:
    return plain(name).replace("_", "")


def _columns(table: OldTable, said: Sequence[str]) -> Iterator[str]:
    for name in said:
        yield from (column for column in table.columns if is_called(column, name))


def _amounts(table: OldTable, said: Sequence[str], currency: str) -> Iterator[str]:
    """Go through the columns of an amount: `price`, `price_cents`, then `price_eur` in a shop in EUR, `price_usd`."""
    spelled = {column: plain(spelling) for column, spelling in table.columns.items()}
    found = {column: match for column, name in spelled.items() if (match := _OF_CURRENCY.fullmatch(name))}
    in_cents = {column: match["bare"] for column, name in spelled.items() if (match := _IN_CENTS.fullmatch(name))}
    for name in said:
        yield from _columns(table, [name])
        yield from (one for one, bare in in_cents.items() if bare == name)
        coded = [one for one, match in found.items() if match["bare"] == name and is_currency(match["code"])]
        yield from sorted(coded, key=lambda one: found[one]["code"].upper() != currency)
