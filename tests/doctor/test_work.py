"""The doctor at the shop's work, on either database: each thing broken in turn."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.unit_of_work import writing
from novacore.doctor import work
from novacore.doctor.findings import Finding, Level
from novacore.states import JobState, OrderStatus
from novacore.workflows.machine import facts, job_kinds
from novacore.workflows.machine.jobs import JobName, enqueue
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.timers import opening_hours
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.tasks.jobs import asked
from tests.workflows import discount_codes
from tests.workflows.machine import lives

ALL = {"discord@one": ["discord"], "discord@two": ["discord"], "media@one": ["media"]}


def judged(finding: Finding) -> tuple[Level, bool]:
    """Return how bad it is, and whether it says what to do."""
    return finding.level, bool(finding.fix)


def test_a_database_that_answers(shop: Shop) -> None:
    found = work.database(shop.database)
    assert found.level is Level.ok
    assert found.text.startswith(("SQLite answers", "PostgreSQL answers"))


def test_a_database_that_is_away_keeps_its_password() -> None:
    away = Database("postgresql+psycopg://novacore:hunter22hunter@127.0.0.1:9/novacore")
    found = work.database(away)
    away.close()
    assert judged(found) == (Level.fault, True)
    assert found.text == "PostgreSQL does not answer. Start it, and check the host and the port in DATABASE_URL."


@pytest.mark.parametrize(("version", "says"), [("9999", "newer release"), (None, "Put back a backup")])
def test_a_database_of_another_release(shop: Shop, version: str | None, says: str) -> None:
    change = f"UPDATE alembic_version SET version_num = '{version}'" if version else "DELETE FROM alembic_version"
    with shop.database.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(change))
    found = work.database(shop.database)
    assert found.level is Level.fault
    assert says in found.text


def test_the_roll_is_complete() -> None:
    found = [*work.workers(lambda: ALL)]
    assert {each.level for each in found} == {Level.ok}
    assert any("discord@one, discord@two" in each.text for each in found)


@pytest.mark.parametrize("queue", ["discord", "media"])
def test_a_queue_without_workers(queue: str) -> None:
    present = {name: queues for name, queues in ALL.items() if queue not in queues}
    (bad,) = [each for each in work.workers(lambda: present) if each.level is not Level.ok]
    assert judged(bad) == (Level.fault, True)
    assert f"-Q {queue}" in bad.fix


def test_a_broker_that_is_away() -> None:
    def ask() -> work.Workers:
        raise work.BrokerAway("ConnectionError")

    (found,) = work.workers(ask)
    assert (judged(found), "CELERY_BROKER_URL" in found.fix) == ((Level.fault, True), True)


def test_the_embedded_shop_has_no_workers_to_ask() -> None:
    assert [each.level for each in work.workers(None)] == [Level.ok]


def test_a_shop_that_was_never_open(shop: Shop, time: MovableClock) -> None:
    for found in (work.sweep(shop.database, time()), work.bot(shop.database, time())):
        assert judged(found) == (Level.warning, True)


@pytest.mark.parametrize(
    ("note", "look"),
    [
        (opening_hours.credit_downtime, work.sweep),
        (lambda shop: facts.note(shop, facts.BOT_SEEN, {}), work.bot),
    ],
    ids=["sweep", "bot"],
)
def test_signs_of_life_grow_old(
    shop: Shop,
    time: MovableClock,
    note: Callable[[Shop], object],
    look: Callable[[Database, object], Finding],
) -> None:
    note(shop)
    time.move(seconds=90)
    assert look(shop.database, time()).level is Level.ok
    time.move(hours=3)
    late = look(shop.database, time())
    assert judged(late) == (Level.fault, True)
    assert "3 hours ago" in late.text


def test_due_jobs_that_nobody_takes(shop: Shop, time: MovableClock) -> None:
    assert work.backlog(shop.database, time()).level is Level.ok
    with writing(shop.database) as tx:
        enqueue(tx, [job_kinds.ALERT_STAFF.about("order", "NC-1", {"event_id": 1})], key="1")
    steps = [(30, Level.ok), (60, Level.warning), (600, Level.fault)]
    for seconds, level in steps:
        time.move(seconds=seconds)
        assert work.backlog(shop.database, time()).level is level


@pytest.mark.parametrize(("late", "queue"), [(JobName.fill_stock, "media"), (JobName.alert_staff, "discord")])
def test_the_backlog_names_the_queue_that_is_behind(shop: Shop, time: MovableClock, late: JobName, queue: str) -> None:
    newer = JobName.alert_staff if late is JobName.fill_stock else JobName.fill_stock
    for name in (late, newer):
        with writing(shop.database) as tx:
            enqueue(tx, [asked(name, "batch", "1")], key="1")
        time.move(minutes=6)
    found = work.backlog(shop.database, time())
    assert found.text == "2 due, the oldest for 12 minutes."
    assert f"on the queue `{queue}`" in found.fix


def test_a_timer_that_is_not_due_yet_is_no_backlog(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.place(shop, make_product())
    with writing(shop.database) as tx:
        for job in tx.session.query(Job).filter(Job.name != JobName.expire_order):
            job.state = JobState.done
        tx.session.flush()
    time.move(hours=23)
    assert work.backlog(shop.database, time()).text == "None is waiting.", order.expires_at


def test_what_is_left_over_for_a_person(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    assert [*work.left_over(shop.database, time())] == []
    order = lives.bring_to(shop, make_product(), OrderStatus.delivery_blocked, time)
    with writing(shop.database) as tx:
        job = tx.session.query(Job).filter(Job.subject_id == order.id).first()
        assert job is not None
        job.state, job.finished_at = JobState.dead, tx.now
        tx.session.flush()
    assert [(each.about, *judged(each)) for each in work.left_over(shop.database, time())] == [
        ("Dead jobs", Level.warning, True),
        ("Deliveries", Level.warning, True),
    ]
    assert work._said_of(3, 2) == "Staff were told of 2 of them in the staff channel."
    time.move(days=8)
    assert [each.about for each in work.left_over(shop.database, time())] == ["Deliveries"]


def test_codes_whose_amounts_are_in_another_currency(shop: Shop) -> None:
    discount_codes.add(shop, "PERCENT")
    discount_codes.add(shop, "ENDED", amount="5")
    codes.end(shop, OWNER, "ENDED")
    discount_codes.add(shop, "FIVE", amount="5")
    discount_codes.add(shop, "LARGE", percent=5, least_total="50")
    assert [*work.codes(shop.database, "USD")] == []
    (found,) = work.codes(shop.database, "EUR")
    assert (found.about, *judged(found)) == ("Discount codes", Level.warning, True)
    assert found.text == "FIVE and LARGE: the amounts are not in EUR, so they take nothing off what is priced in it."
