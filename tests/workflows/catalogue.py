"""What the tests of the owner's catalogue do again and again: begin a draft, fill it in, look at what came of it."""

from dataclasses import replace

from sqlalchemy import func, select

from novacore.db.models import Event, Order, Product
from novacore.db.unit_of_work import reading
from novacore.media.artwork import product_picture
from novacore.states import ProductKind
from novacore.workflows.catalog import drafts
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.rules import Typed
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import OWNER

PARTNER = Actor(3002, "second owner", is_owner=True)
TEXTS = Typed("Sky Rush", "A fast game.", "Games", "9.99")
PICTURE = product_picture("Sky Rush", "key")


def written(shop: Shop, texts: Typed = TEXTS, options: Options | None = None, actor: Actor = OWNER) -> int:
    """Begin a draft and fill it in."""
    draft_id, _ = drafts.begin(shop, actor, options or Options(ProductKind.unique))
    drafts.fill(shop, actor, draft_id, texts)
    return draft_id


def changing(shop: Shop, product_id: int, options: Options | None = None, actor: Actor = OWNER, **texts: str) -> int:
    """Begin to change a product and fill in the form, changed as said."""
    draft_id, typed = drafts.begin_change(shop, actor, product_id, options or Options())
    drafts.fill(shop, actor, draft_id, replace(typed, **texts))  # type: ignore[arg-type]
    return draft_id


def product_of(shop: Shop, product_id: int) -> Product:
    """Read a product."""
    with reading(shop.database) as session:
        return session.get_one(Product, product_id)


def count(shop: Shop, model: type) -> int:
    """Count the rows of a table."""
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def events_of(shop: Shop, product_id: int) -> list[Event]:
    """Return what happened to a product."""
    rows = select(Event).where(Event.subject_kind == "product", Event.subject_id == str(product_id)).order_by(Event.id)
    with reading(shop.database) as session:
        return [*session.execute(rows).scalars()]


def order_of(shop: Shop, order_id: str) -> Order:
    """Read an order."""
    with reading(shop.database) as session:
        return session.get_one(Order, order_id)
