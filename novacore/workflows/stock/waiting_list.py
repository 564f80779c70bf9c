"""Customers who want to hear when something is back in stock: asked once, told once, and a few a minute.

Discord puts bots in quarantine that open many DMs in a short time, so all of them share one line: a place every
`PACE`, whatever the product. Who is called is looked at again when their turn comes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, delete, exists, func, or_, select, update

from novacore import clock
from novacore.db.models import Job, Product, ShopFact, StockWait, Unit
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.errors import LimitReached, NotFound, WrongState
from novacore.money.sale_prices import is_out
from novacore.states import JobState, UnitStatus
from novacore.workflows.machine import facts, job_kinds, jobs
from novacore.workflows.machine.job_kinds import TellWaiting
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import units

PACE: Final = timedelta(seconds=3)
"""From one DM to the next: 20 a minute, a rate at which a person could write them by hand."""

CALLED_AT_ONCE: Final = 20
"""Who is called but not yet told when it sells out again has waited for nothing: so only a minute's worth."""

PAUSE: Final = timedelta(minutes=10)
"""How long nobody is told after Discord has said that we open DMs too fast."""

MOST_EACH: Final = 50
"""Products that one person may wait for."""

_LINE: Final = "dm_line"
"""The fact that holds when the next place in the line is free."""


def ask(shop: Shop, actor: Actor, product_id: int) -> bool:
    """Put someone on the list of a sold-out product; False when they stood there already.

    Raises NotFound for what is not on sale, WrongState for what can be bought right now, LimitReached.
    """
    customer_id = actor.id or 0
    with writing(shop.database) as tx:
        product = tx.session.get(Product, product_id)
        if product is None or product.is_deleted or not product.is_on_sale or not is_out(product, tx.now):
            raise NotFound("That product is not on sale any more. `/shop` shows what we have.")
        if product.kind in units.MINTED or units.count_available(tx.session, product_id, 1):
            raise WrongState(f"Good news: {product.name} is in stock right now. Open it again to buy it.")
        mine = select(func.count()).where(StockWait.customer_id == customer_id)
        if tx.session.execute(mine).scalar_one() >= MOST_EACH:
            raise LimitReached(f"You are waiting for {MOST_EACH} products already, which is the most at one time.")
        row = insert_into(tx, StockWait).values(product_id=product_id, customer_id=customer_id, asked_at=tx.now)
        added = tx.session.execute(row.on_conflict_do_nothing().returning(StockWait.customer_id)).first()
    return added is not None


def take_back(shop: Shop, actor: Actor, product_id: int) -> bool:
    """Take someone off the list; False when they did not stand there."""
    return _drop(shop, product_id, actor.id or 0)


def waiting(shop: Shop, product_id: int, customer_id: int) -> StockWait | None:
    """Return someone's place on the list of a product, if they have one."""
    with reading(shop.database) as session:
        return session.get(StockWait, (product_id, customer_id))


def call_some(shop: Shop, job_id: int) -> datetime | None:
    """Give the next in line their turn: a job each, `PACE` apart. Returns the last one's; None when nobody is left.

    Only those whose product is in stock; those who have waited longest come first. `job_id` is the job that calls:
    where another one has its turn to come, there is nothing to do.
    """
    with writing(shop.database) as tx:
        turn = max(tx.now, _next_place(tx))
        if _another_is_queued(tx, job_id):
            return None
        called = _longest_waiting(tx)
        if not called:
            return None
        for wait in called:
            tx.session.execute(_of(wait.product_id, wait.customer_id).values(called_at=tx.now))
            who: TellWaiting = {"customer_id": wait.customer_id}
            request = job_kinds.TELL_WAITING.about("product", str(wait.product_id), who, due_at=turn)
            jobs.enqueue(tx, [request], key=f"{key_of(wait)}:{tx.now.isoformat()}")
            turn += PACE
        _keep(tx, next=turn)
    return turn


def key_of(wait: StockWait) -> str:
    """Name this one wish: the same person may ask for the same product again, after they were told."""
    return f"back:{wait.product_id}:{wait.customer_id}:{wait.asked_at.timestamp():.6f}"


def is_in_stock(shop: Shop, product_id: int) -> bool:
    """Tell whether someone who is told now could buy it."""
    with reading(shop.database) as session:
        product = session.get(Product, product_id)
        if product is None or not product.is_on_sale or product.is_deleted or not is_out(product, clock.now()):
            return False
        return units.count_available(session, product_id, 1) > 0


def wait_on(shop: Shop, product_id: int, customer_id: int) -> None:
    """Put someone back in line: it was sold out again before their turn came."""
    with writing(shop.database) as tx:
        tx.session.execute(_of(product_id, customer_id).values(called_at=None))
        units.watch(tx, product_id)  # should it be back in this very moment


def told(shop: Shop, product_id: int, customer_id: int) -> None:
    """Take someone off the list who has been told, or whom Discord will never let us tell."""
    _drop(shop, product_id, customer_id)


def forget(tx: Transaction, product_id: int, customer_id: int) -> None:
    """Do the same within a transaction, for a job that died."""
    mine = StockWait.product_id == product_id, StockWait.customer_id == customer_id
    tx.session.execute(delete(StockWait).where(*mine).execution_options(synchronize_session=False))


def pause(shop: Shop) -> None:
    """Tell nobody for a while: Discord has said that we open DMs too fast."""
    with writing(shop.database) as tx:
        ends = tx.now + PAUSE
        _keep(tx, next=max(_next_place(tx), ends), paused_until=ends)


def paused_until(shop: Shop, now: datetime) -> datetime | None:
    """Return until when nobody is to be told, or None. Turns that were given before the pause wait as well."""
    with reading(shop.database) as session:
        ends = _time(session.get(ShopFact, _LINE), "paused_until")
    return ends if ends and ends > now else None


def next_place(shop: Shop) -> datetime:
    """Take the next place in line for someone whose turn fell into a pause, and return when it is."""
    with writing(shop.database) as tx:
        place = max(tx.now, _next_place(tx))
        _keep(tx, next=place + PACE)
    return place


def _drop(shop: Shop, product_id: int, customer_id: int) -> bool:
    mine = StockWait.product_id == product_id, StockWait.customer_id == customer_id
    with writing(shop.database) as tx:
        return tx.session.execute(delete(StockWait).where(*mine).returning(StockWait.product_id)).first() is not None


def _longest_waiting(tx: Transaction) -> Sequence[StockWait]:
    in_stock = exists().where(Unit.product_id == StockWait.product_id, Unit.status == UnitStatus.available)
    is_out_now = or_(Product.on_sale_from.is_(None), Product.on_sale_from <= tx.now)
    on_sale = exists().where(
        Product.id == StockWait.product_id, Product.is_on_sale.is_(True), Product.is_deleted.is_(False), is_out_now
    )
    rows = select(StockWait).where(StockWait.called_at.is_(None), in_stock, on_sale)
    return tx.session.execute(rows.order_by(StockWait.asked_at).limit(CALLED_AT_ONCE)).scalars().all()


def _of(product_id: int, customer_id: int) -> Update:
    mine = StockWait.product_id == product_id, StockWait.customer_id == customer_id
    return update(StockWait).where(*mine).execution_options(synchronize_session=False)


def _another_is_queued(tx: Transaction, job_id: int) -> bool:
    another = exists().where(
        Job.subject_kind == "shop",
        Job.subject_id == "waits",
        Job.name == JobName.call_waiting,
        Job.state == JobState.queued,
        Job.id != job_id,
    )
    return bool(tx.session.execute(select(another)).scalar_one())


def _next_place(tx: Transaction) -> datetime:
    """Lock the line and return when its next place is free."""
    line = facts.locked(tx, _LINE)
    return _time(line, "next") or tx.now


def _keep(tx: Transaction, **times: datetime) -> None:
    line = tx.session.get_one(ShopFact, _LINE)
    line.value = {**line.value, **{name: at.isoformat() for name, at in times.items()}}
    line.at = tx.now


def _time(line: ShopFact | None, name: str) -> datetime | None:
    text = line.value.get(name) if line else None
    return datetime.fromisoformat(text) if text else None
