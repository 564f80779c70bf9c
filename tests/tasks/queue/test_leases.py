"""One job is in one pair of hands, on both databases, whoever is killed and however many reach for it."""

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from novacore import clock
from novacore.db.models import Job
from novacore.db.unit_of_work import Wake, on_commit, writing
from novacore.states import AttemptOutcome, JobState
from novacore.tasks.queue import leases
from novacore.tasks.queue.leases import ClaimedJob, LeaseLost, Past
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.jobs import enqueue
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import ANY, asked, attempts, job_row, outcomes, queue_job, queue_jobs

ROOT = Path(__file__).resolve().parents[2]


def claim(shop: Shop, job_id: int, worker: str = "worker-1", lease: float = 90) -> ClaimedJob | None:
    with writing(shop.database) as tx:
        return leases.claim(tx, job_id, worker, lease)


def claimed(shop: Shop, job_id: int, worker: str = "worker-1", lease: float = 90) -> ClaimedJob:
    job = claim(shop, job_id, worker, lease)
    assert job is not None
    return job


def finish(shop: Shop, job: ClaimedJob, outcome: str = "Done.") -> None:
    with writing(shop.database) as tx:
        leases.finish(tx, job, outcome)


def test_a_claim_books_the_attempt_and_carries_what_the_row_says(shop: Shop) -> None:
    job_id = queue_job(shop.database, ANY, "NC-7", payload={"event_id": 3})
    job = claimed(shop, job_id)
    assert (job.id, job.name, job.subject_kind, job.subject_id) == (job_id, ANY, "order", "NC-7")
    assert (job.payload, job.attempt, job.fence, job.earlier_attempt_unknown) == ({"event_id": 3}, 1, 1, False)
    (attempt,) = attempts(shop.database, job_id)
    assert (attempt.number, attempt.worker, attempt.outcome) == (1, "worker-1", AttemptOutcome.running)
    row = job_row(shop.database, job_id)
    assert (row.state, row.attempts, row.fence) == (JobState.running, 1, 1)


def test_nobody_else_gets_it_while_the_lease_runs(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    claimed(shop, job_id)
    assert claim(shop, job_id, "worker-2") is None
    assert outcomes(shop.database, job_id) == ["running"]


def test_finishing_closes_job_and_attempt_for_good(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    finish(shop, claimed(shop, job_id), "Told them.")
    row = job_row(shop.database, job_id)
    assert (row.state, row.outcome, row.lease_until) == (JobState.done, "Told them.", None)
    assert row.finished_at is not None
    assert outcomes(shop.database, job_id) == ["done"]
    assert claim(shop, job_id) is None


@pytest.mark.parametrize("state", [JobState.done, JobState.dead, JobState.withdrawn])
def test_what_is_over_is_not_claimed(shop: Shop, state: JobState) -> None:
    job_id = queue_job(shop.database)
    with writing(shop.database) as tx:
        tx.session.get_one(Job, job_id).state = state
    assert claim(shop, job_id) is None


def test_a_timer_is_claimed_when_the_shops_clock_says_so(shop: Shop, time: MovableClock) -> None:
    job_id = queue_job(shop.database, due_at=time.at + timedelta(hours=2))
    assert claim(shop, job_id) is None
    time.move(hours=2)
    assert claim(shop, job_id) is not None


def test_a_lease_does_not_run_out_because_the_shops_clock_was_moved(shop: Shop, time: MovableClock) -> None:
    job_id = queue_job(shop.database)
    claimed(shop, job_id)
    time.move(days=30)
    assert claim(shop, job_id) is None


def test_a_killed_attempt_is_known_as_such_by_the_next_one(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    claimed(shop, job_id, "killed", lease=0)
    job = claimed(shop, job_id, "worker-2")
    assert (job.attempt, job.fence, job.earlier_attempt_unknown) == (2, 2, True)
    first, second = attempts(shop.database, job_id)
    assert (first.outcome, first.error) == (AttemptOutcome.killed, "Its lease ran out.")
    assert first.finished_at is not None
    assert second.outcome is AttemptOutcome.running


def test_that_an_attempt_was_killed_is_not_forgotten_by_the_third(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    claimed(shop, job_id, lease=0)
    second = claimed(shop, job_id)
    with writing(shop.database) as tx:
        leases.put_back(tx, second, tx.now, AttemptOutcome.later, "Discord is not well.")
    assert claimed(shop, job_id).earlier_attempt_unknown


def test_of_the_attempts_that_staff_have_forgiven_none_counts_any_more(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    for outcome in (AttemptOutcome.stopped, AttemptOutcome.bug):
        with writing(shop.database) as tx:
            job = leases.claim(tx, job_id, "worker-1", 90)
            assert job
            leases.put_back(tx, job, tx.now, outcome, "x")
    claimed(shop, job_id, lease=0)
    last = claimed(shop, job_id)
    assert (last.killed, last.stopped) == (1, 1)
    with writing(shop.database) as tx:
        leases.bury(tx, last, AttemptOutcome.killed, "It was cut off too often.")
        tx.session.execute(update(Job).where(Job.id == job_id).values(state=JobState.queued, forgiven=last.attempt))
    fresh = claimed(shop, job_id, lease=0)
    assert (fresh.attempt, fresh.killed, fresh.stopped, fresh.forgiven) == (5, 0, 0, 4)
    with writing(shop.database) as tx:
        assert leases.past(tx, fresh) == Past()
    assert claimed(shop, job_id).killed == 1


@pytest.mark.parametrize("act", ["put back", "bury"])
def test_what_an_error_says_is_cut_to_what_fits(shop: Shop, act: str) -> None:
    job_id = queue_job(shop.database)
    with writing(shop.database) as tx:
        job = leases.claim(tx, job_id, "w" * 500, 90)
        assert job
        if act == "bury":
            leases.bury(tx, job, AttemptOutcome.bug, "x" * 5000)
        else:
            leases.put_back(tx, job, tx.now, AttemptOutcome.bug, "x" * 5000)
    (attempt,) = attempts(shop.database, job_id)
    assert attempt.worker == "w" * 100
    assert attempt.error == job_row(shop.database, job_id).last_error == "x" * 2000


@pytest.mark.parametrize("act", ["finish", "put_back", "bury", "hold"])
def test_an_attempt_that_outlived_its_lease_can_do_nothing_to_the_row(shop: Shop, act: str) -> None:
    job_id = queue_job(shop.database)
    late = claimed(shop, job_id, lease=0)
    claimed(shop, job_id, "worker-2")
    acts = {
        "finish": lambda tx: leases.finish(tx, late, "Done."),
        "put_back": lambda tx: leases.put_back(tx, late, tx.now, AttemptOutcome.later, "x"),
        "bury": lambda tx: leases.bury(tx, late, AttemptOutcome.bug, "x"),
        "hold": lambda tx: leases.hold(tx, late, 90),
    }
    with pytest.raises(LeaseLost), writing(shop.database) as tx:
        acts[act](tx)
    assert job_row(shop.database, job_id).state is JobState.running
    assert outcomes(shop.database, job_id) == ["killed", "running"]


def test_a_lease_that_ran_out_may_still_finish_while_nobody_took_it(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    finish(shop, claimed(shop, job_id, lease=0))
    assert job_row(shop.database, job_id).state is JobState.done


def test_holding_on_keeps_others_away_for_longer(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    job = claimed(shop, job_id, lease=0)
    ended = job.lease.ends
    with writing(shop.database) as tx:
        leases.hold(tx, job, 90)
    assert job.lease.ends > ended + 80
    assert claim(shop, job_id, "worker-2") is None


def test_put_back_for_now_wakes_a_worker_and_for_later_does_not(shop: Shop) -> None:
    woken: list[Wake] = []
    forget = on_commit(woken.extend)
    job_id = queue_job(shop.database)
    woken.clear()
    for delay in (timedelta(0), timedelta(minutes=1)):
        job = claimed(shop, job_id)
        with writing(shop.database) as tx:
            leases.put_back(tx, job, tx.now + delay, AttemptOutcome.postponed, "Not yet.")
    forget()
    assert woken == [Wake(job_id, ANY, "discord")]
    row = job_row(shop.database, job_id)
    assert (row.state, row.last_error, row.lease_until) == (JobState.queued, "Not yet.", None)
    assert row.due_at > clock.now()


_O = AttemptOutcome


@pytest.mark.parametrize("before", [_O.later, _O.postponed, _O.bug, _O.killed, _O.stopped])
def test_the_past_counts_all_bugs_and_of_the_laters_the_present_run(
    shop: Shop, time: MovableClock, before: AttemptOutcome
) -> None:
    """What was away last week does not make a hiccup of today the last straw."""
    job_id = queue_job(shop.database)
    began = []
    for outcome in (_O.bug, _O.later, before, _O.later, _O.later):
        began.append(time.at)
        job = claimed(shop, job_id)
        with writing(shop.database) as tx:
            leases.put_back(tx, job, tx.now, outcome, "x")
        time.move(minutes=5)
    job = claimed(shop, job_id)
    with writing(shop.database) as tx:
        laters, first = (4, began[1]) if before is _O.later else (2, began[3])
        assert leases.past(tx, job) == Past(1 + (before is _O.bug), laters, first)


def test_a_job_without_a_past_has_none(shop: Shop) -> None:
    job = claimed(shop, queue_job(shop.database))
    with writing(shop.database) as tx:
        assert leases.past(tx, job) == Past()


def _refresh(shop: Shop) -> None:
    with writing(shop.database) as tx:
        enqueue(tx, [job_kinds.REFRESH_CARDS.about("order", "NC-1")])


def test_jobs_that_coalesce_are_one_until_claimed_and_then_a_new_one(shop: Shop) -> None:
    _refresh(shop)
    _refresh(shop)
    (first,) = queue_jobs(shop.database, [])
    job = claimed(shop, first)
    _refresh(shop)
    _refresh(shop)
    both = queue_jobs(shop.database, [])
    assert len(both) == 2
    with writing(shop.database) as tx:
        leases.put_back(tx, job, tx.now, AttemptOutcome.later, "x")
    finish(shop, claimed(shop, first))
    finish(shop, claimed(shop, both[1]))
    _refresh(shop)
    assert len(queue_jobs(shop.database, [])) == 3


def test_a_coalesced_job_gives_up_its_key_once(shop: Shop) -> None:
    _refresh(shop)
    (job_id,) = queue_jobs(shop.database, [])
    for _ in range(3):
        claimed(shop, job_id, lease=0)
    assert job_row(shop.database, job_id).dedupe_key == f"refresh_cards:order:NC-1#{job_id}"


def test_of_eight_threads_one_gets_it(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    gate, got = threading.Barrier(8), []

    def reach(number: int) -> None:
        gate.wait()
        got.append(claim(shop, job_id, f"worker-{number}"))

    threads = [threading.Thread(target=reach, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert sum(job is not None for job in got) == 1
    assert len(attempts(shop.database, job_id)) == 1


_CLAIMER = """
import sys
from novacore.db.engine import Database
from novacore.db.unit_of_work import writing
from novacore.tasks.queue import leases

database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for job_id in range(1, 41):
    with writing(database) as tx:
        if leases.claim(tx, job_id, "x", 90):
            print(job_id, flush=True)
"""


def test_processes_that_reach_for_the_same_jobs_share_them_out(shop: Shop, shop_url: str) -> None:
    ids = queue_jobs(shop.database, [asked(ANY, "order", f"NC-{n}") for n in range(40)])
    assert ids == list(range(1, 41))
    workers = [
        Forked(
            [sys.executable, "-c", _CLAIMER, shop_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    printed = [worker.communicate("go\n", timeout=60)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert Counter(int(job_id) for job_ids in printed for job_id in job_ids) == Counter(ids)
