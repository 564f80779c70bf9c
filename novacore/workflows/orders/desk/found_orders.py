"""Staff find an order by what they know of it: its customer, its product, the transaction that paid for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from novacore.db.models import Order
from novacore.db.queries.catalog import products
from novacore.db.queries.desk import found_orders
from novacore.db.queries.desk.found_orders import Known
from novacore.db.queries.orders.proofs import written
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, NotFound
from novacore.money.reader import quoted
from novacore.states import ReferenceForm
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import transaction_ids
from novacore.workflows.payments.references import kinds_of_references
from novacore.workflows.payments.typed_references import free_text

PAGE: Final = 10
"""Orders on one page of what was found."""

LOOK: Final = "look at the details of an order"
"""What looking for orders, and into one, is called in a refusal."""

NOTHING: Final = "No order fits that. Please check what you typed, or leave a part of it out."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, short enough for a button; 0 for what isn't known. `proof_id` stands for its transaction."""

    person_id: int = 0
    product_id: int = 0
    proof_id: int = 0


@dataclass(frozen=True, slots=True)
class FoundOrders:
    """A page of what was found, the newest first. `has_more`: there is a further page, where `can_turn` to it."""

    wanted: Wanted
    orders: Sequence[Order]
    has_more: bool
    can_turn: bool = True


def search(shop: Shop, actor: Actor, person_id: int | None, product: str, transaction: str) -> FoundOrders:
    """Return the first page of the orders that fit all that is given. Raises NotAllowed, BadInput and NotFound."""
    require_staff(actor, LOOK)
    references = _references(transaction) if transaction.strip() else ()
    product_id = _product(shop, product) if product.strip() else None
    known = Known(person_id, product_id, references, kinds_of_references(()))
    with reading(shop.database) as session:
        orders = found_orders.found(session, known, limit=PAGE + 1, offset=0)
        proof_id = found_orders.proof_with(session, references) if references else None
    if not orders:
        raise NotFound(NOTHING)
    wanted = Wanted(person_id or 0, product_id or 0, proof_id or 0)
    return _page(wanted, orders, can_turn=not references or proof_id is not None)


def turn(shop: Shop, actor: Actor, wanted: Wanted, page: int) -> FoundOrders:
    """Return a further page (counted from 0) of the same. Raises NotAllowed, and NotFound for what is gone."""
    require_staff(actor, LOOK)
    known = Known(wanted.person_id or None, wanted.product_id or None)
    with reading(shop.database) as session:
        if wanted.proof_id:
            reference = found_orders.reference_of(session, wanted.proof_id)
            if reference is None:
                raise NotFound(NOTHING)
            known = replace(known, references=written(reference), kinds=kinds_of_references(()))
        return _page(wanted, found_orders.found(session, known, limit=PAGE + 1, offset=page * PAGE))


def _page(wanted: Wanted, orders: Sequence[Order], *, can_turn: bool = True) -> FoundOrders:
    return FoundOrders(wanted, orders[:PAGE], len(orders) > PAGE, can_turn)


def _references(typed: str) -> tuple[str, ...]:
    """Return the id in what was pasted, in every form in which it may be stored. Raises BadInput if there is none.

    Explorers' links, blanks and capitals are read as customers' are; what fits no ledger may be an owner's method's.
    """
    ids = transaction_ids.stored_forms(typed, [*ReferenceForm])
    found = [form for one in ids for form in written(one)] or [free_text(typed)]
    if not any(one.isalnum() for one in "".join(found)):
        raise BadInput(f"I can't read {quoted(typed)} as a transaction id.")
    return tuple(dict.fromkeys(found))


def _product(shop: Shop, typed: str) -> int:
    """Return the product that was picked from what was offered, or is the only one of this name."""
    bare = typed.strip()[:100]
    if bare.isascii() and bare.isdigit() and len(bare) < 19:
        return int(bare)
    with reading(shop.database) as session:
        named = products.named(session, bare, limit=2)
    if not named:
        raise NotFound(PRODUCT_MISSING)
    if len(named) > 1:
        raise BadInput(f"More than one product has {quoted(typed)} in its name. Please pick one from the list.")
    return named[0][0]


def products_named(shop: Shop, actor: Actor, typed: str) -> Sequence[tuple[int, str, str, bool]]:
    """Return products to choose from: id, name, category, removed. Nothing for anybody but staff."""
    if not actor.decides:
        return []
    with reading(shop.database) as session:
        return products.named(session, typed.strip()[:100])
