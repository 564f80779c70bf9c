"""Reports are made once, sent once, and to whom they belong; whatever is missed, closed or killed in between."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

import discord
import pytest
from sqlalchemy import func, select

from novacore.db.models import Job, Report, ReportPicture
from novacore.db.unit_of_work import reading
from novacore.errors import NotAllowed
from novacore.settings.values import ReportSchedule
from novacore.tasks.queue import runner
from novacore.tasks.queue import sweep as housekeeping
from novacore.tasks.reports import reports as report_jobs
from novacore.workflows.catalog import offers
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.reports import figures, periods, reports
from novacore.workflows.reports.periods import Choice, chosen
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock
from tests.tasks.jobs import outcomes
from tests.tasks.town import Town
from tests.wire.faults import Drop

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = ReportSchedule("week", clock_time(9), 0)


@pytest.fixture
def scheduled(town: Town, time: MovableClock, tmp_path: Path) -> Town:
    """A town in Berlin on a Sunday noon, with a weekly report, an owner's role and a channel for reports."""
    places = replace(
        town.shop.places,
        owner_role_id=town.wire.add_role("Owner"),
        report_channel_id=town.wire.add_channel("reports"),
    )
    terms = replace(town.shop.terms, zone=BERLIN, report_schedule=MONDAYS, report_folder=tmp_path / "reports")
    shop = replace(town.shop, terms=terms, places=places)
    time.at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return replace(town, runtime=replace(town.runtime, shop=shop), places=places)


def owner(town: Town) -> int:
    """Someone new with the owner's role."""
    return town.wire.add_user("olga", roles=(town.places.owner_role_id,))


def sweep(town: Town, time: MovableClock, **move: float) -> None:
    """Let time go by, and let beat and workers do what is due then."""
    time.move(**move)
    housekeeping.sweep(town.runtime)
    town.work()


def made(town: Town) -> list[Report]:
    with reading(town.shop.database) as session:
        return [*session.execute(select(Report).order_by(Report.id)).scalars()]


def in_channel(town: Town) -> list[str]:
    return [message.text for message in town.wire.messages(town.places.report_channel_id or 0)]


def dms(town: Town, user_id: int) -> list[str]:
    return [message.text for message in town.wire.dms(user_id)]


def test_the_owner_gets_the_week_by_dm_and_in_the_channel_once(scheduled: Town, time: MovableClock) -> None:
    olga, sam = owner(scheduled), scheduled.wire.add_user("sam")
    sweep(scheduled, time)
    scheduled.delivered()
    sweep(scheduled, time, hours=19)
    assert made(scheduled) == [], "it is 08:00 in Berlin"
    sweep(scheduled, time, hours=1)
    (report,) = made(scheduled)
    assert (report.first_day, report.last_day) == (date(2026, 2, 23), date(2026, 3, 1))
    for _ in range(3):
        sweep(scheduled, time, minutes=10)
    assert len(made(scheduled)) == 1
    for texts in (dms(scheduled, olga), in_channel(scheduled)):
        (text,) = texts
        for said in ("Weekly report", "23 February", "Europe/Berlin", "$9.99", "Game key"):
            assert said in text
    assert dms(scheduled, sam) == []


def test_the_message_brings_a_picture_with_words_for_whoever_cannot_see_it(scheduled: Town, time: MovableClock) -> None:
    olga = owner(scheduled)
    sweep(scheduled, time)
    sweep(scheduled, time, days=1)
    (message,) = scheduled.wire.dms(olga)
    ((name, content),) = message.files.items()
    assert name == "report-2026-02-23-2026-03-01-usd.png"
    assert content.startswith(b"\x89PNG")
    (file,) = message.attachments
    assert "The words of the message have the same numbers" in (file.description or "")
    assert "Europe/Berlin" in (file.description or "")


def test_what_was_missed_while_the_machine_was_off_is_made_up_once(scheduled: Town, time: MovableClock) -> None:
    olga = owner(scheduled)
    sweep(scheduled, time)
    sweep(scheduled, time, days=24)
    assert [(one.first_day, one.last_day) for one in made(scheduled)] == [(date(2026, 3, 16), date(2026, 3, 22))]
    assert len(dms(scheduled, olga)) == 1
    sweep(scheduled, time, hours=1)
    assert len(made(scheduled)) == 1


def test_nothing_from_before_the_shop_existed_is_reported(scheduled: Town, time: MovableClock) -> None:
    for _ in range(3):
        sweep(scheduled, time, hours=1)
    assert made(scheduled) == []


def test_sweeps_at_once_queue_it_once(scheduled: Town, time: MovableClock) -> None:
    sweep(scheduled, time)
    time.move(days=1)
    due = periods.last_due(MONDAYS, time(), BERLIN)
    assert reports._queue(scheduled.shop, due)
    assert not reports._queue(scheduled.shop, due)
    assert len(scheduled.due("make_report")) == 1


def test_off_means_never(scheduled: Town, time: MovableClock) -> None:
    shop = replace(scheduled.shop, terms=replace(scheduled.shop.terms, report_schedule=None))
    off = replace(scheduled, runtime=replace(scheduled.runtime, shop=shop))
    for _ in range(3):
        sweep(off, time, days=10)
    assert made(off) == []


def test_a_report_killed_between_send_and_record_is_sent_once(scheduled: Town, time: MovableClock) -> None:
    olga = owner(scheduled)
    sweep(scheduled, time)
    scheduled.wire.world.nonce_window = 0.0
    channel = scheduled.wire.dm_channel(olga)
    scheduled.wire.fault("POST", f"/channels/{channel}/messages", Drop(taken=True))
    for _ in range(4):
        sweep(scheduled, time, hours=12)
    assert len([text for text in dms(scheduled, olga) if "Weekly report" in text]) == 1
    assert len(in_channel(scheduled)) == 1


def test_closed_dms_of_one_owner_do_not_keep_it_from_the_others(scheduled: Town, time: MovableClock) -> None:
    shut, olga = owner(scheduled), owner(scheduled)
    scheduled.wire.close_dms(shut)
    sweep(scheduled, time)
    sweep(scheduled, time, days=1)
    assert len(dms(scheduled, olga)) == len(in_channel(scheduled)) == 1
    assert scheduled.outcome("send_report") == ("done", "The report was sent to 2 places.")


def without_channel(town: Town) -> Town:
    """The same town without REPORT_CHANNEL_ID."""
    places = replace(town.places, report_channel_id=None)
    return replace(town, runtime=replace(town.runtime, shop=replace(town.shop, places=places)), places=places)


def test_without_a_channel_the_owner_still_gets_it_by_dm(scheduled: Town, time: MovableClock) -> None:
    alone = without_channel(scheduled)
    olga = owner(alone)
    sweep(alone, time)
    sweep(alone, time, days=1)
    (text,) = dms(alone, olga)
    assert "Weekly report" in text
    assert not [text for text in alone.staff_channel() if "reached nobody" in text]


def test_staff_hear_of_a_report_that_reached_nobody_and_read_no_figures(scheduled: Town, time: MovableClock) -> None:
    alone = without_channel(scheduled)
    alone.wire.close_dms(owner(alone))
    sweep(alone, time)
    sweep(alone, time, days=1)
    (told,) = [text for text in alone.staff_channel() if "reached nobody" in text]
    assert "REPORT_CHANNEL_ID" in told
    assert "$" not in told


def test_where_nobody_has_the_role_it_goes_to_the_servers_owner(scheduled: Town, time: MovableClock) -> None:
    sweep(scheduled, time)
    sweep(scheduled, time, days=1)
    assert len(dms(scheduled, scheduled.wire.owner_id)) == 1


def test_owners_are_found_among_more_members_than_one_page_holds(
    scheduled: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("novacore.tasks.discord.owners._PAGE", 2)
    for number in range(5):
        scheduled.wire.add_user(f"member {number}")
    olga = owner(scheduled)
    sweep(scheduled, time)
    sweep(scheduled, time, days=1)
    assert len(dms(scheduled, olga)) == 1


def test_without_the_members_intent_owners_are_those_who_acted_as_one(scheduled: Town, time: MovableClock) -> None:
    scheduled.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))
    olga, former, quiet = owner(scheduled), scheduled.wire.add_user("former owner"), owner(scheduled)
    for who in (olga, former):
        offers.add_codes(scheduled.shop, replace(OWNER, id=who), scheduled.product_id, [f"SECRET-OF-{who}"])
    sweep(scheduled, time)
    sweep(scheduled, time, days=1)
    assert [len(dms(scheduled, who)) for who in (olga, former, quiet)] == [1, 0, 0]


def test_figures_and_pictures_are_kept_for_the_owner(scheduled: Town, time: MovableClock, tmp_path: Path) -> None:
    sweep(scheduled, time)
    scheduled.delivered()
    sweep(scheduled, time, days=1)
    folder = tmp_path / "reports"
    name = "report-2026-02-23-2026-03-01"
    assert sorted(one.name for one in folder.iterdir()) == [f"{name}-usd.png", f"{name}.json"]
    kept = figures.load(json.loads((folder / f"{name}.json").read_text()))
    assert kept.currencies[0].now.received_minor == 999
    assert kept == figures.load(made(scheduled)[0].figures)


def test_a_report_that_is_asked_for_is_made_and_not_sent(scheduled: Town, time: MovableClock) -> None:
    olga = owner(scheduled)
    report_id = reports.ask(scheduled.shop, OWNER, chosen(Choice.year, date(2026, 3, 1)))
    assert reports.load(scheduled.shop, report_id)[0].made_at is None
    scheduled.work()
    report, pictures, has_died = reports.load(scheduled.shop, report_id)
    assert report.made_at is not None
    assert len(pictures) == 1
    assert not has_died
    assert dms(scheduled, olga) == in_channel(scheduled) == []


@pytest.mark.parametrize("who", [CUSTOMER, STAFF], ids=["customer", "staff"])
def test_nobody_else_may_ask(scheduled: Town, who: object) -> None:
    with pytest.raises(NotAllowed, match="Only the owner"):
        reports.ask(scheduled.shop, who, chosen(Choice.year, date(2026, 3, 1)))  # type: ignore[arg-type]
    assert made(scheduled) == []


def test_a_job_that_dies_is_seen(scheduled: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> bytes:
        raise ArithmeticError("no such picture")

    monkeypatch.setattr("novacore.tasks.reports.reports.draw", fail)
    report_id = reports.ask(scheduled.shop, OWNER, chosen(Choice.today, date(2026, 3, 1)))
    for _ in range(6):
        time.move(hours=1)
        scheduled.work()
    assert reports.load(scheduled.shop, report_id)[2]


def test_made_again_it_has_one_set_of_pictures(scheduled: Town) -> None:
    report_id = reports.ask(scheduled.shop, OWNER, chosen(Choice.today, date(2026, 3, 1)))
    scheduled.work()
    report, pictures, _ = reports.load(scheduled.shop, report_id)
    reports.keep(scheduled.shop, report_id, figures.load(report.figures), pictures)
    assert len(reports.load(scheduled.shop, report_id)[1]) == 1


def test_old_pictures_leave_the_database(scheduled: Town, time: MovableClock) -> None:
    for _ in range(2):
        reports.ask(scheduled.shop, OWNER, chosen(Choice.today, date(2026, 3, 1)))
        scheduled.work()
        time.move(days=31)
    with reading(scheduled.shop.database) as session:
        assert session.execute(select(func.count()).select_from(ReportPicture)).scalar_one() == 1


def test_the_days_are_added_up_every_day(scheduled: Town, time: MovableClock) -> None:
    sweep(scheduled, time)
    scheduled.delivered()
    sweep(scheduled, time, days=1)
    sweep(scheduled, time, hours=1)
    with reading(scheduled.shop.database) as session:
        mine = select(func.count()).where(Job.name == JobName.roll_up)
        assert session.execute(mine).scalar_one() == 1
    assert "days were added up again" in scheduled.outcome("roll_up")[1]


def test_a_folder_that_cannot_be_written_costs_only_the_copies(
    scheduled: Town, time: MovableClock, tmp_path: Path
) -> None:
    olga = owner(scheduled)
    (tmp_path / "reports").write_text("a file where the folder should be")
    sweep(scheduled, time)
    sweep(scheduled, time, days=1)
    assert len(dms(scheduled, olga)) == 1


def test_much_to_add_up_is_added_up_in_turns(
    scheduled: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures of payments wait for the same worker, and a worker that stops has ten seconds."""
    monkeypatch.setattr(report_jobs, "TURN_SECONDS", 0.0)
    for _ in range(3):
        scheduled.delivered()
        time.move(days=1)
    scheduled.work()
    report_id = reports.ask(scheduled.shop, OWNER, chosen(Choice.last_7_days, reports.today(scheduled.shop)))
    (job_id,) = scheduled.due("make_report")
    shown = []
    while scheduled.due("make_report"):
        runner.run(scheduled.runtime, job_id)
        (report,) = made(scheduled)
        shown.append((report.days_done, report.days_total))
    assert outcomes(scheduled.shop.database, job_id) == ["postponed", "done"]
    assert shown[:2] == [(1, 3), (2, 3)]
    report, _, has_died = reports.load(scheduled.shop, report_id)
    assert not has_died
    (sums,) = figures.load(report.figures).currencies
    assert sums.now.paid == 3
