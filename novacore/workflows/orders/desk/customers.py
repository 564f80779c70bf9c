"""One customer as staff look at them: everything that the shop knows, and what stands on the cards of their orders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from novacore import clock
from novacore.db.models import Order, Ticket
from novacore.db.queries.desk import customers
from novacore.db.queries.desk.customers import CustomerFacts, OwnVouch
from novacore.db.queries.orders import orders, unpaid
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.policy import Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.placing.unpaid import HeldBack, held_back
from novacore.workflows.payments import shared_evidence

_LOOK: Final = "look at customers"


@dataclass(frozen=True, slots=True)
class Customer:
    """What staff read about a person. `facts` is None for one whom the shop has never met."""

    id: int
    facts: CustomerFacts | None = None
    unpaid_ends: int = 0
    held: HeldBack | None = None
    to_decide: Sequence[ReviewFacts] = ()
    """Their newest orders to decide on, as their cards have them, without what is said of the person anyway."""


def load(shop: Shop, actor: Actor, person_id: int) -> Customer:
    """Return what the page about a person shows. Raises NotAllowed for anybody but staff."""
    require_staff(actor, _LOOK)
    with reading(shop.database) as session:
        found = customers.facts(session, person_id)
        if found is None:
            return Customer(person_id)
        ends = unpaid.ends(session, person_id, clock.now())
        late = shop.terms.late_window
        cards = [shared_evidence.review_facts(session, order_id, late) for order_id in found.to_decide]
    to_decide = [_without_the_person(one) for one in cards if one is not None]
    return Customer(person_id, found, len(ends), held_back(shop.terms, ends), to_decide)


def _without_the_person(facts: ReviewFacts) -> ReviewFacts:
    return replace(facts, is_blocked=False, unpaid_ends=0, dms_closed=False)


def orders_of(shop: Shop, actor: Actor, person_id: int, *, limit: int, offset: int) -> tuple[int, Sequence[Order]]:
    """Return how many orders a person has placed, and a page of them, the newest first. Raises NotAllowed."""
    require_staff(actor, _LOOK)
    with reading(shop.database) as session:
        return orders.of_customer(session, person_id, limit=limit, offset=offset)


def tickets_of(shop: Shop, actor: Actor, person_id: int, *, limit: int, offset: int) -> tuple[int, Sequence[Ticket]]:
    """Return how many tickets a person has opened, and a page of them, the newest first. Raises NotAllowed."""
    require_staff(actor, _LOOK)
    with reading(shop.database) as session:
        return customers.tickets_of(session, person_id, limit=limit, offset=offset)


def vouches_of(shop: Shop, actor: Actor, person_id: int, *, limit: int, offset: int) -> tuple[int, Sequence[OwnVouch]]:
    """Return how many vouches a person has written, and a page of them, the newest first. Raises NotAllowed."""
    require_staff(actor, _LOOK)
    with reading(shop.database) as session:
        return customers.vouches_of(session, person_id, limit=limit, offset=offset)
