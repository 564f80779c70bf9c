"""Customers hear once that something is back: in turn, a few a minute, and not where it is sold out again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from novacore.db.models import Job, StockWait
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.catalog import offers
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import waiting_list
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.workflows.machine import lives


def people(town: Town, count: int) -> list[Actor]:
    """So many members of the server."""
    return [Actor(town.wire.add_user(f"waiting {n}"), f"waiting {n}") for n in range(count)]


def ask(town: Town, product_id: int, time: MovableClock, *who: Actor) -> None:
    """They press the button, one after the other."""
    for one in who:
        waiting_list.ask(town.shop, one, product_id)
        time.move(seconds=0.001)


def restock(town: Town, product_id: int, *codes: str) -> None:
    """The owner stocks a few."""
    offers.add_codes(town.shop, OWNER, product_id, codes)


def run_for(town: Town, time: MovableClock, seconds: int) -> None:
    """Let so many seconds pass, with a sweep each."""
    for _ in range(seconds):
        time.move(seconds=1)
        town.work(most=200)


def told(town: Town, who: Actor) -> int:
    """How many DMs say that it is back."""
    return sum("is back in stock" in message.text for message in town.wire.dms(who.id or 0))


def on_the_list(shop: Shop) -> int:
    """How many are still on any list."""
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(StockWait)).scalar_one()


@pytest.fixture
def sold_out(town: Town, make_product: ProductMaker) -> int:
    """A product that nobody can buy."""
    return make_product(units=0, name="Rare *key*")


def test_everybody_who_waits_is_told_once(town: Town, time: MovableClock, sold_out: int) -> None:
    waiting = people(town, 3)
    ask(town, sold_out, time, *waiting)
    restock(town, sold_out, "A", "B")
    run_for(town, time, 20)
    assert [told(town, one) for one in waiting] == [1, 1, 1]
    (message,) = town.wire.dms(waiting[0].id or 0)
    assert "Rare \\*key\\* is back in stock" in message.text
    assert f"nc:shop:buy:{sold_out}" in str(message.components)
    assert on_the_list(town.shop) == 0
    restock(town, sold_out, "C")
    run_for(town, time, 20)
    assert [told(town, one) for one in waiting] == [1, 1, 1]


def test_one_every_three_seconds_and_who_asked_first_comes_first(town: Town, time: MovableClock, sold_out: int) -> None:
    waiting = people(town, 5)
    ask(town, sold_out, time, *waiting)
    restock(town, sold_out, "A")
    run_for(town, time, 3)  # the look at the stock, and the first
    seen = []
    for _ in range(4):
        seen.append([told(town, one) for one in waiting])
        run_for(town, time, 3)
    assert seen == [[1] * n + [0] * (5 - n) for n in range(1, 5)]


def test_it_stops_when_it_is_sold_out_again_and_goes_on_later(town: Town, time: MovableClock, sold_out: int) -> None:
    waiting = people(town, 4)
    ask(town, sold_out, time, *waiting)
    restock(town, sold_out, "A")
    run_for(town, time, 4)
    assert told(town, waiting[0]) == 1
    lives.place(town.shop, sold_out, town.customer)
    run_for(town, time, 90)
    assert [told(town, one) for one in waiting][2:] == [0, 0]
    left = on_the_list(town.shop)
    assert left >= 2
    restock(town, sold_out, "B")
    run_for(town, time, 20)
    assert [told(town, one) for one in waiting] == [1, 1, 1, 1]


def test_closed_dms_are_skipped_for_good_and_hold_nobody_up(town: Town, time: MovableClock, sold_out: int) -> None:
    closed, after = people(town, 2)
    ask(town, sold_out, time, closed, after)
    town.wire.close_dms(closed.id or 0)
    restock(town, sold_out, "A")
    run_for(town, time, 12)
    assert (told(town, closed), told(town, after), on_the_list(town.shop)) == (0, 1, 0)
    town.wire.close_dms(closed.id or 0, closed=False)
    restock(town, sold_out, "B")
    run_for(town, time, 12)
    assert told(town, closed) == 0
    assert not [one for one in town.staff_channel() if "did not work" in one], "staff have nothing to do about it"


def test_asking_again_after_being_told(town: Town, time: MovableClock, sold_out: int) -> None:
    (one,) = people(town, 1)
    ask(town, sold_out, time, one)
    restock(town, sold_out, "A")
    run_for(town, time, 6)
    lives.place(town.shop, sold_out, town.customer)
    ask(town, sold_out, time, one)
    restock(town, sold_out, "B")
    run_for(town, time, 6)
    assert told(town, one) == 2


def test_who_took_it_back_is_not_told(town: Town, time: MovableClock, sold_out: int) -> None:
    one, other = people(town, 2)
    ask(town, sold_out, time, one, other)
    restock(town, sold_out, "A")
    run_for(town, time, 3)
    waiting_list.take_back(town.shop, other, sold_out)
    run_for(town, time, 10)
    assert (told(town, one), told(town, other)) == (1, 0)


def test_a_send_of_unknown_outcome_is_one_dm(town: Town, time: MovableClock, sold_out: int) -> None:
    (one,) = people(town, 1)
    ask(town, sold_out, time, one)
    town.wire.world.nonce_window = 0.0
    town.wire.fault("POST", f"/channels/{town.wire.dm_channel(one.id or 0)}/messages", Drop(taken=True))
    restock(town, sold_out, "A")
    run_for(town, time, 4)
    time.move(minutes=10)
    town.work()
    assert told(town, one) == 1
    assert on_the_list(town.shop) == 0


def test_discord_says_too_fast_and_nobody_is_told_for_a_while(town: Town, time: MovableClock, sold_out: int) -> None:
    waiting = people(town, 3)
    ask(town, sold_out, time, *waiting)
    town.wire.fault("POST", "/users/@me/channels", Answer(403, code=40003))
    restock(town, sold_out, "A")
    run_for(town, time, 60)
    assert [told(town, one) for one in waiting] == [0, 0, 0]
    time.move(minutes=11)
    run_for(town, time, 60)
    assert [told(town, one) for one in waiting] == [1, 1, 1]


def test_a_thousand_are_called_once_each_in_fifty_minutes(
    town: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(units=3, name="Wanted")
    with writing(town.shop.database) as tx:
        rows = [
            {"product_id": product_id, "customer_id": 10_000 + n, "asked_at": tx.now + timedelta(milliseconds=n)}
            for n in range(1_000)
        ]
        tx.session.execute(insert(StockWait), rows)
    begun = time.at
    while (last := waiting_list.call_some(town.shop, 0)) is not None:
        time.at = last
    assert time.at - begun == timedelta(minutes=50)
    calls = select(Job).where(Job.name == "tell_waiting").order_by(Job.due_at)
    with reading(town.shop.database) as session:
        found = session.execute(calls).scalars().all()
    assert [job_kinds.TELL_WAITING.payload_of(one)["customer_id"] for one in found] == [
        10_000 + n for n in range(1_000)
    ]
    assert len({one.due_at for one in found}) == 1_000
