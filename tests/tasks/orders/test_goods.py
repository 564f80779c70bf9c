"""Goods sent once more and units given for faulty ones, against a real HTTP Discord: once a press, whatever happens."""

import pytest
from sqlalchemy import select

from novacore.db.models import Job, Order
from novacore.db.queries.orders.orders import dms_closed
from novacore.db.unit_of_work import reading
from novacore.states import JobState
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import after_sale
from novacore.workflows.orders import commands as orders
from novacore.workflows.upkeep import retries
from tests.fixtures.shops import OWNER, STAFF, MovableClock
from tests.tasks.jobs import lapse, make_due
from tests.tasks.town import Town
from tests.wire.faults import Drop
from tests.workflows.machine import lives


def goods(town: Town) -> list[str]:
    """The DMs that carry goods."""
    return [text for text in town.dms() if "SECRET-" in text]


def job_id_of(town: Town, name: str) -> int:
    """The newest job of this name."""
    with reading(town.shop.database) as session:
        return session.execute(select(Job.id).where(Job.name == name).order_by(Job.id.desc()).limit(1)).scalar_one()


def resend(town: Town, order: Order) -> Order:
    """Staff press the button of the order's newest card."""
    return after_sale.resend(town.shop, STAFF, order.id, town.order(order.id).version)


def replace(town: Town, order: Order, number: str = "") -> Order:
    """Staff press the button, and fill in the form."""
    version = town.order(order.id).version
    return after_sale.replace_unit(town.shop, STAFF, order.id, version, number, "It does not work.")


def test_each_press_sends_the_goods_once_more_as_a_message_of_its_own(town: Town) -> None:
    order = town.delivered()
    for count in (2, 3):
        resend(town, order)
        town.work()
        assert len(goods(town)) == count
    assert sum("Here are your goods again" in text for text in goods(town)) == 2
    for job_id in range(1, 80):
        runner.run(town.runtime, job_id)
    assert len(goods(town)) == 3


def test_a_new_unit_is_sent_alone_and_the_goods_again_have_it(town: Town) -> None:
    order = town.approved(quantity=3)
    town.work()
    replace(town, order, "2")
    town.work()
    message = goods(town)[-1]
    assert "Here is your replacement" in message
    assert "Game key (2 of 3)" in message
    assert "SECRET-1-3" in message
    assert all(f"SECRET-1-{n}" not in message for n in range(3))
    resend(town, order)
    town.work()
    again = goods(town)[-1]
    assert all(f"SECRET-1-{n}" in again for n in (0, 2, 3))
    assert "SECRET-1-1" not in again


@pytest.mark.parametrize("press", [resend, replace])
def test_a_worker_that_never_heard_back_does_not_send_it_twice(town: Town, press: object) -> None:
    order = town.delivered()
    press(town, order)  # type: ignore[operator]
    name = "resend_goods" if press is resend else "send_replacement"
    (job_id,) = town.due(name)
    town.wire.world.nonce_window = 0
    town.wire.fault("POST", "/channels/*/messages", Drop(taken=True))
    runner.run(town.runtime, job_id)
    assert len(goods(town)) == 2
    lapse(town.shop.database, job_id)
    make_due(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert len(goods(town)) == 2
    assert town.outcome(name)[0] == "done"


@pytest.mark.parametrize("press", [resend, replace])
def test_closed_dms_reach_staff_who_try_again_once_they_are_open(town: Town, press: object) -> None:
    order = town.delivered()
    town.wire.close_dms(town.customer.id or 0)
    press(town, order)  # type: ignore[operator]
    town.work()
    name = "resend_goods" if press is resend else "send_replacement"
    assert sum(name.replace("_", " ") in text for text in town.staff_channel()) == 1
    assert town.outcome(name)[0] == "dead"
    town.wire.close_dms(town.customer.id or 0, closed=False)
    retries.retry(town.shop, STAFF, job_id_of(town, name))
    town.work()
    assert town.outcome(name)[0] == "done"
    assert len(goods(town)) == 2


def test_nothing_is_sent_of_an_order_that_was_refunded_meanwhile(town: Town) -> None:
    order = town.delivered()
    resend(town, order)
    job_id = job_id_of(town, "resend_goods")
    lives.end_jobs(town.shop, order.id)
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    with reading(town.shop.database) as session:
        assert session.get_one(Job, job_id).state is JobState.done
    assert len(goods(town)) == 1


def test_the_customer_hears_what_went_back(town: Town) -> None:
    order = town.delivered()
    after_sale.return_money(town.shop, OWNER, order.id, town.order(order.id).version, "4.00", "For the trouble.")
    town.work()
    note = town.dms()[-1]
    assert "We sent **$4.00** back to you" in note
    assert "For the trouble." in note


def test_the_flag_of_closed_dms_goes_once_one_comes_through(town: Town, time: MovableClock) -> None:
    town.wire.close_dms(town.customer.id or 0)
    order = town.place()
    town.work()
    order = town.submit(order)
    town.work()
    assert "Closed DMs" in town.staff_channel()[-1]
    town.wire.close_dms(town.customer.id or 0, closed=False)
    time.move(minutes=1)
    orders.ask_again(town.shop, STAFF, order.id, Given(reason="Blurred."))
    town.work()
    with reading(town.shop.database) as session:
        assert not dms_closed(session, order.id)
    assert "Closed DMs" not in town.staff_channel()[-1]
