"""Private pages about someone's orders: which of them Discord still lets us edit, and what they show by now.

What edits a page is the token of the press that it answers. It is good for 15 minutes, kept sealed, and deleted then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.crypto import GoodsUnreadable
from novacore.db.deleting import delete_free
from novacore.db.models import Order, PrivatePage
from novacore.db.queries.orders import own_orders
from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import put
from novacore.errors import NotFound
from novacore.workflows.machine import jobs
from novacore.workflows.machine.people import refresh_pages
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.table import ORDERS

LIFE: Final = timedelta(minutes=14, seconds=30)
"""How long a page is kept true. Discord takes edits for 15 minutes after the press; the last one needs a moment."""

MOST: Final = 5
"""Pages of one person, the newest ones: nobody reads more at a time."""

AFTER_A_PRESS: Final = timedelta(seconds=2)
"""How long an edit waits: a press that moves an order shows its page itself."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A private page as it was shown just now. `order_id` None: a page of the list."""

    message_id: int
    customer_id: int
    order_id: str | None
    list_page: int
    mark: str
    ends_at: datetime
    token: str = field(repr=False)
    is_answer: bool = True
    """Whether it is the interaction's own answer, and not a message that followed it."""


def contents(shop: Shop, customer_id: int, order_id: str | None, list_page: int = 0) -> OwnOrders:
    """Read what a page of this person's shows now. Raises NotFound for an order that isn't theirs."""
    with reading(shop.database) as session:
        return own_orders.with_queue(session, _contents(session, customer_id, order_id, list_page))


def _contents(session: Session, customer_id: int, order_id: str | None, list_page: int) -> OwnOrders:
    if order_id is None:
        return own_orders.all_orders(session, customer_id, list_page)
    found = own_orders.one_order(session, customer_id, order_id)
    if found is None:
        raise NotFound(ORDERS.missing)
    return found


def follow(shop: Shop, page: ShownPage) -> None:
    """Keep a page true from now on, in place of what was known of this message."""
    values = {
        "customer_id": page.customer_id,
        "order_id": page.order_id,
        "list_page": page.list_page,
        "is_answer": page.is_answer,
        "sealed_token": shop.cipher.seal(page.token),
        "shown": page.mark,
        "ends_at": page.ends_at,
    }
    with writing(shop.database) as tx:
        put(tx, PrivatePage, ["message_id"], {"message_id": page.message_id, **values})
        _drop_older(tx, page.customer_id)
    # After the commit: a change that came in between has found no page, or an old one.
    with reading(shop.database) as session:
        now = _contents(session, page.customer_id, page.order_id, page.list_page)
    if now.mark != page.mark:
        with writing(shop.database) as tx:
            jobs.enqueue(tx, [refresh_pages(page.customer_id)])


def _drop_older(tx: Transaction, customer_id: int) -> None:
    mine = PrivatePage.customer_id == customer_id
    newest = select(PrivatePage.message_id).where(mine).order_by(PrivatePage.ends_at.desc()).limit(MOST)
    delete_free(tx, PrivatePage, mine, PrivatePage.message_id.not_in(newest))


def refresh_of(shop: Shop, order_id: str) -> None:
    """Have the private pages of this order's customer show what has become of it."""
    living = select(PrivatePage.customer_id).join(Order, Order.customer_id == PrivatePage.customer_id)
    with reading(shop.database) as session:
        rows = living.where(Order.id == order_id, PrivatePage.ends_at > clock.now()).limit(1)
        customer_id = session.execute(rows).scalar_one_or_none()
    if customer_id is not None:
        with writing(shop.database) as tx:
            jobs.enqueue(tx, [refresh_pages(customer_id, tx.now + AFTER_A_PRESS)])


# ---- for the job that edits them


def living(shop: Shop, customer_id: int) -> Sequence[int]:
    """Return the ids of the messages that Discord still lets us edit, the newest page first."""
    rows = select(PrivatePage.message_id).where(PrivatePage.customer_id == customer_id)
    with reading(shop.database) as session:
        rows = rows.where(PrivatePage.ends_at > clock.now()).order_by(PrivatePage.ends_at.desc())
        return session.execute(rows).scalars().all()


def out_of_date(shop: Shop, message_id: int) -> tuple[PrivatePage, OwnOrders] | None:
    """Return a page with what it has to show; None if it shows that already, or is not kept any more."""
    with reading(shop.database) as session:
        page = session.get(PrivatePage, message_id)
        if page is None or page.ends_at <= clock.now():
            return None
        now = _contents(session, page.customer_id, page.order_id, page.list_page)
        return (page, own_orders.with_queue(session, now)) if now.mark != page.shown else None


def token_of(shop: Shop, page: PrivatePage) -> str | None:
    """Return what edits the page; None if the key that sealed it has gone."""
    try:
        return str(shop.cipher.open(page.sealed_token))
    except GoodsUnreadable:
        return None


def note_shown(shop: Shop, page: PrivatePage, mark: str) -> None:
    """Remember what the page shows now."""
    with writing(shop.database) as tx:
        changed = update(PrivatePage).where(PrivatePage.message_id == page.message_id).values(shown=mark)
        tx.session.execute(changed.execution_options(synchronize_session=False))


def forget(shop: Shop, page: PrivatePage) -> None:
    """Let go of a page that can't be edited any more, unless a newer press has brought it a new token."""
    with writing(shop.database) as tx:
        same = PrivatePage.message_id == page.message_id, PrivatePage.sealed_token == page.sealed_token
        tx.session.execute(delete(PrivatePage).where(*same).execution_options(synchronize_session=False))


def tidy(shop: Shop) -> None:
    """Delete the pages whose time is over, with their tokens. The sweep calls this."""
    over = PrivatePage.ends_at <= clock.now()
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        if not session.execute(select(exists().where(over))).scalar_one():
            return
    with writing(shop.database) as tx:
        delete_free(tx, PrivatePage, over)
