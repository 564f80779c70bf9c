"""“Free these and block”: takes back what people hold of a product who keep ordering without paying. For staff.

First a look, for the page that asks; then one transaction, which does it to what was shown and still is so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from novacore import clock
from novacore.db.event_kinds.products import FREE_RESERVED
from novacore.db.models import Event, Order, Person, Product
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.unpaid import Holding
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, NotFound, WrongState
from novacore.states import ActorKind
from novacore.workflows.machine import policy
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import NewEvent, fire, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.blocking.blocks import write_block
from novacore.workflows.orders.table import ORDERS

MOST: Final = 50
"""Orders that are freed in one go; the button can be pressed again."""

BLOCKED_FOR: Final = unpaid.WINDOW
"""How long these people are blocked: until no order that ended before counts against them."""

GOOD_FOR: Final = timedelta(minutes=15)
"""How long the question can be answered with yes. Later it is asked again."""

_ROUNDED_UP: Final = timedelta(minutes=1)
"""By less than this the time on the page lies ahead: it is in whole seconds, and two machines never quite agree."""

_WHY: Final = "Several of your orders were never paid, so these items are back on sale for other customers."


@dataclass(frozen=True, slots=True)
class Freeable:
    """What would be freed, and whose it is."""

    product_id: int
    product_name: str
    holdings: Sequence[Holding]
    to_check: int
    """Orders of such people that stay, because a proof was sent for them."""
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Freed:
    """What was freed, and who is blocked until when."""

    product_name: str
    holdings: Sequence[Holding]
    blocked: Sequence[int]
    until: datetime
    to_check: int


def load(shop: Shop, actor: Actor, product_id: int) -> Freeable:
    """Return what would be freed now. Raises NotAllowed, NotFound, and WrongState where there is nothing to free."""
    policy.require_staff(actor, "free what others have reserved")
    now = clock.now()
    with reading(shop.database) as session:
        product = session.get(Product, product_id)
        if product is None:
            raise NotFound(PRODUCT_MISSING)
        found = unpaid.holdings(session, product_id, now)
    free, stay = _sorted(actor, found)
    if not free:
        raise WrongState(_NOTHING)
    return Freeable(product_id, product.name, free, stay, now)


_NOTHING: Final = "There is nothing to free: nobody who keeps ordering without paying holds any of it right now."


def _sorted(actor: Actor, found: Sequence[Holding]) -> tuple[Sequence[Holding], int]:
    """Return what may be freed, and how many orders of such people stay. Nobody frees and blocks themselves."""
    theirs = [one for one in found if one.is_theirs and one.customer_id != actor.id]
    free = [one for one in theirs if one.may_be_freed]
    return free[:MOST], len(theirs) - len(free)


def free_and_block(shop: Shop, actor: Actor, product_id: int, as_of: datetime) -> Freed:
    """Cancel what `load` has shown at `as_of` and still holds units unpaid, and block whose it is.

    An order for which a proof was sent stays, and so does one on which someone else is at work this very moment.
    Raises NotAllowed, NotFound, WrongState (asked too long ago), and AlreadyDone where nothing is left to free.
    """
    policy.require_staff(actor, "free what others have reserved")
    with writing(shop.database) as tx:
        product = tx.session.get(Product, product_id)
        if product is None:
            raise NotFound(PRODUCT_MISSING)
        # Nobody is asked in the future: the clock was set back since, and the page would name what it never showed.
        if not -_ROUNDED_UP <= tx.now - as_of <= GOOD_FOR:
            raise WrongState("You were asked this a while ago. Please press **Free these and block** again.")
        free, stay = _locked(tx, actor, product_id, as_of)
        tx.read_clock_again()
        if not free:
            raise AlreadyDone(_what_became_of_it(tx, product_id, as_of))
        for one in free:
            fire(shop, tx, ORDERS, one.order_id, "cancel", actor, Given(reason=_WHY))
        freed = Freed(product.name, free, sorted({one.customer_id for one in free}), tx.now + BLOCKED_FOR, stay)
        _block(tx, actor, freed)
        _record(tx, actor, product_id, freed)
    return freed


def _locked(tx: Transaction, actor: Actor, product_id: int, as_of: datetime) -> tuple[Sequence[Holding], int]:
    """Lock orders and then people, as every arrow does, and look again: what was paid or forgiven is none of it now."""
    shown, _ = _sorted(actor, unpaid.holdings(tx.session, product_id, tx.now, as_of))
    orders = select(Order.id).where(Order.id.in_([one.order_id for one in shown])).order_by(Order.id)
    # Whoever is sending a proof at this moment holds their order, and keeps it.
    ours = {*tx.session.execute(orders.with_for_update(skip_locked=True, key_share=True)).scalars()}
    people = select(Person.id).where(Person.id.in_([one.customer_id for one in shown])).order_by(Person.id)
    tx.session.execute(people.with_for_update(key_share=True))
    free, stay = _sorted(actor, unpaid.holdings(tx.session, product_id, tx.now, as_of))
    return [one for one in free if one.order_id in ours], stay


def _block(tx: Transaction, actor: Actor, freed: Freed) -> None:
    reason = f"Kept ordering {freed.product_name} without paying."
    longer = select(Person.id).where(Person.id.in_(freed.blocked), Person.blocked_until >= freed.until)
    blocked_already = {*tx.session.execute(longer).scalars()}
    for person_id in freed.blocked:
        if person_id not in blocked_already:
            write_block(tx, actor, person_id, reason, freed.until)


def _record(tx: Transaction, actor: Actor, product_id: int, freed: Freed) -> None:
    freed_units = sum(one.units for one in freed.holdings)
    what = FREE_RESERVED({"orders": len(freed.holdings), "units": freed_units, "people": len(freed.blocked)})
    kind = ActorKind.owner if actor.is_owner else ActorKind.staff
    record(tx, NewEvent("product", str(product_id), what, actor, kind))


def _what_became_of_it(tx: Transaction, product_id: int, as_of: datetime) -> str:
    mine = Event.subject_kind == "product", Event.subject_id == str(product_id), Event.trigger == FREE_RESERVED.trigger
    since = as_of - timedelta(seconds=1)  # the page names its time in whole seconds
    rows = select(Event.actor_name).where(*mine, Event.at >= since).order_by(Event.id.desc()).limit(1)
    name = tx.session.execute(rows).scalar_one_or_none()
    if name:
        return f"Already done: {name} has freed these and blocked the people."
    return "There is nothing to free any more: these orders were paid, have ended, or someone is at work on them."
