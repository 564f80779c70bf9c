"""An order moves on while its job is at work: each job sees what became of it, and reports only what is a fault."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from novacore.db.models import Order
from novacore.db.unit_of_work import writing
from novacore.errors import WrongState
from novacore.states import OrderStatus
from novacore.tasks.queue import runner
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables
from novacore.workflows.orders.timers import opening_hours
from tests.fixtures.shops import MovableClock
from tests.tasks.town import Town
from tests.workflows.machine import lives


def test_an_expiry_comes_due_and_tells_the_customer(town: Town, time: MovableClock) -> None:
    order = placed_a_day_ago(town, time)
    town.work()
    assert town.order(order.id).status is OrderStatus.expired
    assert any("The time to pay" in text for text in town.dms())


def test_an_expiry_that_wakes_before_the_first_sweep_waits_for_it(town: Town, time: MovableClock) -> None:
    """Two days down: the broker still holds the wake-up, and the sweep has not given the time back yet."""
    opening_hours.credit_downtime(town.shop)
    order = town.place()
    time.move(days=2)
    town.work()
    assert town.order(order.id).status is OrderStatus.awaiting_payment
    assert town.outcome("expire_order")[0] == "queued"
    opening_hours.credit_downtime(town.shop)
    time.move(minutes=1)
    lives.note_open(town.shop)
    town.work()
    assert town.order(order.id).status is OrderStatus.awaiting_payment
    time.move(hours=23, minutes=59)
    lives.note_open(town.shop)
    town.work()
    assert town.order(order.id).status is OrderStatus.expired


def placed_a_day_ago(town: Town, time: MovableClock) -> Order:
    """An order whose time to pay is over by now, in a shop that was open all the time."""
    order = town.place()
    town.work()
    time.move(hours=24)
    lives.note_open(town.shop)
    return order


def in_the_last_moment(monkeypatch: pytest.MonkeyPatch, command: str, happens: Callable[[], object]) -> None:
    """Let something happen after the job has looked at the order and before its command is carried out."""
    carry_out, left = getattr(orders, command), [happens]

    def late(*args: object) -> Order:
        if left:
            left.pop()()
        return cast(Order, carry_out(*args))

    monkeypatch.setattr(orders, command, late)


def test_an_expiry_that_meets_more_time_in_the_last_moment_is_put_off(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed_a_day_ago(town, time)
    later = time.at + timedelta(hours=5)

    def extend() -> None:
        with writing(town.shop.database) as tx:
            row = tx.session.get_one(Order, order.id)
            row.expires_at, row.version = later, row.version + 1
            tx.session.flush()

    in_the_last_moment(monkeypatch, "expire", extend)
    town.work()
    assert town.outcome("expire_order") == ("queued", "The customer was given more time.")
    time.move(hours=5)
    lives.note_open(town.shop)
    town.work()
    assert town.order(order.id).status is OrderStatus.expired


def test_an_expiry_that_meets_a_cancelled_order_in_the_last_moment_is_done(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed_a_day_ago(town, time)
    (job_id,) = town.due("expire_order")
    in_the_last_moment(monkeypatch, "expire", lambda: orders.cancel(town.shop, town.customer, order.id))
    runner.run(town.runtime, job_id)
    assert town.outcome("expire_order") == ("done", "Nothing to expire: the order is cancelled.")


def test_goods_that_were_shown_while_they_were_sent_are_no_fault(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    order = town.approved()
    in_the_last_moment(monkeypatch, "delivered", lambda: deliverables.reveal(town.shop, town.customer, order.id))
    town.work()
    assert town.outcome("deliver_order") == ("done", "The goods are with the customer.")
    assert town.order(order.id).status is OrderStatus.delivered


def refusing(monkeypatch: pytest.MonkeyPatch, command: str) -> list[str]:
    """Let a command refuse for no reason that an order would show; returns the orders it is asked for."""
    asked: list[str] = []

    def refuse(_shop: object, _actor: object, order_id: str) -> None:
        asked.append(order_id)
        raise WrongState("Nobody knows why.")

    monkeypatch.setattr(orders, command, refuse)
    return asked


def test_a_delivery_that_cannot_be_recorded_is_a_fault(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    order = town.approved()
    asked = refusing(monkeypatch, "delivered")
    (job_id,) = town.due("deliver_order")
    runner.run(town.runtime, job_id)
    state, why = town.outcome("deliver_order")
    assert (state, asked) == ("queued", [order.id])
    assert why.startswith("WrongState at test_last_moments.py")


def test_an_expiry_that_is_refused_for_no_reason_is_a_fault(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed_a_day_ago(town, time)
    asked = refusing(monkeypatch, "expire")
    (job_id,) = town.due("expire_order")
    runner.run(town.runtime, job_id)
    state, why = town.outcome("expire_order")
    assert (state, asked) == ("queued", [order.id]), "once, not until Python gives up"
    assert why.startswith("WrongState at test_last_moments.py")
