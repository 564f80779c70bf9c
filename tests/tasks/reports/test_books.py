"""The books check of the night: asked for once a night, and the owner hears of what is new."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from novacore.db.models import DailyFigures, Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.doctor import books
from novacore.tasks.queue import runner
from novacore.tasks.queue import sweep as housekeeping
from novacore.tasks.reports import books as handler
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.reports import rollups
from novacore.workflows.upkeep import told_findings
from novacore.workflows.upkeep.told_findings import Found
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import lapse
from tests.tasks.town import Town


def checks(town: Town) -> int:
    """How often the books were to be checked."""
    with reading(town.shop.database) as session:
        return len(session.execute(select(Job.id).where(Job.name == JobName.check_books)).all())


def told(town: Town) -> list[str]:
    """What the owner was told of the books."""
    texts = [message.text for message in town.wire.dms(town.wire.owner_id)]
    return [text for text in texts if "Books check" in text]


def night(town: Town, time: MovableClock) -> None:
    """Let a day go by, with all that is due in it."""
    for hours in (23, 1):
        time.move(hours=hours)
        housekeeping.sweep(town.runtime)
        town.work(most=200)


def test_it_is_asked_for_once_a_night(town: Town, time: MovableClock) -> None:
    time.at = datetime(2026, 3, 1, 23, tzinfo=UTC)
    counts = []
    for _ in range(12):
        time.move(hours=1)
        housekeeping.sweep(town.runtime)
        counts.append(checks(town))
    assert counts == [0] * 3 + [1] * 9, "from the second day on"
    with reading(town.shop.database) as session:
        due = session.execute(select(Job.due_at).where(Job.name == JobName.check_books)).scalar_one()
    assert due == datetime(2026, 3, 2, 4, tzinfo=UTC), "at four in the morning"


def test_clean_books_are_no_news(town: Town, time: MovableClock) -> None:
    town.delivered()
    for _ in range(3):
        night(town, time)
    assert checks(town) == 2
    assert town.outcome("check_books") == ("done", "The books are clean: 20 checks, nothing wrong.")
    assert told(town) == []


def test_the_owner_hears_of_a_fault_once_and_of_another_one_again(town: Town, time: MovableClock) -> None:
    order, other = town.delivered(), town.delivered()
    night(town, time)
    for one in (order, other):
        with writing(town.shop.database) as tx:
            tx.session.execute(update(Order).where(Order.id == one.id).values(total_minor=1))
        night(town, time)
        night(town, time)
    assert len(told(town)) == 2
    (first,) = [text for text in told(town) if other.id not in text]
    assert f"1 order has a total that doesn't match its units minus the discount: {order.id}" in first
    assert "`/audit` looks again" in first


def test_days_that_were_added_up_wrong_are_added_up_again(town: Town, time: MovableClock) -> None:
    town.delivered()
    night(town, time)
    rollups.catch_up(town.shop)
    with writing(town.shop.database) as tx:
        tx.session.execute(update(DailyFigures).values(received_minor=DailyFigures.received_minor + 5))
    night(town, time)
    assert "Figures by day" in told(town)[0]
    night(town, time)
    assert town.outcome("check_books")[1].startswith("The books are clean")


def test_after_a_closed_time_the_backlog_is_done_first(town: Town, time: MovableClock) -> None:
    night(town, time)
    time.move(hours=23)
    housekeeping.sweep(town.runtime)
    town.delivered()
    time.move(hours=40)  # the shop is closed
    housekeeping.sweep(town.runtime)
    for job_id in town.due("check_books"):
        runner.run(town.runtime, job_id)
    assert told(town) == [], "all of it is late, for it was closed"
    town.work(most=200)
    time.move(hours=1)
    town.work(most=200)
    assert (town.outcome("check_books")[0], told(town)) == ("done", [])


def test_another_ticket_is_other_news(town: Town) -> None:
    """Numbers that change from look to look are no news in a full disk; here they are all that differs."""
    found = [Found("fault", "Tickets past their time", f"1 ticket: T-00000{n}.", "", key=f"T-00000{n}") for n in (1, 2)]
    assert [told_findings.news(town.shop, "books", [one]) for one in found] == [[found[0]], [found[1]]]


class Killed(BaseException):
    """Ends a worker where no handler of errors can help it."""


@pytest.mark.parametrize("answers", [0, 10, 20])
def test_a_check_that_is_killed_begins_again(
    town: Town, time: MovableClock, answers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = town.delivered()
    night(town, time)
    with writing(town.shop.database) as tx:
        tx.session.execute(update(Order).where(Order.id == order.id).values(total_minor=1))
    for hours in (23, 1):
        time.move(hours=hours)
        housekeeping.sweep(town.runtime)
        for job_id in town.due():
            if job_id not in town.due("check_books"):
                runner.run(town.runtime, job_id)
    (job_id,) = town.due("check_books")
    monkeypatch.setattr(handler, "books", _Dying(answers))
    with pytest.raises(Killed):
        runner.run(town.runtime, job_id)
    monkeypatch.setattr(handler, "books", books)
    lapse(town.shop.database, job_id)
    housekeeping.sweep(town.runtime)
    runner.run(town.runtime, job_id)
    town.work(most=200)
    assert town.outcome("check_books") == ("done", "1 of 20 checks found something wrong.")
    assert len(told(town)) == 1


class _Dying:
    """The books check, in a worker that is killed after so many answers; after all of them, before they are told."""

    def __init__(self, answers: int) -> None:
        self.left = answers
        self.CHECKS, self.Books = books.CHECKS, books.Books

    def answer(self, shelves: books.Books, check: books.Check) -> books.Answer:
        """Answer, or be killed."""
        if not self.left:
            raise Killed
        self.left -= 1
        return books.answer(shelves, check)

    def summary(self, answers: object) -> str:
        """Be killed when all is told, and before the job is recorded as done."""
        raise Killed
