"""The machine's clock is moved under a working shop: nothing is late, nothing expires, no reminder comes too soon."""

from dataclasses import replace
from datetime import time as time_of_day
from datetime import timedelta
from time import time as seconds_now

import pytest
from sqlalchemy import func, select, update

from novacore import clock
from novacore.db.models import Job, Order, Report, Ticket
from novacore.db.unit_of_work import Wake, reading, writing
from novacore.settings.values import ReportSchedule
from novacore.states import JobState, OrderStatus, TicketStatus
from novacore.steady_clock import SteadyClock
from novacore.tasks.queue import leases, runner
from novacore.tasks.queue.sweep import sweep
from novacore.workflows.machine import facts
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.timers.opening_hours import LAST_SWEEP, OPEN_UNTIL
from novacore.workflows.stock import waiting_list
from novacore.workflows.upkeep.set_back import Watch
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import opened, says, staff_member, stored
from tests.tasks.jobs import job_row, queue_job
from tests.tasks.town import Town
from tests.wire.faults import Answer
from tests.workflows.machine import lives

JUMPS = [timedelta(hours=-1), timedelta(days=2)]
SEND = ("POST", "/channels/*/messages")


class Machine:
    """A machine with a clock that someone sets; Discord's goes on as it should."""

    def __init__(self, town: Town, time: MovableClock, woken: list[Wake], monkeypatch: pytest.MonkeyPatch) -> None:
        self.town, self.time, self.woken = town, time, woken
        self.counted = 0.0
        steady = SteadyClock(self.told, lambda: self.counted)
        monkeypatch.setattr(clock, "_machine", steady)
        monkeypatch.setattr(clock, "_source", steady.now)
        self.off = timedelta(0)

    def told(self) -> float:
        """What its clock shows."""
        return self.time.at.timestamp()

    def set(self, jump: timedelta) -> None:
        """Set the clock."""
        self.time.at += jump
        self.off += jump

    def run(self, times: int = 1) -> None:
        """Let nearly two minutes pass so many times: no sweep counts as late. Do all the work that is due."""
        for _ in range(times):
            self.time.move(seconds=110)
            self.counted += 110.0
            right = (self.time.at - self.off).timestamp()
            self.town.wire.world.clock_ahead = right - seconds_now()
            work(self.town, self.woken)

    def sleep(self, **time: float) -> None:
        """Let time pass in which the shop is open and nothing is due."""
        self.time.move(**time)
        self.counted += timedelta(**time).total_seconds()
        lives.note_open(self.town.shop)


@pytest.fixture
def machine(town: Town, time: MovableClock, woken: list[Wake], monkeypatch: pytest.MonkeyPatch) -> Machine:
    sweep(town.runtime)
    return Machine(town, time, woken, monkeypatch)


def work(town: Town, woken: list[Wake]) -> None:
    """Sweep, and do what was woken by that or since the last time."""
    sweep(town.runtime)
    while woken:
        runner.run(town.runtime, woken.pop(0).job_id)


def waiting_ticket(town: Town) -> Ticket:
    """Staff have answered, and wait for the customer."""
    ticket = opened(town)
    says(town, ticket, staff_member(town), "Have you tried turning it off and on again?")
    town.work()
    return stored(town, ticket.id)


def reminders(town: Town) -> int:
    """How many reminders have gone out."""
    with reading(town.shop.database) as session:
        return session.execute(select(func.count()).where(Ticket.warned_at.is_not(None))).scalar_one()


def status(town: Town, order: Order) -> OrderStatus:
    return town.order(order.id).status


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_clock_that_is_set_wrong_and_right_again_delays_nothing_and_takes_nobodys_time(
    machine: Machine, jump: timedelta
) -> None:
    """Discord contradicts it for longer than a jump would otherwise be doubted."""
    town = machine.town
    unpaid, ticket = town.place(), waiting_ticket(town)
    machine.sleep(hours=23, minutes=30)
    approved = town.approved()
    machine.set(jump)
    machine.run()
    assert status(town, approved) is OrderStatus.delivered
    machine.run(8)
    machine.set(-jump)
    machine.run()
    assert status(town, unpaid) is OrderStatus.awaiting_payment
    assert town.order(unpaid.id).expires_at == unpaid.expires_at
    assert "extend_expiry" not in lives.events_of(town.shop, unpaid.id)
    assert (stored(town, ticket.id).closes_at, reminders(town)) == (ticket.closes_at, 0)
    machine.sleep(minutes=12)
    machine.run()
    assert status(town, unpaid) is OrderStatus.expired, "the time that is really up is up"
    assert reminders(town) == 1


def test_a_jump_that_discord_confirms_is_time_in_which_the_shop_was_closed(machine: Machine) -> None:
    """The machine was suspended."""
    town = machine.town
    unpaid, ticket = town.place(), waiting_ticket(town)
    machine.sleep(hours=23)
    machine.time.move(days=2)
    machine.run(2)
    assert clock.now() == machine.time.at
    assert unpaid.expires_at is not None
    assert ticket.closes_at is not None
    late = (town.order(unpaid.id).expires_at or unpaid.expires_at) - unpaid.expires_at
    assert timedelta(0) <= late - timedelta(days=2) <= timedelta(minutes=4)
    assert (stored(town, ticket.id).closes_at or ticket.closes_at) - ticket.closes_at == late
    machine.sleep(minutes=54)
    machine.run()
    assert (status(town, unpaid), reminders(town)) == (OrderStatus.awaiting_payment, 0)
    machine.sleep(minutes=5)
    machine.run()
    assert (status(town, unpaid), reminders(town)) == (OrderStatus.expired, 1)


# A process that has just started knows no other time than the one its machine tells.


@pytest.fixture
def fresh(town: Town) -> Town:
    """A shop that is open, whose process believes at once that what lies in the future will stay there."""
    town = replace(town, runtime=replace(town.runtime, watch=Watch(still_seconds=0.0)))
    sweep(town.runtime)
    return town


def set_back(town: Town, time: MovableClock, **by: float) -> None:
    """Set the clock back, and sweep until that was noticed."""
    time.move(**{unit: -amount for unit, amount in by.items()})
    for _ in range(2):
        sweep(town.runtime)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_start_with_a_wrong_clock_delays_nothing_and_takes_nobodys_time(
    fresh: Town, time: MovableClock, jump: timedelta
) -> None:
    unpaid, ticket = fresh.place(), waiting_ticket(fresh)
    time.move(hours=23)
    lives.note_open(fresh.shop)
    approved = fresh.approved()
    time.at += jump
    sweep(fresh.runtime)
    fresh.work()
    assert status(fresh, approved) is OrderStatus.delivered
    assert (status(fresh, unpaid), reminders(fresh)) == (OrderStatus.awaiting_payment, 0)
    time.at -= jump
    for _ in range(2):
        sweep(fresh.runtime)
        fresh.work()
    assert (status(fresh, unpaid), reminders(fresh)) == (OrderStatus.awaiting_payment, 0)
    assert unpaid.expires_at is not None
    assert (fresh.order(unpaid.id).expires_at or time.at) >= unpaid.expires_at
    time.move(days=4)
    lives.note_open(fresh.shop)
    fresh.work()
    assert status(fresh, unpaid) is OrderStatus.expired
    assert stored(fresh, ticket.id).status is TicketStatus.awaiting_customer
    assert reminders(fresh) == 1


def test_what_was_to_be_tried_again_in_a_minute_is(fresh: Town, time: MovableClock) -> None:
    order = fresh.approved()
    time.move(days=2)
    fresh.wire.fault(*SEND, Answer(503), times=None)
    sweep(fresh.runtime)
    fresh.work()
    fresh.wire.faults.clear()
    set_back(fresh, time, days=2)
    time.move(seconds=30)
    fresh.work()
    assert status(fresh, order) is OrderStatus.delivered


def test_a_wait_that_began_in_the_future_keeps_its_length(fresh: Town, time: MovableClock) -> None:
    time.move(days=2)
    lives.note_open(fresh.shop)
    job_id = queue_job(fresh.shop.database, due_at=time.at + timedelta(minutes=7))
    set_back(fresh, time, days=2)
    assert job_row(fresh.shop.database, job_id).due_at == time.at + timedelta(minutes=7)


def test_facts_of_the_future_are_of_now_and_it_is_logged(
    fresh: Town, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    time.move(days=2)
    facts.note(fresh.shop, facts.BOT_SEEN, {})
    sweep(fresh.runtime)
    waiting_list.pause(fresh.shop)
    set_back(fresh, time, days=2)
    assert {lives.noted(fresh.shop, name) for name in (facts.BOT_SEEN, LAST_SWEEP, OPEN_UNTIL)} == {time.at}
    assert waiting_list.paused_until(fresh.shop, time.at) == time.at + waiting_list.PAUSE
    (line,) = [one.getMessage() for one in caplog.records if "set back" in one.getMessage()]
    assert line.startswith("The clock was set back by 2 days, 0:00:00. Times that lay in the future were set to now: ")


def test_limits_count_from_now(fresh: Town, time: MovableClock) -> None:
    strict = replace(fresh.shop, terms=replace(fresh.shop.terms, max_orders_per_hour=1))
    time.move(days=2)
    lives.note_open(fresh.shop)
    early = lives.place(strict, fresh.product_id, fresh.customer)
    orders.reject(strict, STAFF, fresh.submit(early).id, lives.REASON)
    set_back(fresh, time, days=2)
    assert (fresh.order(early.id).placed_at, fresh.order(early.id).unpaid_at) == (time.at, time.at)
    time.move(minutes=61)
    assert lives.place(strict, fresh.product_id, fresh.customer).id


def test_a_report_that_came_too_soon_comes_again_on_its_day(fresh: Town, time: MovableClock) -> None:
    daily = replace(fresh.shop.terms, report_schedule=ReportSchedule("day", time_of_day(9)))
    runtime = replace(fresh.runtime, shop=replace(fresh.shop, terms=daily))
    town = replace(fresh, runtime=runtime)
    sweep(town.runtime)
    time.move(days=2)
    sweep(town.runtime)
    assert reports(town) == 1
    set_back(town, time, days=2)
    for day in (2, 3):
        time.move(days=1)
        sweep(town.runtime)
        assert reports(town) == day


def reports(town: Town) -> int:
    """How many reports were asked for."""
    with reading(town.shop.database) as session:
        asked = session.execute(select(func.count()).select_from(Report)).scalar_one()
        jobs = session.execute(select(func.count()).where(Job.name == JobName.make_report)).scalar_one()
    assert asked == jobs
    return asked


def test_a_time_that_moves_on_in_the_future_is_another_machines(fresh: Town, time: MovableClock) -> None:
    """Its clock is an hour ahead of ours."""
    for _ in range(3):
        time.move(hours=1, seconds=5)
        lives.note_open(fresh.shop)
        ahead = time.at
        time.move(hours=-1)
        sweep(fresh.runtime)
        assert lives.noted(fresh.shop, OPEN_UNTIL) == ahead


def test_leases_and_wake_ups_of_the_future_hold_nothing_up(
    fresh: Town, woken: list[Wake], caplog: pytest.LogCaptureFixture
) -> None:
    """The clock of the machine that they go by has been set back."""
    database = fresh.shop.database
    held, lost = queue_job(database), queue_job(database)
    with writing(database) as tx:
        assert leases.claim(tx, held, "killed", 3_600.0)
        later = leases.machine_time(tx, 3_600.0)
        tx.session.connection().execute(update(Job).where(Job.id == lost).values(woken_at=later))
    woken.clear()
    sweep(fresh.runtime)
    assert [wake.job_id for wake in woken if wake.job_id in (held, lost)] == [lost]
    row = job_row(database, held)
    assert row.state is JobState.running
    assert row.lease_until is not None
    assert row.lease_until - clock.machine_now() < timedelta(seconds=fresh.runtime.lease_seconds + 5)
    assert "1 leases are shorter now" in caplog.text
