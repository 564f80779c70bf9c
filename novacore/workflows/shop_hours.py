"""When the shop was open. Time in which nothing swept the jobs does not count against a customer's time to pay."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from novacore.db.models import Order, ShopFact
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.states import ActorKind, OrderStatus
from novacore.workflows import engine, jobs
from novacore.workflows.engine import Happening
from novacore.workflows.jobs import JobName, JobRequest
from novacore.workflows.policy import SYSTEM
from novacore.workflows.shop import Shop

TOLERANCE = timedelta(minutes=2)
"""A sweep comes every few seconds; only a longer silence means that the shop was down."""

LAST_SWEEP = "last_sweep"
"""The fact whose moment is that of the last sweep."""


def credit_downtime(shop: Shop) -> timedelta:
    """Note that the shop is open now; give waiting customers back the time since the last note, if that was long.

    Returns what was given back (zero in the usual case). The sweep calls this before it wakes anything.
    """
    with writing(shop.database) as tx:
        last = _locked_note(tx)
        gap = tx.now - last
        _note(tx, tx.now)
        if gap <= TOLERANCE:
            return timedelta(0)
        for order in _waiting(tx):
            _extend(tx, order, min(gap, tx.now - order.placed_at))
        return gap


def note_open(shop: Shop, at: datetime) -> None:
    """Note that the shop was open until `at`: for the rehearsal, whose clock jumps without any downtime."""
    with writing(shop.database) as tx:
        _locked_note(tx)
        _note(tx, at)


def is_awake(shop: Shop, now: datetime) -> bool:
    """Tell whether a sweep ran lately. Until one has, nobody's time may be called up."""
    with reading(shop.database) as session:
        fact = session.get(ShopFact, LAST_SWEEP)
        return fact is not None and now - fact.at <= TOLERANCE


def last_sweep(shop: Shop) -> datetime | None:
    """Return when the last sweep ran, if any ever did."""
    with reading(shop.database) as session:
        fact = session.get(ShopFact, LAST_SWEEP)
        return fact.at if fact else None


def _locked_note(tx: Transaction) -> datetime:
    found = select(ShopFact.at).where(ShopFact.name == LAST_SWEEP).with_for_update()
    at = tx.session.execute(found).scalar_one_or_none()
    if at is None:
        tx.session.execute(insert(ShopFact).values(name=LAST_SWEEP, value={}, at=tx.now))
    return at or tx.now


def _note(tx: Transaction, at: datetime) -> None:
    tx.session.execute(update(ShopFact).where(ShopFact.name == LAST_SWEEP).values(at=at))


def _waiting(tx: Transaction) -> list[Order]:
    rows = select(Order).where(Order.status == OrderStatus.awaiting_payment).order_by(Order.id).with_for_update()
    return [*tx.session.execute(rows).scalars()]


def _extend(tx: Transaction, order: Order, gap: timedelta) -> None:
    # The timer itself stays where it is: when it comes due it reads the order and puts itself off.
    if order.expires_at is None:
        return
    values = {"expires_at": order.expires_at + gap, "version": order.version + 1}
    tx.session.execute(
        update(Order).where(Order.id == order.id).values(**values).execution_options(synchronize_session=False)
    )
    detail = {"seconds": round(gap.total_seconds()), "round": order.review_round}
    event_id = engine.record(tx, Happening("order", order.id, "extend_expiry", SYSTEM, ActorKind.system, detail))
    jobs.enqueue(tx, [JobRequest(JobName.refresh_cards, "order", order.id)], event_id=event_id)
