"""An export reaches the owner whole, in parts that each open, every part once; whatever is killed in between."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from novacore.db.models import Export, Order
from novacore.db.unit_of_work import reading
from novacore.errors import WrongState
from novacore.states import ExportFormat, ExportState, ExportSubject
from novacore.tasks.queue import runner
from novacore.tasks.queue.offload.offload import Child, Inline, OffloadFailed
from novacore.workflows.exports import parts as export_parts
from novacore.workflows.exports import requests as exports
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from novacore.workflows.upkeep import fallbacks
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.wire.world.state import Message

PARTS = 2
"""Rows of a part, in the tests that want several."""


@pytest.fixture
def owner(town: Town) -> Actor:
    """The owner, whom the stand-in knows."""
    return Actor(town.wire.add_user("olga"), "olga", is_owner=True)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every part hold few rows."""
    monkeypatch.setattr(exports, "FIRST_ROWS", PARTS)
    monkeypatch.setattr(export_parts, "MOST_ROWS", PARTS)


def ask(town: Town, owner: Actor, file_format: str = "csv", what: str = "orders") -> Export:
    """The owner asks for an export."""
    return exports.request(town.shop, owner, ExportSubject(what), ExportFormat(file_format))


def dms(town: Town, owner: Actor) -> list[Message]:
    """What the owner got."""
    return town.wire.dms(owner.id or 0)


def files(town: Town, owner: Actor) -> dict[str, bytes]:
    """The files that the owner got, by name; a zip is opened."""
    found = {}
    for message in dms(town, owner):
        for attachment in message.attachments:
            name, content = attachment.filename, attachment.content
            if name.endswith(".zip"):
                archive = zipfile.ZipFile(io.BytesIO(content))
                (name,) = archive.namelist()
                content = archive.read(name)
            assert name not in found
            found[name] = content
    return found


def rows(town: Town, owner: Actor) -> list[str]:
    """The order ids of all parts, in the order in which they came."""
    ids: list[str] = []
    for content in files(town, owner).values():
        ids += pd.read_csv(io.BytesIO(content))["order_id"].tolist()
    return ids


def placed(town: Town, count: int, time: MovableClock) -> list[str]:
    """So many orders, a minute apart."""
    ids = []
    for _ in range(count):
        time.move(minutes=1)
        ids.append(orders.cancel(town.shop, town.customer, town.place().id).id)
    town.work()
    time.move(minutes=1)
    return ids


def standing(town: Town, export: Export) -> Export:
    return exports.standing(town.shop, export.id)


def test_a_small_export_is_one_file_in_the_owners_dms(town: Town, owner: Actor, time: MovableClock) -> None:
    ids = placed(town, 3, time)
    export = ask(town, owner)
    town.work()
    (message,) = dms(town, owner)
    assert [one.filename for one in message.attachments] == ["orders-begin-to-2026-03-01-part-01.csv"]
    assert "Orders as CSV" in message.text
    assert "Rows 1 to 3." in message.text
    assert rows(town, owner) == ids
    done = standing(town, export)
    assert (done.state, done.rows_done, done.rows_total, done.parts_sent) == (ExportState.done, 3, 3, 1)
    assert town.outcome("make_export") == ("done", "3 rows are with the owner, in 1 file.")


@pytest.mark.usefixtures("small_parts")
def test_a_large_export_comes_in_parts_that_each_open(town: Town, owner: Actor, time: MovableClock) -> None:
    ids = placed(town, 5, time)
    export = ask(town, owner)
    town.work()
    found = dms(town, owner)
    assert [one.filename for message in found for one in message.attachments] == [
        f"orders-begin-to-2026-03-01-part-0{number}.csv.zip" for number in (1, 2, 3)
    ]
    assert rows(town, owner) == ids
    assert "file 1" in found[0].text
    assert "Rows 1 to 2. More files follow." in found[0].text
    assert "file 3, the last" in found[2].text
    assert standing(town, export).parts_sent == 3


@pytest.mark.usefixtures("small_parts")
def test_what_happens_meanwhile_neither_shifts_nor_joins_the_parts(
    town: Town, owner: Actor, time: MovableClock
) -> None:
    ids = placed(town, 5, time)
    ask(town, owner)
    (job,) = town.due("make_export")
    runner.run(town.runtime, job)
    placed(town, 2, time)
    town.work()
    assert rows(town, owner) == ids


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("taken", [True, False])
def test_a_part_that_was_killed_in_the_middle_of_its_send_comes_once(
    town: Town, owner: Actor, time: MovableClock, taken: bool
) -> None:
    ids = placed(town, 5, time)
    town.wire.world.nonce_window = 0.0
    channel = town.runtime.calls.dm_channel(owner.id or 0)
    ask(town, owner)
    (job,) = town.due("make_export")
    runner.run(town.runtime, job)
    town.wire.fault("POST", f"/channels/{channel}/messages", Drop(taken=taken))
    runner.run(town.runtime, job)
    assert len(dms(town, owner)) == (2 if taken else 1)
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    assert rows(town, owner) == ids
    assert len(dms(town, owner)) == 3


@pytest.mark.usefixtures("small_parts")
def test_a_worker_killed_after_the_send_does_not_send_that_part_again(
    town: Town, owner: Actor, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = placed(town, 3, time)
    ask(town, owner)
    (job,) = town.due("make_export")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(exports, "part_sent", die)
        with pytest.raises(KeyboardInterrupt):
            runner.run(town.runtime, job)
    lapse(town.shop.database, job)
    runner.run(town.runtime, job)
    town.work()
    assert rows(town, owner) == ids
    assert len(dms(town, owner)) == 2


def test_a_worker_killed_before_the_send_leaves_no_half_file(
    town: Town, owner: Actor, time: MovableClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ids = placed(town, 3, time)
    ask(town, owner)
    (job,) = town.due("make_export")
    with monkeypatch.context() as cut:
        cut.setattr(exports, "plan", _die)
        with pytest.raises(KeyboardInterrupt):
            runner.run(town.runtime, job)
    assert dms(town, owner) == []
    assert [*tmp_path.glob("novacore-export-*")] == []
    lapse(town.shop.database, job)
    runner.run(town.runtime, job)
    assert rows(town, owner) == ids


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_one_export_at_a_time_and_then_the_next(town: Town, owner: Actor, time: MovableClock) -> None:
    placed(town, 1, time)
    ask(town, owner)
    with pytest.raises(WrongState, match="still being made"):
        ask(town, owner, "xlsx")
    town.work()
    ask(town, owner, "xlsx")
    town.work()
    assert len(dms(town, owner)) == 2


def test_closed_dms_end_the_export_and_make_room_for_another(town: Town, owner: Actor, time: MovableClock) -> None:
    town = replace(town, runtime=replace(town.runtime, fallback=fallbacks.fire_fallback))
    placed(town, 1, time)
    channel = town.runtime.calls.dm_channel(owner.id or 0)
    town.wire.fault("POST", f"/channels/{channel}/messages", Answer(403, 50007))
    export = ask(town, owner)
    town.work()
    failed = standing(town, export)
    assert failed.state is ExportState.failed
    assert failed.reason == "Their DMs are closed to the shop."
    assert town.outcome("make_export")[0] == "dead"
    (alert,) = town.wire.messages(town.places.staff_channel_id)
    for said in ("did not work", f"export `{export.id}`", "Their DMs are closed to the shop.", "type `/export` again"):
        assert said in alert.text
    again = ask(town, owner)
    town.work()
    assert standing(town, again).state is ExportState.done


def test_a_wake_up_too_many_sends_nothing(town: Town, owner: Actor, time: MovableClock) -> None:
    placed(town, 1, time)
    ask(town, owner)
    (job,) = town.due("make_export")
    for _ in range(3):
        runner.run(town.runtime, job)
    assert len(dms(town, owner)) == 1


def test_a_period_without_rows_is_a_file_with_its_columns(town: Town, owner: Actor) -> None:
    ask(town, owner)
    town.work()
    ((name, content),) = files(town, owner).items()
    assert name == "orders-begin-to-2026-03-01-part-01.csv"
    frame = pd.read_csv(io.BytesIO(content))
    assert len(frame) == 0
    assert "order_id" in frame.columns
    assert "No rows in this period." in dms(town, owner)[0].text


def test_a_child_process_makes_the_same_file(town: Town, owner: Actor, time: MovableClock) -> None:
    ids = placed(town, 2, time)
    child = Child(seconds=300)  # a busy machine takes long to load what writes the file
    try:
        ask(town, owner, "parquet")
        for job in town.due("make_export"):
            runner.run(replace(town.runtime, offload=child), job)
    finally:
        child.close()
    (content,) = files(town, owner).values()
    assert pd.read_parquet(io.BytesIO(content))["order_id"].tolist() == ids


class Overworked(Inline):
    """A place where the first call takes too long."""

    calls = 0

    def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls == 1:
            raise OffloadFailed("It took too long.")
        return super().run(function, *args, **kwargs)


def test_a_part_that_took_too_long_is_tried_again_with_fewer_rows(town: Town, owner: Actor, time: MovableClock) -> None:
    ids = placed(town, 2, time)
    town = replace(town, runtime=replace(town.runtime, offload=Overworked()))
    export = ask(town, owner)
    before = export.rows_a_part
    town.work()
    assert standing(town, export).rows_a_part == before // 4
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    assert rows(town, owner) == ids


def test_a_part_that_outlived_its_lease_is_dropped(
    town: Town, owner: Actor, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = placed(town, 2, time)
    export = ask(town, owner)
    (job,) = town.due("make_export")

    def slowly(*given: Any) -> Any:
        part = export_parts.write_part(*given)
        lapse(town.shop.database, job)
        with monkeypatch.context() as quick:
            quick.setattr("novacore.tasks.reports.exports.write_part", export_parts.write_part)
            runner.run(town.runtime, job)
        return part

    monkeypatch.setattr("novacore.tasks.reports.exports.write_part", slowly)
    runner.run(town.runtime, job)
    assert rows(town, owner) == ids, "the worker that took over has sent it, once"
    assert standing(town, export).state is ExportState.done


@pytest.mark.parametrize("file_format", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("what", ["orders", "products", "tickets", "events", "ledger"])
def test_every_list_comes_in_every_format(
    town: Town, owner: Actor, time: MovableClock, what: str, file_format: str
) -> None:
    placed(town, 2, time)
    export = ask(town, owner, file_format, what)
    town.work()
    (content,) = files(town, owner).values()
    assert len(opened(content, file_format)) == standing(town, export).rows_done == export.rows_total
    with reading(town.shop.database) as session:
        assert session.execute(select(func.count()).select_from(Order)).scalar_one() == 2


def opened(content: bytes, file_format: str) -> Any:
    """Open a file with pandas."""
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[file_format]
    return read(io.BytesIO(content))
