"""When the shop was open. Time in which it was closed does not count against a customer's time to pay."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from novacore.db.models import Order, ShopFact
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.machine import jobs
from novacore.workflows.machine.facts import BOT_SEEN
from novacore.workflows.machine.fire import Happening, record
from novacore.workflows.machine.jobs import JobName, JobRequest
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop

TOLERANCE = timedelta(minutes=2)
"""A sweep comes every few seconds; only a longer silence means that the shop was down."""

LAST_SWEEP = "last_sweep"
"""The fact whose moment is that of the last sweep."""

OPEN_UNTIL = "open_until"
"""The fact whose moment is the last one at which the shop was open: jobs swept, and the bot there to be pressed."""


def credit_downtime(shop: Shop) -> timedelta:
    """Note that the shop is open now; give waiting customers back the time it was closed, if that was long.

    Returns what was given back (zero in the usual case). The sweep calls this before it wakes anything. While the bot
    is away nothing is noted: the shop counts as closed, and nobody's time runs out.
    """
    with writing(shop.database) as tx:
        _ensure(tx, LAST_SWEEP, OPEN_UNTIL)
        _note(tx, LAST_SWEEP)
        open_until = _locked(tx, OPEN_UNTIL)
        if shop.terms.gives_downtime_back and _bot_is_away(tx):
            return timedelta(0)
        if tx.now > open_until:
            _note(tx, OPEN_UNTIL)
        gap = tx.now - open_until
        if gap <= TOLERANCE or not shop.terms.gives_downtime_back:
            return timedelta(0)
        for order in _waiting(tx):
            _extend(tx, order, min(gap, tx.now - order.placed_at))
        return gap


def is_awake(shop: Shop, now: datetime) -> bool:
    """Tell whether the shop was open lately. Until it is, nobody's time may be called up."""
    with reading(shop.database) as session:
        fact = session.get(ShopFact, OPEN_UNTIL)
        return fact is not None and now - fact.at <= TOLERANCE


def _ensure(tx: Transaction, *names: str) -> None:
    # Two first sweeps at once: the second finds the rows of the first.
    builder = sqlite.insert if tx.is_sqlite else postgresql.insert
    rows = [{"name": name, "value": {}, "at": tx.now} for name in names]
    tx.session.execute(builder(ShopFact).on_conflict_do_nothing(), rows)


def _locked(tx: Transaction, name: str) -> datetime:
    found = select(ShopFact.at).where(ShopFact.name == name).with_for_update()
    return tx.session.execute(found).scalar_one()


def _note(tx: Transaction, name: str) -> None:
    tx.session.execute(update(ShopFact).where(ShopFact.name == name).values(at=tx.now))


def _bot_is_away(tx: Transaction) -> bool:
    seen = tx.session.execute(select(ShopFact.at).where(ShopFact.name == BOT_SEEN)).scalar_one_or_none()
    return seen is not None and tx.now - seen > TOLERANCE


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
    event_id = record(tx, Happening("order", order.id, "extend_expiry", SYSTEM, ActorKind.system, detail))
    jobs.enqueue(tx, [JobRequest(JobName.refresh_cards, "order", order.id)], event_id=event_id)
