"""What the owner's pages of the ways to pay show, read in one go: in a thread, by `Desk.run`, for the owner alone."""

from collections.abc import Sequence

from novacore.db.queries.orders import own_methods
from novacore.db.queries.orders.own_methods import OwnRow
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound
from novacore.messages.catalog.own_methods import methods_page
from novacore.messages.catalog.window import PAGE_SIZE
from novacore.messages.kit.layout import Message
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import methods
from novacore.workflows.payments.own_drafts import MISSING


def every(shop: Shop, actor: Actor, page: int = 0) -> Message:
    """Return a page of all ways to pay, counted from 0. Raises NotAllowed."""
    require_owner(actor, "look at the ways to pay")
    with reading(shop.database) as session:
        total, own = own_methods.listed(session, limit=PAGE_SIZE, offset=page * PAGE_SIZE)
    return methods_page(methods.of_settings(shop.addresses), total, own, page)


def named(shop: Shop, actor: Actor, typed: str) -> Sequence[OwnRow]:
    """Return the owner's own to choose from, by a part of their name. Nothing for anybody but the owner."""
    if not actor.is_owner:
        return []
    with reading(shop.database) as session:
        return own_methods.named(session, typed.strip()[:100], PAGE_SIZE)


def known_method(typed: str) -> int:
    """Return the number that was picked from what was offered. Raises NotFound for anything else."""
    bare = typed.strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) < 19):
        raise NotFound(MISSING)
    return int(bare)
