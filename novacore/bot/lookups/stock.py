"""What the owner's pages of stock show, read in one go: in a thread, by `Desk.run`, for the owner alone."""

from collections.abc import Sequence

from novacore.db.models import Product
from novacore.db.queries.catalog import restock as queries
from novacore.db.queries.catalog.restock import BATCHES_PAGE, BatchRow
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop


def batches(shop: Shop, actor: Actor, product_id: int, page: int) -> tuple[str, int, Sequence[BatchRow]]:
    """Return a product's name, how many batches it has, and a page of them. Raises NotAllowed, NotFound."""
    require_owner(actor, "look at stock")
    with reading(shop.database) as session:
        product = session.get(Product, product_id)
        if product is None:
            raise NotFound(PRODUCT_MISSING)
        total, found = queries.batches(session, product_id, limit=BATCHES_PAGE, offset=page * BATCHES_PAGE)
    return product.name, total, found
