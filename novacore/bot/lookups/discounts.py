"""What the owner's pages of discount codes show, read in one go: in a thread, by `Desk.run`, for the owner alone."""

from collections.abc import Sequence

from novacore import clock
from novacore.bot.lookups.products import picked_row
from novacore.db.models import Discount
from novacore.db.queries.orders import discounts
from novacore.db.unit_of_work import reading
from novacore.messages.catalog.window import PAGE_SIZE
from novacore.messages.kit.layout import Message
from novacore.messages.orders import discounts as pages
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.discounts.codes import NewCode
from novacore.workflows.orders.discounts.typed_codes import plain


def every(shop: Shop, actor: Actor, page: int = 0) -> Message:
    """Return a page of all codes, counted from 0. Raises NotAllowed."""
    require_owner(actor, "look at the discount codes")
    with reading(shop.database) as session:
        total, found = discounts.listed(session, limit=pages.CODES_PAGE, offset=page * pages.CODES_PAGE)
    return pages.codes_page(total, found, clock.now(), page)


def add(shop: Shop, actor: Actor, typed: NewCode) -> Message:
    """Add a code and say what it is for."""
    return _added(shop, codes.add(shop, actor, typed))


def widen(shop: Shop, actor: Actor, typed: str, product_id: int | None, category_id: int | None) -> Message:
    """Let a code count for more, and say what for."""
    return _added(shop, codes.widen(shop, actor, typed, product_id, category_id))


def _added(shop: Shop, discount: Discount) -> Message:
    with reading(shop.database) as session:
        return pages.added(discount, discounts.names(session, discount), clock.now())


def live(shop: Shop, actor: Actor, typed: str) -> Sequence[str]:
    """Return codes to choose from. Nothing for anybody but the owner."""
    if not actor.is_owner:
        return []
    with reading(shop.database) as session:
        return discounts.live(session, plain(typed)[:100], limit=PAGE_SIZE)


def categories(shop: Shop, actor: Actor, typed: str) -> Sequence[tuple[int, str]]:
    """Return categories to choose from: id and name. Nothing for anybody but the owner."""
    if not actor.is_owner:
        return []
    with reading(shop.database) as session:
        return discounts.categories_named(session, typed.strip()[:100], limit=PAGE_SIZE)


def known_category(typed: str) -> int:
    """Return the category's id that was picked from what was offered. Raises NotFound for anything else."""
    return picked_row(typed, "I can't find that category. Please pick one of those that are offered while you type.")
