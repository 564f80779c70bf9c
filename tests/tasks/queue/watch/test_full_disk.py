"""A disk that is full: staff are told once, whoever presses reads a sentence, and afterwards all goes on."""

import errno
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event, text

from novacore import full_disk
from novacore.db.engine import Database
from novacore.errors import DatabaseFull
from novacore.states import OrderStatus
from novacore.tasks.queue.handlers import HANDLERS, Work
from novacore.tasks.queue.runner import run
from novacore.tasks.queue.watch.disk_alarm import DiskAlarm
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from tests.tasks.jobs import outcomes, queue_job
from tests.tasks.town import Town
from tests.wire.faults import wait_until
from tests.workflows.machine import lives


def noise() -> bytes:
    """A picture that takes many pages of a database."""
    file = BytesIO()
    Image.frombytes("RGB", (200, 200), Random(1).randbytes(120_000)).save(file, "PNG")
    return file.getvalue()


@contextmanager
def full(database: Database) -> Iterator[None]:
    """Let the database's disk be full: SQLite may take no page more, PostgreSQL meets it with each new event."""
    begin, end = (_fill_sqlite, _room_on_sqlite) if database.is_sqlite else (_fill_postgresql, _room_on_postgresql)
    done = begin(database)
    try:
        yield
    finally:
        end(database, done)


def _fill_sqlite(database: Database) -> Callable[..., None]:
    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(database.engine, "connect", limit)
    database.engine.dispose()
    return limit


def _room_on_sqlite(database: Database, limit: Callable[..., None]) -> None:
    event.remove(database.engine, "connect", limit)
    database.engine.dispose()


def _fill_postgresql(database: Database) -> Callable[..., None]:
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
            )
        )
        connection.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON events EXECUTE FUNCTION no_room()"))
    return lambda: None


def _room_on_postgresql(database: Database, _: Callable[..., None]) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER full_disk ON events"))
        connection.execute(text("DROP FUNCTION no_room"))


@pytest.fixture
def alarmed(town: Town) -> Iterator[Town]:
    """A shop of two processes, each with its alarm."""
    channel = town.places.staff_channel_id
    ends = [full_disk.listen(DiskAlarm(town.runtime.calls, channel)) for _ in range(2)]
    yield town
    for end in ends:
        end()


def alerts(town: Town) -> int:
    return sum("The disk is full" in said for said in town.staff_channel())


def test_staff_are_told_once_and_goods_arrive_when_there_is_room(alarmed: Town) -> None:
    unpaid, approved = alarmed.place(), alarmed.approved()
    with full(alarmed.shop.database):
        for number in range(5):
            with pytest.raises(DatabaseFull, match="nothing was changed"):
                orders.submit_proof(alarmed.shop, alarmed.customer, unpaid.id, noise(), lives.reference(number + 10**6))
        wait_until(lambda: alerts(alarmed), 60, "the alert")
        alarmed.wire.wait_for(lambda: not alarms_at_work(), 60, "the end of the alarms")
        assert alarmed.order(unpaid.id).status is OrderStatus.awaiting_payment
        assert alarmed.order(unpaid.id).version == unpaid.version
    alarmed.work()
    assert alarmed.order(approved.id).status is OrderStatus.delivered
    assert alarmed.submit(unpaid).status is OrderStatus.under_review
    assert alerts(alarmed) == 1


def alarms_at_work() -> bool:
    """Whether an alarm is still speaking."""
    return any(thread.name == "disk-alarm" for thread in threading.enumerate())


def test_a_file_that_does_not_fit_is_tried_again_and_told(alarmed: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(_: Work) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(HANDLERS, JobName.make_export, write)
    job_id = queue_job(alarmed.shop.database, JobName.make_export)
    run(alarmed.runtime, job_id)
    assert outcomes(alarmed.shop.database, job_id) == ["later"]
    wait_until(lambda: alerts(alarmed), 60, "the alert")
