"""The Celery app, and the commands of production: real worker and beat processes on a real Redis."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import beat
from sqlalchemy import select, text

from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.signs import sign_of_life
from novacore.db.unit_of_work import reading
from novacore.states import ExportFormat, ExportSubject, JobState
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import celeryconfig
from novacore.tasks.queue.celery_app import MEMORY, add_tasks, make_app
from novacore.tasks.queue.dispatch import start_waking
from novacore.tasks.queue.handlers import _MODULES, HANDLERS, Runtime
from novacore.tasks.queue.names import SWEEP, task_name
from novacore.tasks.queue.offload.offload import Inline
from novacore.tasks.queue.production import _end_beat
from novacore.tasks.queue.watch.dead_workers import take_back
from novacore.workflows.exports import requests as exports
from novacore.workflows.machine.jobs import JobName, Queue
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import periods, reports
from novacore.workflows.stock import previews, restock
from tests.fixtures.servers import forked
from tests.fixtures.servers.redis_server import RedisServer
from tests.fixtures.shops import ProductMaker
from tests.tasks.conftest import NOWHERE
from tests.tasks.jobs import attempts, outcomes
from tests.tasks.queue.commands import CELERY, ROOT, Start, order
from tests.wire.faults import Hold, wait_until
from tests.wire.stand_in import Wire


def test_every_job_has_a_handler_a_task_and_a_route() -> None:
    app = make_app(MEMORY)
    add_tasks(app, lambda _name, _id: None, lambda: None)
    assert HANDLERS.keys() == set(JobName)
    # A test may have imported one that no worker would.
    assert {one.__module__ for one in HANDLERS.values()} == {f"novacore.tasks.{name}" for name in _MODULES}
    ours = {name for name in app.tasks if name.startswith("novacore.")}
    assert ours == {task_name(name) for name in JobName} | {SWEEP}
    assert celeryconfig.task_routes.keys() == ours
    assert {route["queue"] for route in celeryconfig.task_routes.values()} == {queue.value for queue in Queue}


def test_a_task_passes_the_jobs_name_and_id_on() -> None:
    app = make_app(MEMORY)
    ran: list[object] = []
    add_tasks(app, lambda name, job_id: ran.append((name, job_id)), lambda: ran.append("swept"))
    app.tasks["novacore.deliver_order"](7)
    app.tasks["novacore.process_proof"](8)
    app.tasks[SWEEP]()
    assert ran == [(JobName.deliver_order, 7), (JobName.process_proof, 8), "swept"]


def test_two_apps_in_one_process_do_not_share_tasks() -> None:
    ran: list[str] = []
    apps = [make_app(MEMORY), make_app(MEMORY)]
    for name, app in zip("ab", apps, strict=True):
        add_tasks(app, lambda *_: None, partial(ran.append, name))
    for app in apps:
        app.tasks[SWEEP]()
    assert ran == ["a", "b"]


def test_messages_are_json_and_leave_no_result() -> None:
    conf = make_app(MEMORY).conf
    assert (conf.accept_content, conf.task_serializer, conf.task_ignore_result) == (["json"], "json", True)
    assert conf.task_acks_late is False


def test_each_broker_gets_its_own_options() -> None:
    assert make_app(MEMORY).conf.broker_transport_options == {}
    for url in ("redis://localhost/0", "rediss://localhost/0"):
        assert make_app(url).conf.broker_transport_options["max_retries"] == 1


class Deaf(beat.Scheduler):
    """Loses the exception that ends beat, as libraries do that raise another one while it passes."""

    service: beat.Service

    def tick(self, *_: Any, **__: Any) -> float:
        with suppress(SystemExit):
            _end_beat(self.service)
        return 0.001


def test_beat_ends_even_where_someone_swallows_its_end() -> None:
    service = Deaf.service = beat.Service(make_app(MEMORY), scheduler_cls=Deaf)
    thread = threading.Thread(target=service.start, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


# The commands of production.

on_postgresql = pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)


def unfinished(database: Database) -> list[str]:
    """Name the jobs that are due and not done."""
    with reading(database) as session:
        rows = select(Job.name).where(Job.state == JobState.queued, Job.name != JobName.expire_order)
        return [*session.execute(rows).scalars()]


def test_a_worker_takes_what_the_bot_commits(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start, own_redis: RedisServer
) -> None:
    worker = start("worker", "-Q", "discord", "-l", "info")
    worker.wait_for("ready.")
    stop_waking = start_waking(make_app(own_redis.url))
    customer = order(shop, wire, make_product())
    wire.wait_for(lambda: wire.dms(customer), 30, "the receipt")
    stop_waking()
    assert "concurrency: 16 (thread)" in worker.log.replace("threads", "thread")
    assert "mingle" not in worker.log
    worker.popen.send_signal(signal.SIGTERM)
    assert worker.popen.wait(20) == 0, worker.log
    assert "Traceback" not in worker.log


@on_postgresql
def test_beats_sweep_brings_what_nobody_was_woken_for(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start, tmp_path: Path
) -> None:
    customer = order(shop, wire, make_product())
    start("worker", "-Q", "discord").wait_for("ready.")
    start("beat")
    wire.wait_for(lambda: wire.dms(customer), 40, "the receipt")
    assert list(ROOT.glob("celerybeat*")) == []


@pytest.mark.faults
def test_a_worker_that_is_killed_in_the_middle_leaves_its_job_to_the_next(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start
) -> None:
    """Nobody waits for its lease, and not even for beat: the next one sweeps when it starts."""
    held = wire.fault("POST", "/channels/*/messages", Hold(taken=True))
    customer = order(shop, wire, make_product())
    first = start("worker", "-Q", "discord")
    held.wait_reached(timeout=60)
    first.popen.kill()
    first.popen.wait()
    held.wait_lost()
    cut_off = running_jobs(shop.database)
    start("worker", "-Q", "discord")
    wait_until(lambda: not running_jobs(shop.database), 80, "the end of what was cut off")
    for job_id in cut_off:
        assert [each.error for each in attempts(shop.database, job_id)] == ["Its worker was killed.", None]
    assert len(wire.dms(customer)) == 1


@on_postgresql
@pytest.mark.faults
def test_a_worker_hands_back_in_time_what_discord_does_not_let_it_finish(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start, own_redis: RedisServer
) -> None:
    """At production's own pace: containers are killed ten seconds after SIGTERM."""
    worker = start("worker", "-Q", "discord", "-l", "info")
    worker.wait_for("ready.")
    held = wire.fault("POST", "/channels/*/messages", Hold())
    stop_waking = start_waking(make_app(own_redis.url))
    order(shop, wire, make_product())
    held.wait_reached(timeout=40)
    stop_waking()
    (job_id,) = running_jobs(shop.database)
    worker.popen.send_signal(signal.SIGTERM)
    assert worker.popen.wait(10) == 0, worker.log
    assert outcomes(shop.database, job_id) == ["stopped"]
    assert running_jobs(shop.database) == []
    assert "Traceback" not in worker.log


@contextmanager
def stuck(database: Database, table: str) -> Iterator[None]:
    """Let everybody wait who reads or writes this table."""
    with database.engine.connect() as holder:
        holder.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
        holder.rollback()


def _period() -> periods.Period:
    return periods.chosen(periods.Choice.last_7_days, datetime.now(UTC).date())


def _restock(shop: Shop, owner: Actor, product_id: int) -> None:
    preview = previews.stage_file(shop, owner, product_id, "codes.txt", b"NEW-1\nNEW-2")
    restock.confirm(shop, owner, preview.batch_id or 0)


MEDIA_JOBS: dict[JobName, tuple[str, Callable[[Shop, Actor, int], object]]] = {
    JobName.make_export: (
        "orders",
        lambda shop, owner, _: exports.request(shop, owner, ExportSubject.orders, ExportFormat.csv),
    ),
    JobName.make_report: ("orders", lambda shop, owner, _: reports.ask(shop, owner, _period())),
    JobName.fill_stock: ("units", _restock),
}
"""Long jobs, the table at which each can be held, and how it is asked for."""


def job_of(shop: Shop, name: JobName) -> int:
    with reading(shop.database) as session:
        return session.execute(select(Job.id).where(Job.name == name)).scalar_one()


def _has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _sweep_until_it_is_taken_back(shop: Shop) -> None:
    """Each child of a `media` worker shows for itself that it lives."""
    with closing(sign_of_life.show(shop.database, 90.0, patience=0.0)) as sign:
        runtime = Runtime(shop, Calls.rest("unused", NOWHERE), Inline(), "test", sign=sign)
        wait_until(lambda: take_back(runtime), 60, "the child's death")


@on_postgresql
@pytest.mark.faults
@pytest.mark.parametrize("name", MEDIA_JOBS)
@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_a_media_worker_that_ends_leaves_its_job_to_the_next(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start, own_redis: RedisServer, name: JobName, end: str
) -> None:
    """At production's own pace."""
    table, ask = MEDIA_JOBS[name]
    ask(shop, Actor(wire.add_user("olga"), "olga", is_owner=True), make_product())
    job_id = job_of(shop, name)
    first = start("worker", "-Q", "media", "-c", "1", "-l", "info")
    first.wait_for("ready.")
    with stuck(shop.database, table):
        make_app(own_redis.url).send_task(task_name(name), args=(job_id,), queue=Queue.media.value)
        wait_until(lambda: outcomes(shop.database, job_id), 40, "the job's first attempt")
        children = _children(first.popen.pid)
        first.popen.send_signal(signal.SIGTERM if end == "stopped" else signal.SIGKILL)
        assert first.popen.wait(10) == (0 if end == "stopped" else -signal.SIGKILL), first.log
        wait_until(lambda: children and all(map(_has_ended, children)), 10, "the end of its child")
    if end == "killed":
        _sweep_until_it_is_taken_back(shop)
    assert "Traceback" not in first.log
    start("worker", "-Q", "media", "-c", "1").wait_for("ready.")
    make_app(own_redis.url).send_task(task_name(name), args=(job_id,), queue=Queue.media.value)
    wait_until(lambda: outcomes(shop.database, job_id) == [end, "done"], 60, "the job's end")


@on_postgresql
@pytest.mark.faults
def test_a_media_job_without_an_end_does_not_hold_up_the_next(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start, own_redis: RedisServer
) -> None:
    worker = start("worker", "-Q", "media", "-c", "1")
    worker.wait_for("ready.")
    owner, product_id, app = (
        Actor(wire.add_user("olga"), "olga", is_owner=True),
        make_product(),
        make_app(own_redis.url),
    )
    with stuck(shop.database, "orders"):
        MEDIA_JOBS[JobName.make_report][1](shop, owner, product_id)
        report, stock = job_of(shop, JobName.make_report), MEDIA_JOBS[JobName.fill_stock]
        app.send_task(task_name(JobName.make_report), args=(report,), queue=Queue.media.value, time_limit=3)
        worker.wait_for("Hard time limit (3s) exceeded for novacore.make_report")
    stock[1](shop, owner, product_id)
    app.send_task(task_name(JobName.fill_stock), args=(job_of(shop, JobName.fill_stock),), queue=Queue.media.value)
    wait_until(lambda: "done" in outcomes(shop.database, job_of(shop, JobName.fill_stock)), 60, "the stock")
    assert outcomes(shop.database, report) == ["running"], "its child's death shows, and the next sweep takes it back"
    assert app.conf.task_time_limit == 300


def running_jobs(database: Database) -> list[int]:
    """Return the jobs that someone has claimed."""
    with reading(database) as session:
        return [*session.execute(select(Job.id).where(Job.state == JobState.running)).scalars()]


@on_postgresql
def test_a_media_worker_works_in_processes(start: Start) -> None:
    worker = start("worker", "-Q", "media", "-l", "info")
    worker.wait_for("ready.")
    assert f"concurrency: {len(os.sched_getaffinity(0))} (prefork)" in worker.log


@on_postgresql
@pytest.mark.parametrize("command", [("worker", "-Q", "discord"), ("beat",)])
def test_without_a_broker_it_refuses_to_start_with_a_sentence(
    environment: Mapping[str, str], command: tuple[str, ...]
) -> None:
    env = {**os.environ, **environment}
    env.pop("CELERY_BROKER_URL", None)
    answer = forked.run([*CELERY, *command], cwd=ROOT, env=env, text=True)
    assert answer.returncode == 1
    assert "CELERY_BROKER_URL" in answer.stderr
    assert "Traceback" not in answer.stderr
