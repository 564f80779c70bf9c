"""What the owner's pages of the catalogue show, read in one go: in a thread, by `Desk.run`, for the owner alone."""

from collections.abc import Sequence

from novacore.db.queries.catalog import products, shop_window
from novacore.db.queries.catalog.products import Shelf
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound
from novacore.messages.catalog.window import PAGE_SIZE
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop

_LOOK = "look at the catalogue"


def shelves(shop: Shop, actor: Actor, page: int) -> tuple[int, Sequence[Shelf]]:
    """Return how many categories there are, and a page of them. Raises NotAllowed."""
    require_owner(actor, _LOOK)
    with reading(shop.database) as session:
        return products.shelves(session, limit=PAGE_SIZE, offset=page * PAGE_SIZE)


def shelf(shop: Shop, actor: Actor, category_id: int, page: int) -> tuple[Shelf, Sequence[ProductRow]]:
    """Return a category and a page of its products, removed ones at the end. Raises NotAllowed, NotFound."""
    require_owner(actor, _LOOK)
    with reading(shop.database) as session:
        found = products.shelf(session, category_id)
        if found is None:
            raise NotFound("I can't find that category. `/product list` shows them all.")
        return found, shop_window.all_products(session, category_id, limit=PAGE_SIZE, offset=page * PAGE_SIZE)


def named(shop: Shop, actor: Actor, words: str) -> Sequence[tuple[int, str, str, bool]]:
    """Return products to choose from: id, name, category, removed. Nothing for anybody but the owner."""
    if not actor.is_owner:
        return []
    with reading(shop.database) as session:
        return products.named(session, words.strip()[:100])


def known_product(typed: str) -> int:
    """Return the product's id that was picked from what was offered. Raises NotFound for anything else."""
    return picked_row(typed, PRODUCT_MISSING)


def picked_row(typed: str, missing: str) -> int:
    """Return the id of a row that was picked from what was offered. Raises NotFound, saying `missing`, for all else."""
    bare = typed.strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) < 19):
        raise NotFound(missing)
    return int(bare)
