"""What the log calls the subject of an event or a job."""

from sqlalchemy import Connection, bindparam, select

from novacore.db.models import Product

_NAME = select(Product.name).where(Product.id == bindparam("of_product"))


def called(connection: Connection, kind: str, subject_id: str) -> str:
    """Return the kind and, for a product, the name behind its number: `product "Starfall key"`."""
    if kind != "product" or not subject_id.isdigit():
        return kind
    name = connection.execute(_NAME, {"of_product": int(subject_id)}).scalar_one_or_none()
    return kind if name is None else f'{kind} "{name}"'
