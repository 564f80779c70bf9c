"""When the shop was open. Time in which it was closed does not count against a customer's time to pay."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from novacore.db.event_kinds.orders import EXTEND_EXPIRY
from novacore.db.models import Order, ShopFact
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import add_missing
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.facts import BOT_SEEN
from novacore.workflows.machine.fire import NewEvent, record_all
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop

TOLERANCE = timedelta(minutes=2)
"""A sweep comes every few seconds; only a longer silence means that the shop was down."""

LAST_SWEEP = "last_sweep"
"""The fact whose moment is that of the last sweep."""

OPEN_UNTIL = "open_until"
"""The fact whose moment is the last one at which the shop was open: jobs swept, and the bot there to be pressed."""

WAITS_FOR_OPENING: Final = (JobName.expire_order, JobName.remind_unpaid, JobName.warn_idle, JobName.idle_close)
"""Jobs that have nothing to do while the shop is closed, or has just opened and not given the time back yet: by them a
customer's time runs out. The sweep leaves them alone until then."""


GiveBack = Callable[[Transaction, timedelta], object]
"""Gives back as much time to others who wait, in the same transaction."""


def credit_downtime(shop: Shop, *others: GiveBack) -> timedelta:
    """Note that the shop is open now; give waiting customers back the time it was closed, if that was long.

    Returns what was given back (zero in the usual case). The sweep calls this before it wakes anything. While the bot
    is away nothing is noted: the shop counts as closed, and nobody's time runs out. Nothing is waited for: what another
    sweep holds is left to that one, and an order that someone holds is owed its time until it is free.
    """
    with writing(shop.database) as tx:
        _ensure(tx, LAST_SWEEP, OPEN_UNTIL)
        free = _free(tx, LAST_SWEEP, OPEN_UNTIL)
        if LAST_SWEEP in free:
            _note(tx, LAST_SWEEP)
        if OPEN_UNTIL not in free or (shop.terms.gives_downtime_back and _bot_is_away(tx)):
            return timedelta(0)
        gap = _credit(shop, tx, free[OPEN_UNTIL])
        for give_back in others if gap else ():
            give_back(tx, gap)
        return gap


def _credit(shop: Shop, tx: Transaction, fact: ShopFact) -> timedelta:
    gap, owed = tx.now - fact.at, _owed(fact)
    is_long = gap > TOLERANCE and shop.terms.gives_downtime_back
    if is_long:
        for order_id, placed_at in _waiting(tx).items():
            if placed_at < tx.now:
                owed[order_id] = owed.get(order_id, timedelta(0)) + min(gap, tx.now - placed_at)
    left = _pay(tx, owed) if owed else {}
    if is_long or tx.now > fact.at or fact.value:
        value = {_OWED: {order_id: time.total_seconds() for order_id, time in left.items()}} if left else {}
        _note(tx, OPEN_UNTIL, at=max(tx.now, fact.at), value=value)
    return gap if is_long else timedelta(0)


def is_awake(shop: Shop, now: datetime, order_id: str = "") -> bool:
    """Tell whether the shop was open lately, and owes this order no time. Until then it may not be called up."""
    with reading(shop.database) as session:
        return _is_open(session, now, order_id)


def asleep(tx: Transaction) -> Sequence[JobName]:
    """Return the jobs that have to wait until the shop is open."""
    return () if _is_open(tx.session, tx.now) else WAITS_FOR_OPENING


def _is_open(session: Session, now: datetime, order_id: str = "") -> bool:
    fact = session.get(ShopFact, OPEN_UNTIL)
    return fact is not None and now - fact.at <= TOLERANCE and order_id not in _owed(fact)


def _ensure(tx: Transaction, *names: str) -> None:
    # A look first: an insert would wait for whoever is changing the row that is there.
    there = {*tx.session.execute(select(ShopFact.name).where(ShopFact.name.in_(names))).scalars()}
    rows = [{"name": name, "value": {}, "at": tx.now} for name in names if name not in there]
    add_missing(tx, ShopFact, *rows)  # two first sweeps at once: the second finds the rows of the first


def _free(tx: Transaction, *names: str) -> Mapping[str, ShopFact]:
    """Return those of these facts that nobody else holds, locked."""
    rows = select(ShopFact).where(ShopFact.name.in_(names)).with_for_update(skip_locked=True)
    return {fact.name: fact for fact in tx.session.execute(rows).scalars()}


def _note(tx: Transaction, name: str, **values: Any) -> None:
    changed = {"at": tx.now} | values
    statement = update(ShopFact).where(ShopFact.name == name).values(**changed)
    tx.session.execute(statement.execution_options(synchronize_session=False))


def _bot_is_away(tx: Transaction) -> bool:
    seen = tx.session.execute(select(ShopFact.at).where(ShopFact.name == BOT_SEEN)).scalar_one_or_none()
    return seen is not None and tx.now - seen > TOLERANCE


# ---- what is owed


def _owed(fact: ShopFact) -> dict[str, timedelta]:
    return {order_id: timedelta(seconds=seconds) for order_id, seconds in fact.value.get(_OWED, {}).items()}


_OWED: Final = "owed"

_HAS_TIME: Final = (
    Order.status.in_(OrderStatus.those(lambda row: row.awaits_customer)),
    Order.expires_at.is_not(None),
)


def _waiting(tx: Transaction) -> dict[str, datetime]:
    """Return the orders that wait for a payment or a proof, and when they were placed."""
    rows = tx.session.execute(select(Order.id, Order.placed_at).where(*_HAS_TIME))
    return {order_id: placed_at for order_id, placed_at in rows}  # noqa: C416 - typed


def _pay(tx: Transaction, owed: Mapping[str, timedelta]) -> dict[str, timedelta]:
    """Extend the orders that nobody else holds, and return what the others are still owed."""
    rows = select(Order).where(*_HAS_TIME).order_by(Order.id).with_for_update(skip_locked=True, key_share=True)
    free = [order for order in tx.session.execute(rows).scalars() if order.id in owed]
    if free:
        _extend(tx, free, owed)
    unpaid = _waiting(tx).keys() - {order.id for order in free}
    return {order_id: time for order_id, time in owed.items() if order_id in unpaid}


def _extend(tx: Transaction, orders: Sequence[Order], owed: Mapping[str, timedelta]) -> None:
    # The timer itself stays where it is: when it comes due it reads the order and puts itself off.
    for order in orders:
        tx.session.expunge(order)
    rows = [
        {"its_id": order.id, "expires_at": order.expires_at + owed[order.id], "version": order.version + 1}
        for order in orders
        if order.expires_at is not None
    ]
    table = cast(Table, Order.__table__)
    statement = update(table).where(table.c.id == bindparam("its_id"))
    statement = statement.values(expires_at=bindparam("expires_at"), version=bindparam("version"))
    tx.connection.execute(statement, rows)
    record_all(tx, [_extended(order, owed[order.id]) for order in orders])
    jobs.enqueue(tx, [job_kinds.REFRESH_CARDS.about("order", order.id) for order in orders])


def _extended(order: Order, time: timedelta) -> NewEvent:
    what = EXTEND_EXPIRY({"seconds": round(time.total_seconds()), "round": order.review_round})
    return NewEvent("order", order.id, what, SYSTEM, ActorKind.system)
