"""News of products for the channel of those who asked for them: new, at a sale price, back in stock.

Whatever makes news calls `tell`, and whatever changes what a message says calls `touch`, each in its own transaction. A
product has one row for each day of the shop's time zone, and that row one message. What is said is read by the job.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import case, exists, or_, select, update
from sqlalchemy.orm import Session

from novacore.db.deleting import delete_free
from novacore.db.models import Product, ProductNews
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.states.goods import NewsKind
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.shop import Shop

KEPT: Final = 3
"""Messages about a product that are kept true: the newest ones. Nobody scrolls up further to buy something."""

HELD: Final = timedelta(minutes=10)
"""How long the owner has to hide a product that was just saved, or to give it a first day, before anybody is told."""

NEW_FOR: Final = timedelta(days=30)
"""How long after it was added a product that was never in the news is new, and not back."""


def tell(shop: Shop, tx: Transaction, product_id: int, kind: NewsKind, held: timedelta = timedelta(0)) -> None:
    """Have the channel told of it, or its message of today changed. Nothing where the shop has no such channel.

    `held` is how long nobody is told, `HELD` at most; what comes on top of it meanwhile waits as well.
    """
    if shop.places.news_channel_id is None:
        return
    at = tx.now + held
    row = {"product_id": product_id, "day": day_of(shop, tx.now), "kind": kind, "asked_at": at}
    insert = insert_into(tx, ProductNews).values(row)
    less_telling = [*NewsKind][[*NewsKind].index(kind) :]
    stronger = case((ProductNews.kind.in_(less_telling), kind), else_=ProductNews.kind)
    later = case((ProductNews.asked_at.between(at, at + HELD), ProductNews.asked_at), else_=at)
    changed = {"kind": stronger, "asked_at": later}
    tx.session.execute(insert.on_conflict_do_update(index_elements=["product_id", "day"], set_=changed))
    _show(tx, product_id)


def tell_of_stock(shop: Shop, tx: Transaction, product: Product) -> None:
    """Tell that there is some again; of a product that was just added, that it is new."""
    if shop.places.news_channel_id is None:
        return
    posted = exists().where(ProductNews.product_id == product.id, ProductNews.posted_at.is_not(None))
    is_new = product.created_at > tx.now - NEW_FOR and not tx.session.execute(select(posted)).scalar_one()
    tell(shop, tx, product.id, NewsKind.new if is_new else NewsKind.restocked)


def touch(tx: Transaction, product_id: int) -> None:
    """Have the messages about a product show what it is now. Costs a look where there are none."""
    if tx.session.execute(select(exists().where(ProductNews.product_id == product_id))).scalar_one():
        _show(tx, product_id)


def was_told_since(tx: Transaction, product_id: int, moment: datetime) -> bool:
    """Tell whether something of this product was news at this moment or later."""
    later = exists().where(ProductNews.product_id == product_id, ProductNews.asked_at >= moment)
    return bool(tx.session.execute(select(later)).scalar_one())


def _show(tx: Transaction, product_id: int) -> None:
    jobs.enqueue(tx, [job_kinds.SHOW_NEWS.about("product", str(product_id))])


def day_of(shop: Shop, moment: datetime) -> date:
    """Return the day of the shop's time zone."""
    return moment.astimezone(shop.terms.zone).date()


# ---- for the job that speaks


def of_product(session: Session, product_id: int) -> Sequence[ProductNews]:
    """Return the newest news of a product, the latest day first."""
    rows = select(ProductNews).where(ProductNews.product_id == product_id).order_by(ProductNews.day.desc())
    return session.execute(rows.limit(KEPT)).scalars().all()


def load(shop: Shop, product_id: int) -> Sequence[ProductNews]:
    """Return the same for a job."""
    with reading(shop.database) as session:
        return of_product(session, product_id)


def of_today(shop: Shop, told: Sequence[ProductNews], now: datetime) -> ProductNews | None:
    """Return the row whose day it is; also one of yesterday evening that was held until today."""
    today = day_of(shop, now)
    return next((one for one in told if today in (one.day, day_of(shop, one.asked_at)) and one.day <= today), None)


def held_until(one: ProductNews, now: datetime) -> datetime | None:
    """Return when it may be told; None for now. Never later than `HELD` from now, whatever a clock once said."""
    return one.asked_at if now < one.asked_at <= now + HELD else None


def note_posted(shop: Shop, one: ProductNews, channel_id: int, message_id: int, shown: str | None) -> None:
    """Remember where a message is, and let go of older ones."""
    mine = ProductNews.product_id == one.product_id
    with writing(shop.database) as tx:
        place = {"channel_id": channel_id, "message_id": message_id, "posted_at": tx.now, "shown": shown}
        _change(tx, one, place)
        kept = [row.day for row in of_product(tx.session, one.product_id)]
        unsaid = (ProductNews.day < one.day) & ProductNews.posted_at.is_(None)
        delete_free(tx, ProductNews, mine, or_(unsaid, ProductNews.day.not_in(kept)))


def note_shown(shop: Shop, one: ProductNews, shown: str) -> None:
    """Remember what a message shows now."""
    with writing(shop.database) as tx:
        _change(tx, one, {"shown": shown})


def _change(tx: Transaction, one: ProductNews, values: dict[str, object]) -> None:
    row = update(ProductNews).where(ProductNews.product_id == one.product_id, ProductNews.day == one.day)
    tx.session.execute(row.values(**values).execution_options(synchronize_session=False))
