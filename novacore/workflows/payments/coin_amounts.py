"""What an order asks for in its coin: worked out frozen when it is placed, and claimed so that no other asks for it.

A claim is a row that is unique by coin and amount. It begins with the order, ends with its decision or cancellation,
and after an expiry when no proof can come any more. An order that gets a new amount keeps its claim on the old one: a
payment of that may be on its way. Where no amount within the limit is free, the order goes on without a claim. Staff
see on each of two such orders that another may be paid by the same amount: `db.queries.orders.amounts.shared`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.deleting import delete_free
from novacore.db.models import AmountClaim, Order
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.errors import Busy
from novacore.money.coins import coin_units, most_tail, with_tails
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.jobs import JobRequest
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.rates import dollar_rate, rate_of

OrderMove = Move[Order]

_TRIES: Final = 100
"""How often an amount may be lost to another order of the same moment."""


def asked_columns(session: Session, shop: Shop, order: Order, now: datetime) -> dict[str, Any]:
    """Return what an order asks for in its coin by the rate of now, as columns; empty where there is no rate.

    That no other order asks for it is only hoped for: `claim_amount` sees to it.
    """
    known, coin = order.paid_by.known, order.paid_by.unit
    rate = rate_of(session, known, order.currency, now) if known and coin else None
    units = coin_units(order.total_minor, order.currency, rate.price, coin) if coin and rate else None
    if rate is None or units is None:
        return {}
    return {
        "coin_amount": units,
        "coin_rate": f"{rate.price:f}",
        "coin_rate_source": rate.source,
        "coin_rate_at": rate.at,
        "coin_holds_until": None if rate.is_fixed else now + shop.terms.rate_hold,
        "coin_is_unique": True,
    }


def comes_to(order: Order) -> int | None:
    """Return what the order came to in its coin by the rate it has, without a tail; None if it has none."""
    coin = order.paid_by.unit
    if coin is None or order.coin_rate is None:
        return None
    return coin_units(order.total_minor, order.currency, Decimal(order.coin_rate), coin)


# ---- effects and follows of arrows


def freeze_amount(move: OrderMove) -> None:
    """Write into the new order what it asks for in the coin, and by which rate."""
    move.changes.update(asked_columns(move.session, move.shop, move.subject, move.now))


def claim_amount(move: OrderMove) -> None:
    """Make sure that no other order asks for the same amount, by a tail where it has to be."""
    order = move.subject
    if order.coin_amount is not None:
        write(move.tx, order, claim(move.tx, order, order.coin_amount))
        move.extra_jobs.extend(cards_of_the_holder(move.session, order))


def claim_again(move: OrderMove) -> None:
    """Claim what the customer was asked for once more: the order is open again. Another one may ask for it by now."""
    order = move.subject
    if order.coin_amount is not None:
        _drop_lapsed(move.tx, order.method, order.coin_amount, order.coin_amount)
        mine = _insert(move.tx, order, order.coin_amount) or _is_mine(move.session, order, order.coin_amount)
        _set_end(move, None)
        write(move.tx, order, {"coin_is_unique": mine})
        move.extra_jobs.extend(cards_of_the_holder(move.session, order))


def keep_claim(move: OrderMove) -> None:
    """Let the claim stay for as long as the order is open: a proof has come. One that has lapsed is claimed again."""
    if move.subject.coin_amount is not None and move.subject.coin_amount not in _set_end(move, None):
        claim_again(move)


def release_claim(move: OrderMove) -> None:
    """End the claim: nobody pays for this order any more."""
    if move.subject.coin_amount is not None:
        _drop(move.tx, move.subject.id)


def release_claim_later(move: OrderMove) -> None:
    """Let the claim end with the time in which a late proof still counts."""
    window = move.shop.terms.late_window
    if window:
        _set_end(move, move.now + window)
    else:
        release_claim(move)


def _set_end(move: OrderMove, ends_at: datetime | None) -> Sequence[int]:
    """Let the order's claims end at this moment; return the amounts that it has claimed."""
    if move.subject.coin_amount is None:
        return ()
    mine = update(AmountClaim).where(AmountClaim.order_id == move.subject.id).values(ends_at=ends_at)
    changed = mine.returning(AmountClaim.amount).execution_options(synchronize_session=False)
    return move.session.execute(changed).scalars().all()


# ---- claims


@dataclass(frozen=True, slots=True)
class _Offer:
    """The amounts that an order may ask for, the best first."""

    first: int
    most: int

    @property
    def last(self) -> int:
        return self.first + self.most


def claim(tx: Transaction, order: Order, units: int) -> dict[str, Any]:
    """Claim an amount for the order, `units` or with a tail; return its columns. Raises Busy after many lost races."""
    if _insert(tx, order, units) or _is_mine(tx.session, order, units):
        return {"coin_amount": units, "coin_is_unique": True}
    offer = _Offer(units, _most_tail(tx.session, order, units, tx.now))
    _drop_lapsed(tx, order.method, offer.first, offer.last)
    for _ in range(_TRIES):
        free = next(_free(tx.session, order, offer), None)
        if free is None:
            return {"coin_amount": units, "coin_is_unique": False}
        if _insert(tx, order, free):
            return {"coin_amount": free, "coin_is_unique": True}
    raise Busy("Many orders are being placed at this moment. Please try again.")


def renew(tx: Transaction, order: Order, columns: dict[str, Any]) -> None:
    """Have the order ask for another amount, by columns of `asked_columns`. Nobody else may ask for the old one yet."""
    write(tx, order, columns)
    write(tx, order, claim(tx, order, columns["coin_amount"]))


def write(tx: Transaction, order: Order, columns: dict[str, Any]) -> None:
    """Write columns of an order that this transaction holds, where they differ from what it has."""
    changed = {name: value for name, value in columns.items() if getattr(order, name) != value}
    if changed:
        tx.session.execute(
            update(Order).where(Order.id == order.id).values(changed).execution_options(synchronize_session=False)
        )
    for name, value in changed.items():
        setattr(order, name, value)


def _most_tail(session: Session, order: Order, units: int, now: datetime) -> int:
    coin = order.paid_by.unit
    if coin is None or order.coin_rate is None:
        return 0
    dollar = None if order.currency == "USD" else dollar_rate(session, order.currency, now)
    return most_tail(units, order.currency, Decimal(order.coin_rate), coin, dollar)


def _free(session: Session, order: Order, offer: _Offer) -> Iterator[int]:
    coin = order.paid_by.unit
    within = AmountClaim.method == order.method, AmountClaim.amount.between(offer.first, offer.last)
    taken = {*session.execute(select(AmountClaim.amount).where(*within)).scalars()}
    if coin is not None and len(taken) <= offer.most:
        yield from (one for one in with_tails(offer.first, offer.most, coin) if one not in taken)


def _insert(tx: Transaction, order: Order, amount: int) -> bool:
    """Claim this very amount. Waits for another order that is being placed with it, and then says no."""
    row = insert_into(tx, AmountClaim).values(method=order.method, amount=amount, order_id=order.id)
    claimed = row.on_conflict_do_nothing().returning(AmountClaim.order_id)
    return tx.session.execute(claimed).scalar_one_or_none() is not None


def _is_mine(session: Session, order: Order, amount: int) -> bool:
    return _holder(session, order.method, amount) == order.id


def _holder(session: Session, method: str, amount: int | None) -> str | None:
    one = AmountClaim.method == method, AmountClaim.amount == amount
    return session.execute(select(AmountClaim.order_id).where(*one)).scalar_one_or_none()


def cards_of_the_holder(session: Session, order: Order) -> list[JobRequest]:
    """Have the order that holds this one's amount say on its card that it is not the only one with it."""
    holder = None if order.coin_is_unique else _holder(session, order.method, order.coin_amount)
    return [job_kinds.REFRESH_CARDS.about("order", holder)] if holder else []


def _drop(tx: Transaction, order_id: str) -> None:
    mine = delete(AmountClaim).where(AmountClaim.order_id == order_id)
    tx.session.execute(mine.execution_options(synchronize_session=False))


def _drop_lapsed(tx: Transaction, method: str, first: int, last: int) -> None:
    within = AmountClaim.method == method, AmountClaim.amount.between(first, last)
    delete_free(tx, AmountClaim, *within, AmountClaim.ends_at < tx.now)


def tidy(shop: Shop) -> None:
    """End the claims of expired orders that take no proof any more. The sweep calls this."""
    over = AmountClaim.ends_at < clock.now()
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        if not session.execute(select(exists().where(over))).scalar_one():
            return
    with writing(shop.database) as tx:
        delete_free(tx, AmountClaim, over)
