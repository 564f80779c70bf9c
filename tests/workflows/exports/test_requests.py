"""What the owner asks for: which days, who may, and one at a time."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from novacore.db.models import Event, Export, Job
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotAllowed, NotFound, WrongState
from novacore.states import ExportFormat, ExportState, ExportSubject
from novacore.workflows.exports import requests as exports
from novacore.workflows.exports.parts import FIRST_ROWS, Part
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

BERLIN = ZoneInfo("Europe/Berlin")


def ask(shop: Shop, since: str = "", until: str = "", actor: Actor = OWNER) -> Export:
    return exports.request(shop, actor, ExportSubject.orders, ExportFormat.csv, since, until)


def part(rows: int = 2, *, is_last: bool = False) -> Part:
    """A part that someone made."""
    return Part("orders.csv", b"", rows, ("2026-03-01T12:00:00+00:00", "NC-1"), is_last=is_last, next_rows=500)


def test_an_export_is_noted_with_who_asked_and_a_job_is_queued(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.place(shop, make_product())
    time.move(minutes=1)
    export = ask(shop)
    assert (export.state, export.rows_total, export.rows_a_part) == (ExportState.making, 1, FIRST_ROWS)
    with reading(shop.database) as session:
        event = session.execute(select(Event).where(Event.trigger == "export")).scalar_one()
        job = session.execute(select(Job).where(Job.name == "make_export")).scalar_one()
    assert (event.actor_id, event.subject_id) == (OWNER.id, str(export.id))
    assert event.detail == {"what": "orders", "format": "csv", "rows": 1}
    assert (job.queue, job.subject_kind, job.subject_id) == ("media", "export", str(export.id))


@pytest.mark.parametrize("actor", [CUSTOMER, STRANGER, STAFF])
def test_only_the_owner_may(shop: Shop, actor: Actor) -> None:
    with pytest.raises(NotAllowed, match="Only the owner can export the shop's lists"):
        ask(shop, actor=actor)


def test_one_at_a_time_for_each_owner(shop: Shop) -> None:
    first = ask(shop)
    with pytest.raises(WrongState, match="still being made"):
        ask(shop)
    assert ask(shop, actor=Actor(3002, "another owner", is_owner=True)).id != first.id


@pytest.mark.parametrize(
    ("since", "until", "begins", "ends"),
    [
        ("", "", None, "2026-03-01T12:00"),
        ("2026-02-01", "", "2026-01-31T23:00", "2026-03-01T12:00"),
        ("2026-02-01", "2026-02-28", "2026-01-31T23:00", "2026-02-28T23:00"),
        (" 2026-02-01 ", "2026-03-01", "2026-01-31T23:00", "2026-03-01T12:00"),
        ("", "2030-01-01", None, "2026-03-01T12:00"),
        # A summer's day begins an hour earlier.
        ("2025-07-01", "2025-07-01", "2025-06-30T22:00", "2025-07-01T22:00"),
    ],
)
def test_days_are_those_of_the_shops_zone_and_the_last_one_counts(
    shop: Shop, time: MovableClock, since: str, until: str, begins: str | None, ends: str
) -> None:
    shop = replace(shop, terms=replace(shop.terms, zone=BERLIN))
    export = ask(shop, since, until)
    assert export.since == (datetime.fromisoformat(begins).replace(tzinfo=UTC) if begins else None)
    assert export.until == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("yesterday", "", "can't read the day after `from`"),
        ("", "31.01.2026", "can't read the day after `to`"),
        ("2026-02-30", "", "can't read the day after `from`"),
        ("2026-02-02", "2026-02-01", "ends .* before it begins"),
        ("2026-03-02", "", "is in the future"),
        ("0001-01-01", "", "can't read the day after `from`"),
        ("", "9999-12-31", "can't read the day after `to`"),
    ],
)
def test_days_that_are_none_are_refused_with_a_sentence(
    shop: Shop, time: MovableClock, since: str, until: str, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        ask(shop, since, until)


def test_files_are_named_after_their_days(shop: Shop, time: MovableClock) -> None:
    export = ask(shop, "2026-02-01", "2026-02-28")
    assert exports.next_part(shop, export).name == "orders-2026-02-01-to-2026-02-28-part-01"


def test_a_part_is_planned_sent_and_the_next_begins_behind_it(shop: Shop) -> None:
    export = ask(shop)
    with writing(shop.database) as tx:
        assert exports.plan(tx, export, part())
    export = exports.part_sent(shop, exports.standing(shop, export.id))
    assert (export.parts_sent, export.rows_done, export.planned) == (1, 2, {})
    wanted = exports.next_part(shop, export)
    assert (wanted.after, wanted.rows, wanted.is_first) == (("2026-03-01T12:00:00+00:00", "NC-1"), 500, False)


def test_a_part_counts_once(shop: Shop) -> None:
    export = ask(shop)
    with writing(shop.database) as tx:
        exports.plan(tx, export, part())
    for _ in range(2):
        exports.part_sent(shop, export)
    assert exports.standing(shop, export.id).rows_done == 2
    with writing(shop.database) as tx:
        assert not exports.plan(tx, export, part()), "a worker that comes late plans nothing"


def test_after_the_last_part_it_is_done(shop: Shop, time: MovableClock) -> None:
    export = ask(shop)
    with writing(shop.database) as tx:
        exports.plan(tx, export, part(is_last=True))
    time.move(minutes=1)
    export = exports.part_sent(shop, export)
    assert (export.state, export.finished_at) == (ExportState.done, time.at)
    with writing(shop.database) as tx:
        exports.fail(tx, export.id, "Too late.")
    assert exports.standing(shop, export.id).state is ExportState.done


def test_a_failed_export_says_why_and_is_in_the_log(shop: Shop) -> None:
    export = ask(shop)
    with writing(shop.database) as tx:
        exports.fail(tx, export.id, "Their DMs are closed to the shop.")
    failed = exports.standing(shop, export.id)
    assert (failed.state, failed.reason) == (ExportState.failed, "Their DMs are closed to the shop.")
    assert lives.events_of(shop, str(export.id)) == ["export", "export_failed"]


def test_steps_get_smaller_and_never_nothing(shop: Shop) -> None:
    export = ask(shop)
    for _ in range(20):
        exports.take_smaller_steps(shop, exports.standing(shop, export.id))
    assert exports.standing(shop, export.id).rows_a_part == 1


def test_no_such_export(shop: Shop) -> None:
    with pytest.raises(NotFound):
        exports.standing(shop, 99)


def test_what_is_placed_at_the_moment_of_the_request_is_not_in_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.place(shop, make_product())
    assert ask(shop).rows_total == 0, "an order of this very moment could come before or after another of it"
    time.move(seconds=1)
    export = ask(shop, actor=Actor(3002, "another owner", is_owner=True))
    assert export.rows_total == 1
    assert export.until - timedelta(seconds=1) < time.at


def test_parquet_says_how_to_install_it_where_it_is_missing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadInput, match=r"Choose CSV or XLSX, or run `pip install pyarrow`"):
        exports.request(shop, OWNER, ExportSubject.orders, ExportFormat.parquet)
    assert exports.request(shop, OWNER, ExportSubject.orders, ExportFormat.xlsx).rows_total == 0
