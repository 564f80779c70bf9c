"""Jobs that died: one alert, a button that has them tried again, and no flood when many die of one cause."""

import discord
import pytest
from sqlalchemy import select, update

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Event, Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.errors import AlreadyDone, NotAllowed, NotFound, WrongState
from novacore.states import JobState, OrderStatus
from novacore.tasks.queue import leases, runner
from novacore.tasks.queue.handlers import HANDLERS
from novacore.tasks.queue.runner import MAX_KILLED
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from novacore.workflows.upkeep import retries
from novacore.workflows.upkeep.fallbacks import _cause, fire_fallback
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock
from tests.tasks.jobs import job_row, outcomes, queue_jobs
from tests.tasks.town import Town
from tests.workflows.machine import lives

NO_ROLES = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True, attach_files=True)
ALL = NO_ROLES | discord.Permissions(manage_roles=True)


def newest(town: Town, name: str) -> Job:
    """The newest job of this name."""
    with reading(town.shop.database) as session:
        return session.execute(select(Job).where(Job.name == name).order_by(Job.id.desc()).limit(1)).scalar_one()


def died(town: Town) -> list[Event]:
    """Every death that staff are told of."""
    with reading(town.shop.database) as session:
        return [*session.execute(select(Event).where(Event.trigger == "job_died").order_by(Event.id)).scalars()]


def without_a_role(town: Town, count: int = 1) -> list[Job]:
    """Deliver orders while the bot may not give the role; return the jobs that died of that."""
    town.wire.permit_bot(NO_ROLES)
    for _ in range(count):
        town.delivered()
    return [job_row(town.shop.database, JOB_DIED.read(event.detail)["job_id"]) for event in died(town)]


def alerts(town: Town) -> list[str]:
    """What staff were told of the role."""
    return [text for text in town.staff_channel() if "grant customer role" in text]


def test_the_very_job_is_queued_again_once_and_its_old_tries_stay(town: Town) -> None:
    (job,) = without_a_role(town)
    assert job.state is JobState.dead
    town.wire.permit_bot(ALL)
    retries.retry(town.shop, STAFF, job.id)
    with pytest.raises(AlreadyDone, match="being tried again right now"):
        retries.retry(town.shop, OWNER, job.id)
    town.work()
    assert town.places.customer_role_id in town.wire.roles_of(town.customer.id or 0)
    assert outcomes(town.shop.database, job.id) == ["never", "done"]
    with pytest.raises(AlreadyDone, match="has worked meanwhile"):
        retries.retry(town.shop, STAFF, job.id)
    assert lives.events_of(town.shop, job.subject_id).count("retry_job") == 1


def test_only_staff_have_it_tried_again(town: Town) -> None:
    (job,) = without_a_role(town)
    for command, number in ((retries.retry, job.id), (retries.retry_all, died(town)[0].id)):
        with pytest.raises(NotAllowed, match="Only staff can try this again"):
            command(town.shop, CUSTOMER, number)
    assert job_row(town.shop.database, job.id).state is JobState.dead
    with pytest.raises(NotFound):
        retries.retry(town.shop, STAFF, 10**9)
    with pytest.raises(NotFound):
        retries.retry_all(town.shop, STAFF, 10**9)


def test_tries_and_bugs_are_counted_from_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, time: MovableClock
) -> None:
    order = town.approved()

    def broken(_work: object) -> str:
        raise KeyError("nobody expected this")

    real = HANDLERS[JobName.announce_purchase]
    monkeypatch.setitem(HANDLERS, JobName.announce_purchase, broken)
    for _ in range(6):
        town.work()
        time.move(minutes=10)
    job = newest(town, "announce_purchase")
    assert (job.state, outcomes(town.shop.database, job.id)) == (JobState.dead, ["bug"] * 3)
    retries.retry(town.shop, STAFF, job.id)
    town.work()
    assert job_row(town.shop.database, job.id).state is JobState.queued, "one bug more is not the end of it"
    monkeypatch.setitem(HANDLERS, JobName.announce_purchase, real)
    time.move(minutes=10)
    town.work()
    assert outcomes(town.shop.database, job.id) == ["bug"] * 4 + ["done"]
    assert order.id


def cut_off(town: Town, job_id: int, times: int) -> None:
    """Let so many workers die in the middle of the job."""
    for _ in range(times):
        with writing(town.shop.database) as tx:
            assert leases.claim(tx, job_id, "killed", 0.0)


def test_a_job_that_staff_try_again_may_be_cut_off_as_often_as_any_other(town: Town) -> None:
    town.work()
    job_id = queue_jobs(
        town.shop.database, [job_kinds.ANNOUNCE_PURCHASE.about("order", town.place().id, {"event_id": 1})]
    )[-1]
    cut_off(town, job_id, MAX_KILLED)
    runner.run(town.runtime, job_id)
    assert town.outcome("announce_purchase") == ("dead", f"It was cut off {MAX_KILLED} times.")
    with writing(town.shop.database) as tx:
        tx.session.execute(update(Order).values(status=OrderStatus.delivered))
    retries.retry(town.shop, STAFF, job_id)
    cut_off(town, job_id, MAX_KILLED - 1)
    with writing(town.shop.database) as tx:
        job = leases.claim(tx, job_id, "killed", 0.0)
    assert job
    assert job.killed == MAX_KILLED - 1
    runner.run(town.runtime, job_id)
    assert town.outcome("announce_purchase")[0] == "dead"
    assert outcomes(town.shop.database, job_id) == ["killed"] * (2 * MAX_KILLED + 2)


def test_a_second_death_is_told_again(town: Town) -> None:
    (job,) = without_a_role(town)
    retries.retry(town.shop, STAFF, job.id)
    town.work()
    assert len(alerts(town)) == 2
    assert job_row(town.shop.database, job.id).state is JobState.dead


def test_a_blocked_delivery_keeps_the_button_of_its_own(town: Town) -> None:
    town.wire.close_dms(town.customer.id or 0)
    town.approved()
    town.work()
    job = newest(town, "deliver_order")
    assert job.state is JobState.dead
    with pytest.raises(WrongState, match="a button of its own"):
        retries.retry(town.shop, STAFF, job.id)


def test_nothing_is_tried_again_once_the_order_has_moved_on(town: Town) -> None:
    (job,) = without_a_role(town)
    orders.refund(town.shop, OWNER, job.subject_id, lives.REASON)
    with pytest.raises(WrongState, match="it is refunded now"):
        retries.retry(town.shop, STAFF, job.id)


def test_jobs_are_wanted_in_these_states_of_their_order() -> None:
    s = OrderStatus
    wanted = {
        JobName.post_review_card: {s.under_review, s.awaiting_proof},
        JobName.expire_order: {s.awaiting_payment, s.awaiting_proof},
        JobName.remind_unpaid: {s.awaiting_payment, s.awaiting_proof},
        JobName.announce_purchase: {s.delivered},
        JobName.grant_customer_role: {s.delivered},
        JobName.invite_vouch: {s.delivered},
        JobName.resend_goods: {s.delivered},
        JobName.send_replacement: {s.delivered},
        JobName.withdraw_customer_role: {s.refunded},
        JobName.strike_announcement: {s.refunded},
    }
    assert wanted == retries._ONLY_IN


def test_a_death_of_long_ago_stays(town: Town, time: MovableClock) -> None:
    (job,) = without_a_role(town)
    time.move(days=31)
    with pytest.raises(WrongState, match="more than 30 days ago"):
        retries.retry(town.shop, STAFF, job.id)


def test_many_deaths_of_one_cause_are_one_alert_and_one_message_at_the_end(town: Town, time: MovableClock) -> None:
    dead = without_a_role(town, 5)
    assert len(alerts(town)) == 1
    time.move(hours=25)
    town.work()
    first, others = alerts(town)
    assert "drag the bot's role" in first
    assert "4 more times" in others
    assert all(job.subject_id in others for job in dead[1:])
    town.wire.permit_bot(ALL)
    assert retries.retry_all(town.shop, STAFF, died(town)[0].id) == 4
    with pytest.raises(AlreadyDone, match="none of them is left"):
        retries.retry_all(town.shop, STAFF, died(town)[0].id)
    town.work()
    states = [job_row(town.shop.database, job.id).state for job in dead]
    assert states == [JobState.dead] + [JobState.done] * 4


def test_one_death_alone_makes_no_second_message(town: Town, time: MovableClock) -> None:
    without_a_role(town)
    time.move(hours=25)
    town.work()
    assert len(alerts(town)) == 1
    assert town.outcome("alert_staff") == ("done", "Nothing more of that kind has happened.")


def test_bugs_of_one_place_are_one_cause_whatever_their_reference(town: Town) -> None:
    job = Job(name="announce_purchase")
    assert _cause(job, "KeyError at a.py:1. Reference AAAAAA.") == _cause(job, "KeyError at a.py:1. Reference BBBBBB.")
    assert _cause(job, "KeyError at a.py:1.") != _cause(job, "KeyError at a.py:2.")
    assert _cause(job, "x") != _cause(Job(name="expire_order"), "x")


def test_staff_hear_of_the_death_of_a_job_that_is_about_no_order(town: Town) -> None:
    town.work()
    job_id = queue_jobs(town.shop.database, [job_kinds.POST_VOUCH.about("panel", "shop")])[-1]
    with writing(town.shop.database) as tx:
        job = tx.session.get_one(Job, job_id)
        job.state = JobState.dead
        tx.session.flush()
        fire_fallback(town.shop, tx, job, "The channel is gone.")
    town.work()
    (alert,) = town.staff_channel()
    assert "post vouch" in alert
    assert "panel `shop`" in alert
    assert retries.retry(town.shop, STAFF, job_id).id == job_id
