"""The figures of each day are those of the raw rows, whatever arrives late, and whoever writes at the same time."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, update

from novacore.db.models import DayToRoll, Event, Order, Vouch
from novacore.db.queries.reports import followed_ids
from novacore.db.queries.reports import rollup_service as queries
from novacore.db.queries.reports import rollups as day_sums
from novacore.db.unit_of_work import reading, writing
from novacore.states import ActorKind, LedgerDirection, OrderStatus
from novacore.workflows.machine import facts
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import figures, reports, rollups
from novacore.workflows.reports.figures import Figures
from novacore.workflows.reports.periods import Period, Span, day_of
from tests.fixtures.shops import MovableClock, ProductMaker
from tests.workflows import discount_codes
from tests.workflows.busy_shop import History
from tests.workflows.machine import lives
from tests.workflows.reports import raw_report

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 26, 12, tzinfo=UTC)
"""Three days before the clocks of Berlin go forward."""


@pytest.fixture
def berlin(shop: Shop, make_product: ProductMaker, time: MovableClock) -> History:
    """Open a shop in Berlin with three products and no history."""
    wanted = [make_product(name=name, units=0) for name in ("Game key", "Sword", "Shield")]
    return History(replace(shop, terms=replace(shop.terms, zone=BERLIN)), wanted)


def report(shop: Shop, first: date, last: date) -> Figures:
    """The report of these days, and of as many before."""
    span = Span(first, last)
    before = Span(first - timedelta(span.days), first - timedelta(1))
    return reports.figures_of(shop, Period("Any", span, before))


def check(shop: Shop, first: date, last: date) -> Figures:
    """Compare every number of a report with what plain Python makes of all rows."""
    made = report(shop, first, last)
    raw = raw_report.load(shop)
    now, earlier = (
        raw_report.by_currency(raw, first, last),
        raw_report.by_currency(raw, made.before_first, made.before_last),
    )
    assert {one.currency for one in made.currencies} == {"USD", *now, *earlier}
    for one in made.currencies:
        same_money(one, now.get(one.currency, raw_report.Figures()))
        same_sums(one.before, earlier.get(one.currency, raw_report.Figures()))
    same_service(made.service, raw, first, last)
    same_service(made.service_before, raw, made.before_first, made.before_last)
    return made


def same_sums(sums: figures.Sums, wanted: raw_report.Figures) -> None:
    for name in figures.Sums.__dataclass_fields__:
        assert getattr(sums, name) == getattr(wanted, name), name


def same_money(one: figures.InCurrency, wanted: raw_report.Figures) -> None:
    same_sums(one.now, wanted)
    assert one.product_count == len(wanted.products)
    assert {each.name: each.received_minor for each in one.products} == dict(wanted.products)
    assert {each.name: each.units for each in one.products} == {
        each.name: wanted.units[each.name] for each in one.products
    }
    assert {each.name: each.received_minor for each in one.categories} == dict(wanted.categories)
    assert {each.method: each.received_minor for each in one.methods} == dict(wanted.methods)
    days = {each.day: (each.received_minor, each.returned_minor) for each in one.days}
    moved = {*wanted.received_by_day, *wanted.returned_by_day}
    assert days == {day: (wanted.received_by_day[day], wanted.returned_by_day[day]) for day in moved}
    paid = wanted.paid
    assert one.now.average_minor == (int(wanted.received_minor / paid + 0.5) if paid else None)
    assert one.now.net_minor == wanted.received_minor - wanted.returned_minor


def same_service(service: figures.Service, raw: raw_report.Raw, first: date, last: date) -> None:
    waits, stars = raw_report.waits(raw, first, last), raw_report.stars(raw, first, last)
    for kind, wanted in waits.items():
        wait = getattr(service, kind)
        assert wait.count == len(wanted), kind
        middle = raw_report.middle(wanted)
        assert (wait.median is None) == (middle is None), kind
        assert abs((wait.median or 0) - (middle or 0)) <= (middle or 0) / 1000, kind
    for rating, given_stars in ((service.vouches, stars["vouch"]), (service.tickets, stars["ticket"])):
        assert (rating.count, rating.stars) == (len(given_stars), sum(given_stars))
    assert service.opened == raw_report.opened(raw, first, last)


def test_every_number_of_a_report_is_what_the_raw_rows_say(berlin: History) -> None:
    """Refunds, three currencies with 0, 2 and 3 minor digits, tickets and vouches, across the hour that is left out."""
    for number in range(90):
        berlin.live(SPRING + timedelta(hours=number), ("USD", "JPY", "KWD")[number % 3])
    made = check(berlin.shop, date(2026, 3, 27), date(2026, 3, 31))
    assert [one.currency for one in made.currencies] == ["USD", "JPY", "KWD"]
    for one in made.currencies:
        assert min(one.now.returns, one.now.paid, one.now.delivered, one.now.expired + one.now.cancelled) > 0
    assert min(made.service.decision.count, made.service.delivery.count, made.service.answer.count) > 3
    check(berlin.shop, date(2026, 3, 29), date(2026, 3, 29))
    check(berlin.shop, date(2026, 3, 1), date(2026, 4, 30))


def test_a_day_of_23_hours_and_one_of_25_have_their_own_bounds(berlin: History) -> None:
    moments = {
        datetime(2026, 3, 28, 22, 59, tzinfo=UTC): date(2026, 3, 28),
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC): date(2026, 3, 29),
        datetime(2026, 3, 29, 21, 59, tzinfo=UTC): date(2026, 3, 29),
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC): date(2026, 3, 30),
        datetime(2026, 10, 24, 22, 0, tzinfo=UTC): date(2026, 10, 25),
        datetime(2026, 10, 25, 22, 59, tzinfo=UTC): date(2026, 10, 25),
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC): date(2026, 10, 26),
    }
    for at in moments:
        berlin.place(at, 100)
    for day in {*moments.values()}:
        made = check(berlin.shop, day, day)
        assert made.currencies[0].now.placed == [*moments.values()].count(day), day


def test_a_shop_in_which_nothing_was_sold_has_a_report(berlin: History) -> None:
    made = check(berlin.shop, date(2026, 3, 1), date(2026, 3, 7))
    (dollars,) = made.currencies
    assert dollars.now == figures.Sums()
    assert (dollars.now.average_minor, dollars.now.return_share, dollars.now.expiry_share) == (None, None, None)
    assert made.service.decision == figures.Wait(0, None)
    assert made.service.vouches.average is None


def test_a_refund_counts_on_the_day_it_happens(berlin: History) -> None:
    order = berlin.place(SPRING, 5_000)
    berlin.money(order, LedgerDirection.received, 5_000, SPRING)
    berlin.step(order, "approve", SPRING, OrderStatus.approved)
    before = check(berlin.shop, date(2026, 3, 26), date(2026, 3, 26))
    berlin.money(order, LedgerDirection.returned, 5_000, SPRING + timedelta(days=2))
    berlin.step(order, "refund", SPRING + timedelta(days=2), OrderStatus.refunded)
    assert check(berlin.shop, date(2026, 3, 26), date(2026, 3, 26)).currencies[0].now == before.currencies[0].now
    later = check(berlin.shop, date(2026, 3, 28), date(2026, 3, 28)).currencies[0].now
    assert (later.received_minor, later.returned_minor, later.net_minor, later.returns) == (0, 5_000, -5_000, 1)


def test_a_real_life_through_the_arrows_is_counted(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product()
    today = day_of(time(), ZoneInfo("UTC"))
    lives.bring_to(shop, product, OrderStatus.refunded, time)
    lives.bring_to(shop, product, OrderStatus.under_review, time)
    check(shop, today, today)
    lives.bring_to(shop, product, OrderStatus.expired, time)
    made = check(shop, today, today + timedelta(days=1))
    sums = made.currencies[0].now
    assert (sums.placed, sums.with_proof, sums.delivered, sums.expired) == (3, 2, 1, 1)
    assert (sums.received_minor, sums.returned_minor) == (999, 999)
    discount_codes.paid(shop, product)
    one = check(shop, today, today + timedelta(days=1)).currencies[0]
    assert (one.now.received_minor, one.now.discounted, one.now.discount_minor) == (1898, 1, 100)


def test_orders_of_the_old_bot_count_by_the_state_they_came_in(berlin: History) -> None:
    for status in (OrderStatus.delivered, OrderStatus.approved, OrderStatus.refunded, OrderStatus.cancelled):
        berlin.step(berlin.place(SPRING, 500), "import_order", SPRING, status)
    sums = check(berlin.shop, date(2026, 3, 26), date(2026, 3, 26)).currencies[0].now
    assert (sums.placed, sums.with_proof, sums.approved, sums.delivered, sums.cancelled) == (4, 3, 3, 1, 1)


# ---- days that change


def roll_count(shop: Shop) -> int:
    """Catch up and say how many days were made again."""
    return rollups.catch_up(shop)


def test_only_days_that_changed_are_made_again(berlin: History) -> None:
    for number in range(20):
        berlin.live(SPRING + timedelta(days=number))
    assert roll_count(berlin.shop) >= 20
    assert roll_count(berlin.shop) == 0
    berlin.place(SPRING + timedelta(days=5), 100)
    assert roll_count(berlin.shop) == 1


def test_how_far_it_has_come_is_told_from_the_first_day_to_the_last(berlin: History) -> None:
    for number in range(3):
        berlin.place(SPRING + timedelta(days=number), 100)
    told: list[tuple[int, int]] = []
    assert rollups.catch_up(berlin.shop, lambda done, total: told.append((done, total))) == 3
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    told.clear()
    assert rollups.catch_up(berlin.shop, lambda done, total: told.append((done, total))) == 0
    assert told == [(0, 0)], "a bar reaches its end also where nothing is to be done"


def test_the_first_money_of_a_shop_is_followed_although_nothing_else_has_happened(berlin: History) -> None:
    order = berlin.place(SPRING, 100)
    assert roll_count(berlin.shop) == 1
    berlin.money(order, LedgerDirection.received, 100, SPRING)
    assert roll_count(berlin.shop) == 1
    assert check(berlin.shop, date(2026, 3, 26), date(2026, 3, 26)).currencies[0].now.received_minor == 100


def test_old_days_repair_themselves(berlin: History) -> None:
    """Rows that arrive with old dates, a step of an old order, a ledger row without an event, a hidden vouch."""
    for number in range(30):
        berlin.live(SPRING + timedelta(hours=5 * number))
    period = (date(2026, 3, 1), date(2026, 4, 10))
    check(berlin.shop, *period)
    old = berlin.place(SPRING - timedelta(days=20), 777)
    check(berlin.shop, *period)
    berlin.step(old, "submit_proof", SPRING + timedelta(days=1), OrderStatus.under_review)
    check(berlin.shop, *period)
    berlin.money(old, LedgerDirection.received, 700, SPRING - timedelta(days=19))
    check(berlin.shop, *period)
    berlin.money(old, LedgerDirection.received, 77, SPRING - timedelta(days=20))
    check(berlin.shop, *period)
    berlin.vouch(old, 1, SPRING - timedelta(days=10))
    assert check(berlin.shop, date(2026, 3, 16), date(2026, 3, 16)).service.vouches == figures.RatingFigures(1, 1)
    with writing(berlin.shop.database) as tx:
        tx.session.execute(update(Vouch).where(Vouch.order_id == old).values(hidden_at=tx.now))
    berlin.step(old, "hide_vouch", SPRING + timedelta(days=3))
    assert check(berlin.shop, date(2026, 3, 16), date(2026, 3, 16)).service.vouches == figures.RatingFigures()


def test_another_time_zone_cuts_every_day_again(berlin: History) -> None:
    for number in range(40):
        berlin.live(SPRING + timedelta(hours=3 * number))
    check(berlin.shop, date(2026, 3, 1), date(2026, 4, 10))
    for name in ("America/Los_Angeles", "Pacific/Auckland", "Asia/Kathmandu"):
        moved = replace(berlin.shop, terms=replace(berlin.shop.terms, zone=ZoneInfo(name)))
        check(moved, date(2026, 3, 1), date(2026, 4, 10))
        check(moved, date(2026, 3, 28), date(2026, 3, 28))


def test_a_large_import_is_made_again_as_a_whole(berlin: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "MANY", 10)
    for number in range(15):
        berlin.live(SPRING + timedelta(days=number))
    check(berlin.shop, date(2026, 3, 20), date(2026, 4, 30))
    assert roll_count(berlin.shop) == 0


def test_what_is_asked_for_by_hand_is_made_again(berlin: History) -> None:
    berlin.place(SPRING, 100)
    roll_count(berlin.shop)
    with writing(berlin.shop.database) as tx:
        tx.session.execute(update(Order).values(total_minor=250))  # as by hand, past every event
    rollups.mark_all(berlin.shop)
    assert check(berlin.shop, date(2026, 3, 26), date(2026, 3, 26)).currencies[0].now.placed_minor == 250


@given(seed=st.integers(0, 10**9), steps=st.lists(st.integers(0, 3), min_size=4, max_size=12))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_shop_in_any_order_agrees_with_its_raw_rows(berlin: History, seed: int, steps: list[int]) -> None:
    """Lives begin at any time, and the figures catch up in between: what is there is never wrong."""
    berlin.chance = random.Random(seed)
    for step in steps:
        for _ in range(step):
            at = SPRING + timedelta(seconds=berlin.chance.randint(-(10**6), 10**6))
            berlin.live(at, berlin.chance.choice(["USD", "EUR", "CLP"]))
        rollups.catch_up(berlin.shop)
    check(berlin.shop, date(2026, 3, 22), date(2026, 4, 3))


# ---- at the same time


def test_an_id_that_becomes_visible_late_is_not_missed(berlin: History) -> None:
    """On PostgreSQL a lower id may commit after a higher one; on SQLite the second writer waits for the first."""
    shop = berlin.shop
    berlin.place(SPRING, 100)
    roll_count(shop)
    if shop.database.is_sqlite:
        assert followed_ids.settled(shop.database) == _newest(shop)
        return
    late = shop.database.engine.connect()
    berlin_order = berlin.orders[0]
    row = {"subject_kind": "order", "subject_id": berlin_order, "trigger": "submit_proof", "at": SPRING, "detail": {}}
    late.execute(insert(Event).values(**row, actor_kind=ActorKind.system, actor_name="x"))
    berlin.place(SPRING + timedelta(days=1), 100)  # a higher id, and visible at once
    assert followed_ids.settled(shop.database, patience=0.05) is None
    assert roll_count(shop) == 1
    late.commit()
    late.close()
    made = check(shop, date(2026, 3, 26), date(2026, 3, 26))
    assert made.currencies[0].now.with_proof == 1
    assert _followed(shop)["events"] == _newest(shop)["events"]


def _newest(shop: Shop) -> dict[str, int]:
    with reading(shop.database) as session:
        return dict(followed_ids.newest(session))


def _followed(shop: Shop) -> dict[str, int]:
    return dict(facts.recall(shop, rollups.FACT))


def test_a_day_that_changes_while_it_is_added_up_is_added_up_again(
    berlin: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    berlin.place(SPRING, 100)
    rollups.catch_up(berlin.shop)
    berlin.place(SPRING, 200)
    rollups._follow(berlin.shop)
    add_up: Callable[..., day_sums.DaySums] = day_sums.sums_between

    def meanwhile(*given: object) -> day_sums.DaySums:
        sums = add_up(*given)
        monkeypatch.setattr(day_sums, "sums_between", add_up)
        berlin.place(SPRING, 400)
        rollups._follow(berlin.shop)
        return sums

    monkeypatch.setattr(day_sums, "sums_between", meanwhile)
    assert not rollups.roll(berlin.shop, date(2026, 3, 26)), "its sums are older than the day's mark"
    assert check(berlin.shop, date(2026, 3, 26), date(2026, 3, 26)).currencies[0].now.placed_minor == 700


def test_several_at_once_come_to_the_same(berlin: History) -> None:
    for number in range(30):
        berlin.live(SPRING + timedelta(hours=7 * number))
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(3):
                rollups.catch_up(berlin.shop)
        except BaseException as fault:  # noqa: BLE001 - shown below
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        berlin.live(SPRING + timedelta(hours=11 * number))
    for thread in threads:
        thread.join(60)
    assert faults == []
    check(berlin.shop, date(2026, 3, 20), date(2026, 4, 15))
    with reading(berlin.shop.database) as session:
        assert session.execute(select(DayToRoll.day)).all() == []


# ---- what it costs


def test_a_report_reads_days_and_not_orders(berlin: History, time: MovableClock) -> None:
    """As many statements for a year as for a day, and none of them touches orders, events or the ledger."""
    for number in range(12):
        berlin.live(SPRING + timedelta(days=number))
    roll_count(berlin.shop)
    with reading(berlin.shop.database) as session:
        session.connection()
        counts = {}
        for last in (date(2026, 3, 27), date(2027, 3, 26)):
            sent: list[str] = []
            listen = _listening(berlin.shop, sent)
            figures.gather(session, Period("x", Span(date(2026, 3, 27), last), Span(last, last)), BERLIN, "USD", time())
            listen()
            counts[last] = len(sent)
            for raw in ("orders", "events", "ledger_entries", "units"):
                assert not [one for one in sent if f"FROM {raw}" in one or f"JOIN {raw}" in one]
    assert len({*counts.values()}) == 1


def _listening(shop: Shop, sent: list[str]) -> Callable[[], None]:
    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(shop.database.engine, "before_cursor_execute", note)
    return lambda: event.remove(shop.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("seconds", [0, 1, 1023, 1024, 1025, 2047, 2048, 86_399, 86_400, 31_536_000, 10**9])
def test_a_wait_is_kept_to_a_thousandth(seconds: int) -> None:
    assert abs(queries.step_of(seconds) - seconds) <= seconds / 1000


def test_steps_are_few_and_hold_what_lies_in_them() -> None:
    steps = {queries.step_of(seconds) for seconds in range(0, 30 * 86_400, 7)}
    assert len(steps) < 8_000
    assert {queries.step_of(step) for step in steps} == steps
    assert [queries.step_of(seconds) for seconds in range(1024)] == [*range(1024)]
