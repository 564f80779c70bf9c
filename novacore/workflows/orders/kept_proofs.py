"""Proofs whose transaction id or order id was wrong: kept for an hour, so that only the id has to be typed again.

One for each person, a few times an hour, and only for people with an order that takes a proof. Called by the bot, and
`tidy` by the sweep.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.deleting import delete_free
from novacore.db.models import KeptProof, Order
from novacore.db.unit_of_work import Transaction, reading, retire, writing
from novacore.errors import WrongState
from novacore.ids import parse_order_id
from novacore.states import Method, OrderStatus
from novacore.workflows.machine.people import meet
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import storable

LIFE: Final = timedelta(hours=1)
"""How long one is kept."""

MOST: Final = 50
"""Of all people together, the newest ones: at most 500 MiB, in an attack by many accounts."""

MOST_EACH: Final = 5
"""Of one person one after the other: whoever types a wrong id more often sends the picture again. Then there is a pause
of `LIFE`."""

_TYPED: Final = 500
"""Characters of what was typed."""

_GONE: Final = (
    "We don't have that picture any more: it is kept for an hour, and only your newest one. Please send the proof "
    "again: `/orders` shows your orders."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept, without the picture. `method` is how the order is paid; None if the order isn't known yet."""

    id: int
    order_id: str | None
    reference: str
    size: int
    method: Method | None


def may_keep(shop: Shop, actor: Actor) -> bool:
    """Tell whether a picture of this person's would be kept, before it is fetched. A look: `keep` has the last word."""
    with reading(shop.database) as session:
        return _has_order(session, shop, actor) and _times(session, actor, clock.now()) < MOST_EACH


def keep(shop: Shop, actor: Actor, order_id: str | None, reference: str, content: bytes) -> int | None:
    """Keep a picture in place of what was kept for this person; returns what the button names.

    None for whoever has no order that takes a proof, or had `MOST_EACH` kept one after the other. `order_id` is None
    if it was wrong, else the person's own order.
    """
    with writing(shop.database) as tx:
        if not _has_order(tx.session, shop, actor):
            return None
        meet(tx, actor)
        tx.read_clock_again()
        times = _times(tx.session, actor, tx.now)
        if times >= MOST_EACH:
            return None
        mine = delete(KeptProof).where(KeptProof.customer_id == actor.id)
        tx.session.execute(mine.execution_options(synchronize_session=False))
        row: dict[str, object] = {
            "customer_id": actor.id,
            "order_id": order_id,
            "reference": storable(reference)[:_TYPED],
            "original": content,
            "size": len(content),
            "times": times + 1,
            "kept_at": tx.now,
        }
        retire(tx.session)
        # Apart from the statement: SQLAlchemy keeps the first one of each kind with every value that stands in it.
        kept_id = tx.session.execute(insert(KeptProof).returning(KeptProof.id), [row]).scalar_one()
        _drop_oldest(tx)
    return kept_id


def _has_order(session: Session, shop: Shop, actor: Actor) -> bool:
    """Tell whether any order of theirs could take a proof now."""
    late = and_(Order.status == OrderStatus.expired, Order.expired_at >= clock.now() - shop.terms.late_window)
    takes_one = or_(Order.status.in_(OrderStatus.those(lambda row: row.awaits_customer)), late)
    return bool(session.execute(select(exists().where(Order.customer_id == actor.id, takes_one))).scalar_one())


def _times(session: Session, actor: Actor, now: datetime) -> int:
    """Return how many were kept for this person; 0 again once the last one has gone."""
    mine = KeptProof.customer_id == actor.id, KeptProof.kept_at > now - LIFE
    return session.execute(select(KeptProof.times).where(*mine)).scalar_one_or_none() or 0


def _drop_oldest(tx: Transaction) -> None:
    newest = select(KeptProof.id).order_by(KeptProof.kept_at.desc(), KeptProof.id.desc()).limit(MOST)
    delete_free(tx, KeptProof, KeptProof.id.not_in(newest))


def load(shop: Shop, actor: Actor, kept_id: int) -> Kept:
    """Return what was kept under this id for this person. Raises WrongState where it is not there any more."""
    columns = (KeptProof.id, KeptProof.order_id, KeptProof.reference, KeptProof.size)
    mine = KeptProof.id == kept_id, KeptProof.customer_id == actor.id, KeptProof.kept_at > clock.now() - LIFE
    with reading(shop.database) as session:
        found = session.execute(select(*columns).where(*mine)).one_or_none()
        if found is None:
            raise WrongState(_GONE)
        order = session.get(Order, found[1]) if found[1] else None
    return Kept(*found, order.paid_by if order else None)


def picture(shop: Shop, actor: Actor, kept_id: int) -> bytes:
    """Return the picture itself. Raises WrongState."""
    with reading(shop.database) as session:
        retire(session)
        mine = KeptProof.id == kept_id, KeptProof.customer_id == actor.id
        found = session.execute(select(KeptProof.original).where(*mine)).scalar_one_or_none()
    if found is None:
        raise WrongState(_GONE)
    return found


def note(shop: Shop, kept_id: int, order_id: str | None, reference: str) -> None:
    """Note what was typed the second time, which was wrong again. The hour goes on from the first time."""
    with writing(shop.database) as tx:
        changed = update(KeptProof).where(KeptProof.id == kept_id)
        changed = changed.values(order_id=order_id, reference=storable(reference)[:_TYPED])
        tx.session.execute(changed.execution_options(synchronize_session=False))


def drop(shop: Shop, kept_id: int) -> None:
    """Let go of it: the proof was taken."""
    with writing(shop.database) as tx:
        gone = delete(KeptProof).where(KeptProof.id == kept_id)
        tx.session.execute(gone.execution_options(synchronize_session=False))


def own_order(shop: Shop, actor: Actor, typed: str) -> str | None:
    """Return the id of an order of this person's as it is stored; None for anything else that was typed."""
    order_id = parse_order_id(typed)
    with reading(shop.database) as session:
        order = session.get(Order, order_id) if order_id else None
    return order.id if order is not None and order.customer_id == actor.id else None


def tidy(shop: Shop) -> None:
    """Delete what was kept for its hour. The sweep calls this."""
    over = KeptProof.kept_at <= clock.now() - LIFE
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        if not session.execute(select(exists().where(over))).scalar_one():
            return
    with writing(shop.database) as tx:
        delete_free(tx, KeptProof, over)
