"""Ways to pay of the owner's own, written into a shop as Save would."""

from typing import Any

from sqlalchemy import insert, update

from novacore.db.models import OwnMethod
from novacore.db.unit_of_work import writing
from novacore.states import ReferenceNeed, own_key, own_number
from novacore.workflows.machine.shop import Shop

BANK: dict[str, Any] = {
    "label": "Bank transfer",
    "emoji": "🏦",
    "address": "DE89 3704 0044 0532 0130 00",
    "instructions": "Send {total} to Sample Shop and write {order} into the note. {Thanks}",
    "reference_name": "transfer reference",
    "reference_need": ReferenceNeed.required,
    "is_on_sale": True,
}


def add(shop: Shop, **columns: Any) -> str:
    """Put a bank transfer on sale, or what `columns` make of it, and return its key."""
    with writing(shop.database) as tx:
        row = insert(OwnMethod).values(BANK | {"version": 1, "created_at": tx.now} | columns)
        return own_key(tx.session.execute(row.returning(OwnMethod.id)).scalar_one())


def change(shop: Shop, key: str, **columns: Any) -> None:
    """Write other columns, as an edit does."""
    with writing(shop.database) as tx:
        tx.session.execute(update(OwnMethod).where(OwnMethod.id == own_number(key)).values(columns))
