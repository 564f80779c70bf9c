"""What the columns of older bots were called over the years, and which of a file's columns nobody here knows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from novacore.legacy.old_file import OldFile, OldTable, Record

Names = Mapping[str, Sequence[str]]
"""What we want to know, and the columns that may say so: the first one that a table has counts."""

PRODUCT_TABLES: Final = ("products", "product", "shop_items", "shop_products", "items")
ORDER_TABLES: Final = ("orders", "order", "purchases", "sales")
CATEGORY_TABLES: Final = ("categories", "category", "product_categories")

PRODUCT: Final[Names] = {
    "id": ("id", "product_id", "pid", "item_id"),
    "name": ("name", "title", "product_name", "item_name", "product"),
    "description": ("description", "desc", "details", "info", "about"),
    "category": ("category", "category_name", "cat"),
    "category_id": ("category_id", "cat_id"),
    "price": ("price", "cost", "unit_price", "price_usd", "amount"),
    "stock": ("stock", "stock_quantity", "stock_count", "quantity", "qty", "inventory", "available"),
    "goods": ("deliverables", "deliverable", "delivery", "goods", "items", "content", "delivery_items"),
    "picture": ("image_url", "image", "thumbnail_url", "thumbnail", "picture_url", "picture", "img"),
    "is_deleted": ("is_deleted", "deleted", "deleted_at", "removed", "archived"),
    "is_active": ("is_active", "active", "enabled", "is_enabled", "visible", "is_visible"),
    "warranty_days": ("warranty_days", "warranty"),
    "created_at": ("created_at", "created", "date_added", "added_at"),
}

ORDER: Final[Names] = {
    "id": ("order_id", "order_number", "order_no", "id"),
    "customer_id": ("user_id", "customer_id", "discord_id", "buyer_id", "member_id", "customer"),
    "customer_name": ("username", "user_name", "customer_name", "buyer_name", "discord_name", "user"),
    "product_id": ("product_id", "item_id"),
    "product_name": ("product_name", "item_name", "product", "item"),
    "quantity": ("quantity", "qty", "count"),
    "total": ("total", "total_price", "total_amount", "price_total", "amount", "price"),
    "method": ("payment_method", "method", "pay_method", "payment_type", "payment"),
    "coin": ("crypto_type", "crypto", "coin", "cryptocurrency"),
    "status": ("status", "order_status", "state"),
    "placed_at": ("created_at", "order_date", "ordered_at", "placed_at", "timestamp", "date", "created"),
    "settled_at": ("delivered_at", "completed_at", "approved_at", "paid_at", "reviewed_at", "updated_at"),
    "reference": ("transaction_id", "txid", "tx_id", "tx_hash", "payment_reference", "reference"),
    "reason": ("rejection_reason", "reject_reason", "cancel_reason", "reason", "staff_notes", "notes", "note"),
}

CATEGORY: Final[Names] = {"id": ("id", "category_id"), "name": ("name", "title", "category_name", "category")}

_UNNEEDED: Final = frozenset({"id", "updated_at", "rowid"})
"""What we can do without, and what need not be mentioned."""


class Columns:
    """Finds in a row what we want to know, whatever its columns are called."""

    def __init__(self, table: OldTable, names: Names) -> None:
        self._by_field = {
            field: [column for name in said for column in table.columns if _plain(column) == name]
            for field, said in names.items()
        }
        understood = {column for columns in self._by_field.values() for column in columns} | _UNNEEDED
        self.unknown = [column for column in table.columns if column not in understood]

    def has(self, field: str) -> bool:
        """Tell whether the table can say this at all."""
        return bool(self._by_field[field])

    def get(self, row: Record, field: str) -> Any:
        """Return what the row says, from the first of its columns that says anything; else None."""
        for column in self._by_field[field]:
            if row[column] not in (None, ""):
                return row[column]
        return None


def find_table(file: OldFile, names: Sequence[str]) -> OldTable | None:
    """Return the first table of one of these names."""
    return next((file.tables[name] for name in names if name in file.tables), None)


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
