"""What a killed worker had in hand is taken up at once, what a frozen one has is not. Leases last for an hour here."""

import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from novacore.crypto import GoodsCipher
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.signs.sign_of_life import show
from novacore.db.unit_of_work import Wake, on_commit, writing
from novacore.states import JobState
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import leases, runner
from novacore.tasks.queue.handlers import HANDLERS, Runtime
from novacore.tasks.queue.offload.offload import Inline
from novacore.tasks.queue.sweep import sweep
from novacore.tasks.queue.watch.dead_workers import MOST_DEATHS, take_back
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.shops import KEY
from tests.tasks.jobs import ANY, attempts, job_row, outcomes, queue_job
from tests.tasks.killable import Start, starting
from tests.tasks.seller import LEASE, selling
from tests.wire.faults import Hold, wait_until
from tests.wire.stand_in import Wire

ROOT = Path(__file__).resolve().parents[3]
SEND = ("POST", "/channels/*/messages")
LIMIT = 60.0


@pytest.fixture
def start(wire: Wire) -> Iterator[Start]:
    """Lend `start(database url, job, user)`: a worker in a process of its own, which is at that job."""
    with starting(wire) as start:
        yield start


@pytest.fixture
def judge(online: Runtime) -> Iterator[Runtime]:
    """Give the runtime of a worker that believes in a death as soon as it sees one."""
    with closing(show(online.shop.database, LEASE, patience=0.0)) as sign:
        yield replace(online, sign=sign, lease_seconds=LEASE)


@pytest.mark.faults
@pytest.mark.parametrize("taken", [True, False])
def test_a_killed_workers_delivery_arrives_and_a_frozen_ones_waits_for_it(
    wire: Wire, judge: Runtime, start: Start, shop_url: str, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    """Both are in the middle of their send. `taken`: Discord has the message, and nobody has written that down."""
    database, customers = judge.shop.database, [wire.add_user(), wire.add_user()]
    held = wire.fault(*SEND, Hold(taken=taken), times=2)
    theirs, frozens = queue_job(database, subject="NC-1"), queue_job(database, subject="NC-2")
    killed, frozen = (start(shop_url, *pair) for pair in zip((theirs, frozens), customers, strict=True))
    held.wait_reached(2, LIMIT)
    wire.world.nonce_window = 0.0  # Discord forgets: the history has to tell
    assert sweep(judge) == 0
    frozen.send_signal(signal.SIGSTOP)
    killed.kill()
    held.wait_lost(timeout=LIMIT)
    wait_until(lambda: sweep(judge), LIMIT, "the death")
    monkeypatch.setitem(HANDLERS, ANY, selling(customers[0]))
    for job_id in (theirs, frozens):
        runner.run(judge, job_id)
    (goods,) = wire.dms(customers[0])
    assert job_row(database, theirs).outcome == f"{goods.id} {'again' if taken else 'new'}"
    assert [each.error for each in attempts(database, theirs)] == ["Its worker was killed.", None]
    assert outcomes(database, frozens) == ["running"]
    held.release()
    frozen.send_signal(signal.SIGCONT)
    assert frozen.wait(LIMIT) == 0
    assert outcomes(database, frozens) == ["done"]
    assert [len(wire.dms(each)) for each in customers] == [1, 1]


@pytest.mark.faults
def test_a_worker_whose_database_was_started_again_is_not_dead(
    wire: Wire, calls: Calls, start: Start, own_postgresql: PostgresServer
) -> None:
    url, customer = own_postgresql.url("postgres"), wire.add_user()
    held = wire.fault(*SEND, Hold())
    with closing(Database(url)) as database:
        schema.migrate(database)
        job_id = queue_job(database)
        worker = start(url, job_id, customer)
        held.wait_reached(timeout=LIMIT)
        own_postgresql.kill()
        own_postgresql.start()
        shop = Shop(database, GoodsCipher([KEY]), {})
        with closing(show(database, LEASE, patience=0.0)) as sign:
            assert sweep(Runtime(shop, calls, Inline(), "judge", sign=sign)) == 0
        held.release()
        assert worker.wait(LIMIT) == 0
        assert outcomes(database, job_id) == ["done"]
    assert len(wire.dms(customer)) == 1


def die(judge: Runtime, job_id: int) -> str:
    """Let a worker claim the job and die; returns its sign."""
    database = judge.shop.database
    with closing(show(database, LEASE)) as sign, writing(database) as tx:
        name = str(sign.name)
        assert leases.claim(tx, job_id, "killed", LEASE, name)
    wait_until(lambda: judge.sign.dead({name}), LIMIT, "the end of the sign")
    return name


def test_a_claim_is_booked_under_the_sign_of_its_worker(judge: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    database = judge.shop.database
    job_id = queue_job(database)
    monkeypatch.setitem(HANDLERS, ANY, lambda work: str(job_row(database, work.job.id).held_by))
    runner.run(judge, job_id)
    assert job_row(database, job_id).outcome == judge.sign.name


def test_others_are_woken_for_it_and_it_is_claimed_like_any_other(judge: Runtime) -> None:
    woken: list[Wake] = []
    job_id = queue_job(judge.shop.database)
    die(judge, job_id)
    forget = on_commit(woken.extend)
    assert (take_back(judge), take_back(judge)) == (1, 0)
    forget()
    assert woken == [Wake(job_id, ANY, "discord")]
    with writing(judge.shop.database) as tx:
        job = leases.claim(tx, job_id, "next", LEASE, judge.sign.name)
    assert job is not None
    assert (job.attempt, job.killed, job.lease.held_by) == (2, 1, judge.sign.name)
    assert take_back(judge) == 0


def test_what_kills_its_workers_has_to_wait_for_its_lease_after_a_while(judge: Runtime) -> None:
    job_id = queue_job(judge.shop.database)
    for _ in range(MOST_DEATHS):
        die(judge, job_id)
        assert take_back(judge) == 1
    die(judge, job_id)
    assert take_back(judge) == 0
    assert job_row(judge.shop.database, job_id).state is JobState.running
    with writing(judge.shop.database) as tx:  # as when staff have a job tried again
        tx.session.execute(update(Job).values(forgiven=MOST_DEATHS))
    assert take_back(judge) == 1, "earlier deaths count no more"


def test_a_lease_is_booked_under_the_sign_that_there_is_when_it_is_renewed(judge: Runtime) -> None:
    """The database was started again meanwhile, say. Whoever has no sign has a lease."""
    database = judge.shop.database
    job_id = queue_job(database)
    with writing(database) as tx:
        job = leases.claim(tx, job_id, "w", LEASE, "server:before:1")
        assert job is not None
    for name in (judge.sign.name, None):
        with writing(database) as tx:
            leases.hold(tx, job, LEASE, name)
        assert (job_row(database, job_id).held_by, job.lease.held_by) == (name, name)
        assert take_back(judge) == 0
    with writing(database) as tx:
        leases.hold(tx, job, LEASE, judge.sign.name)
        leases.finish(tx, job, "Done.")
    assert job_row(database, job_id).held_by is None
