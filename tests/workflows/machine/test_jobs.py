"""What is fixed for each job, and what two wishes for the same thing become. Written out by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import Wake, on_commit, reading, writing
from novacore.states import JobState
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName, JobRequest, Queue
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import asked

IN_A_PROCESS_OF_ITS_OWN = {
    "process_proof", "take_picture", "fill_stock", "make_export", "roll_up", "make_report", "fetch_rates",
    "check_books",
}  # fmt: skip
"""Pictures, charts, codes to seal, a year to add up: nobody's message waits for them."""

SHOW_WHAT_IS = {
    "refresh_cards", "refresh_ticket", "refresh_panel", "post_vouch", "watch_stock", "call_waiting", "check_ticket",
    "restore_access", "refresh_pages", "alert_contests", "fetch_rates", "change_shelf", "check_books", "show_news",
    "return_roles",
    "check_roles",
}  # fmt: skip
"""Jobs that look at the present state: asked for ten times in one moment, they are done once."""


def rows(shop: Shop) -> list[Job]:
    """Every job, the first one first."""
    with reading(shop.database) as session:
        return [*session.execute(select(Job).order_by(Job.id)).scalars()]


def ask(shop: Shop, *requests: JobRequest, key: str = "once") -> list[Wake]:
    """Ask for these jobs in one transaction, each under a key of its own; returns whom that woke."""
    woken: list[Wake] = []
    forget = on_commit(woken.extend)
    with writing(shop.database) as tx:
        for one in requests:
            jobs.enqueue(tx, [one], key=f"{key}:{one.subject_kind}:{one.subject_id}")
    forget()
    return woken


def test_what_takes_the_processor_runs_apart_from_what_talks_to_discord() -> None:
    assert {name for name in JobName if KINDS[name].queue is Queue.media} == IN_A_PROCESS_OF_ITS_OWN
    assert set(KINDS) == set(JobName)


def test_a_job_is_tried_three_times_after_bugs_and_one_that_opens_strange_addresses_twice() -> None:
    assert {name: kind.max_bugs for name, kind in KINDS.items() if kind.max_bugs != 3} == {"take_picture": 2}


@pytest.mark.parametrize("name", JobName)
def test_two_wishes_in_one_moment(shop: Shop, name: JobName) -> None:
    subjects = [("order", "A"), ("order", "B"), ("ticket", "A")]
    for key in ("first", "second"):
        ask(shop, *(asked(name, *subject) for subject in subjects), key=key)
    found = [(row.subject_kind, row.subject_id) for row in rows(shop)]
    assert sorted(found) == (subjects if name in SHOW_WHAT_IS else sorted(subjects * 2))
    assert {row.queue for row in rows(shop)} == {"media" if name in IN_A_PROCESS_OF_ITS_OWN else "discord"}


def test_the_same_wish_twice_under_one_key_is_one(shop: Shop) -> None:
    for _ in range(2):
        ask(shop, job_kinds.TELL_CUSTOMER.about("order", "A", {"event_id": 7}))
    (job,) = rows(shop)
    assert (job.name, job.payload, job.state, job.attempts, job.fence) == (
        "tell_customer", {"event_id": 7}, JobState.queued, 0, 0,
    )  # fmt: skip


def test_of_two_times_for_one_job_the_earlier_counts(shop: Shop, time: MovableClock) -> None:
    for hours in (2, 1, 3):
        due_at = time.at + timedelta(hours=hours)
        assert ask(shop, job_kinds.WATCH_STOCK.about("product", "1", due_at=due_at)) == []
    (job,) = rows(shop)
    assert (job.due_at, job.created_at) == (time.at + timedelta(hours=1), time.at)
    assert ask(shop, job_kinds.WATCH_STOCK.about("product", "1")) == [Wake(job.id, "watch_stock", "discord")]
    assert rows(shop)[0].due_at == time.at


def test_nothing_asked_for_is_nothing_written(shop: Shop) -> None:
    with writing(shop.database) as tx:
        jobs.enqueue(tx, [], key="once")
    assert rows(shop) == []


def change(shop: Shop, what: str, name: JobName, kind: str, subject: str) -> list[Wake]:
    """Withdraw, or bring forward, one job."""
    woken: list[Wake] = []
    forget = on_commit(woken.extend)
    with writing(shop.database) as tx:
        if what == "withdraw":
            jobs.withdraw(tx, [name], kind, subject)
        else:
            jobs.bring_forward(tx, name, kind, subject)
    forget()
    return woken


LATER = timedelta(hours=5)
SEVERAL = [(JobName.warn_idle, "ticket", "A"), (JobName.idle_close, "ticket", "A"), (JobName.warn_idle, "ticket", "B"),
           (JobName.warn_idle, "order", "A")]  # fmt: skip


def test_withdrawing_takes_back_this_job_of_this_subject_and_no_other(shop: Shop, time: MovableClock) -> None:
    ask(shop, *(asked(*one, time.at + LATER) for one in SEVERAL))
    time.move(hours=1)
    assert change(shop, "withdraw", *SEVERAL[0]) == []
    gone = [(row.name, row.subject_kind, row.subject_id) for row in rows(shop) if row.state is JobState.withdrawn]
    assert gone == [SEVERAL[0]]
    assert {row.finished_at for row in rows(shop)} == {None, time.at}


def test_bringing_forward_hurries_this_job_of_this_subject_and_no_other(shop: Shop, time: MovableClock) -> None:
    ask(shop, *(asked(*one, time.at + LATER) for one in SEVERAL))
    (woken,) = change(shop, "bring_forward", *SEVERAL[0])
    due = {(row.name, row.subject_kind, row.subject_id): row.due_at - time.at for row in rows(shop)}
    assert due == dict.fromkeys(SEVERAL, LATER) | {SEVERAL[0]: timedelta(0)}
    assert (woken.name, woken.queue) == ("warn_idle", "discord")
    assert [row.id for row in rows(shop) if row.due_at == time.at] == [woken.job_id]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.queued])
@pytest.mark.parametrize("what", ["withdraw", "bring_forward"])
def test_what_is_not_queued_is_neither_withdrawn_nor_hurried(
    shop: Shop, time: MovableClock, what: str, state: JobState
) -> None:
    ask(shop, asked(*SEVERAL[0], time.at + LATER))
    with writing(shop.database) as tx:
        tx.session.get_one(Job, rows(shop)[0].id).state = state
        tx.session.flush()
    assert change(shop, what, *SEVERAL[0]) == []
    (job,) = rows(shop)
    assert (job.state, job.due_at, job.finished_at) == (state, time.at + LATER, None)


@pytest.mark.parametrize(("state", "lives"), [("queued", True), ("running", True), ("done", False), ("dead", False),
                                              ("withdrawn", False)])  # fmt: skip
def test_what_is_living(shop: Shop, state: str, *, lives: bool) -> None:
    ask(shop, asked(*SEVERAL[0]))
    with writing(shop.database) as tx:
        tx.session.get_one(Job, rows(shop)[0].id).state = JobState(state)
        tx.session.flush()
    with reading(shop.database) as session:
        assert [jobs.is_living(session, *one) for one in SEVERAL] == [lives, False, False, False]
