"""Which roles come with products that are on sale."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from novacore.db.engine import Database
from novacore.db.models import Product
from novacore.db.unit_of_work import reading
from novacore.errors import Unavailable
from novacore.states.sold_roles import SoldRole

_MOST = 250
"""A server has no more roles."""


def asked_for(database: Database) -> Sequence[SoldRole]:
    """Return the same for the doctor: none if the database can't be asked, or is of an older release."""
    try:
        with reading(database) as session:
            return on_sale(session)
    except (Unavailable, SQLAlchemyError):
        return ()


def on_sale(session: Session) -> Sequence[SoldRole]:
    """Return each role once, with the name that it had when its owner chose it last."""
    mine = Product.role_id.is_not(None), Product.is_on_sale, Product.is_deleted.is_(False)
    newest = select(func.max(Product.id)).where(*mine).group_by(Product.role_id).order_by(Product.role_id).limit(_MOST)
    rows = select(Product).where(Product.id.in_(newest)).order_by(Product.role_id)
    return [one for product in session.execute(rows).scalars() if (one := product.role)]
