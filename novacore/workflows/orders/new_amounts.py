"""A new amount in the coin, once the promise of the one before has ended. The customer asks for it on their own pages.

If they could get one at any time, they could wait for the coin to fall.
"""

import math
from datetime import datetime
from typing import Any

from novacore.db import records
from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import KEEP_AMOUNT, NEW_AMOUNT
from novacore.db.models import Order
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import NotFound, WrongState
from novacore.money import format_money
from novacore.money.coins import format_coin
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import coin_amounts


def can_have_one(order: Order) -> bool:
    """Tell whether the order's amount may be another one some day.

    Nothing was sent for it yet, the rate moves, and its promise ends while there is still time to pay.
    """
    if order.status is not OrderStatus.awaiting_payment or order.coin_holds_until is None:
        return False
    return order.expires_at is None or order.coin_holds_until < order.expires_at


def renew(shop: Shop, actor: Actor, order_id: str) -> Order:
    """Have an order of this person's ask for what it comes to now; where that is the same, for longer.

    Raises NotFound, and WrongState: it takes none, the present amount still holds, or there is no rate now.
    """
    with writing(shop.database) as tx:
        order = _locked(tx, actor, order_id)
        _require_over(order, tx.now)
        columns = coin_amounts.asked_columns(tx.session, shop, order, tx.now)
        if not columns:
            raise WrongState(_no_rate(order))
        if coin_amounts.comes_to(order) == columns["coin_amount"]:
            _hold_longer(tx, actor, order, columns)
        else:
            _ask_for(tx, actor, order, columns)
    return order


def _hold_longer(tx: Transaction, actor: Actor, order: Order, columns: dict[str, Any]) -> None:
    """Promise the same amount once more: no other price, so nothing that staff would have to tell apart."""
    kept = {"coin_amount": order.coin_amount, "coin_is_unique": order.coin_is_unique, "version": order.version + 1}
    coin_amounts.write(tx, order, columns | kept)
    until = order.coin_holds_until.isoformat() if order.coin_holds_until else ""
    _record(tx, actor, order, KEEP_AMOUNT({"until": until, "round": order.review_round}))


def _ask_for(tx: Transaction, actor: Actor, order: Order, columns: dict[str, Any]) -> None:
    before = order.coin_amount
    coin_amounts.renew(tx, order, columns)
    changed = {"coin_amount_before": before, "coin_changed_at": tx.now, "version": order.version + 1}
    coin_amounts.write(tx, order, changed)
    what = NEW_AMOUNT(
        {
            "amount": _shown(order, order.coin_amount),
            "before": _shown(order, before),
            "rate": order.coin_rate,
            "round": order.review_round,
        }
    )
    _record(tx, actor, order, what)


def _locked(tx: Transaction, actor: Actor, order_id: str) -> Order:
    order = records.lock(tx.connection, Order, order_id)
    if order is None or order.customer_id != actor.id:
        raise NotFound(ORDERS.missing)
    return order


def _require_over(order: Order, now: datetime) -> None:
    until = order.coin_holds_until
    if order.status is not OrderStatus.awaiting_payment:
        raise WrongState(f"This order can't have a new amount now: it is {order.status.row.label}.")
    if until is not None and until > now:
        at = math.ceil(until.timestamp())
        raise WrongState(f"Your amount holds until <t:{at}:f>, <t:{at}:R>. Please send exactly that amount.")
    if not can_have_one(order):
        raise WrongState("The amount of this order doesn't change. Please send exactly what your order page asks for.")


def _no_rate(order: Order) -> str:
    worth = format_money(order.total_minor, order.currency)
    return (
        f"We have no current price for {order.paid_by.coin}, so we can't give you a new amount right now. Please try "
        f"again later, or send what is worth {worth} at the moment you pay."
    )


def _record(tx: Transaction, actor: Actor, order: Order, what: Detailed) -> None:
    event_id = record(tx, NewEvent(ORDERS.name, order.id, what, actor, ActorKind.customer))
    cards = [job_kinds.REFRESH_CARDS.about(ORDERS.name, order.id), *coin_amounts.cards_of_the_holder(tx.session, order)]
    jobs.enqueue(tx, cards, event_id=event_id)


def _shown(order: Order, units: int | None) -> str:
    coin = order.paid_by.unit
    return format_coin(units, coin) if coin and units is not None else ""
