"""Stock at work: batches that a kill cannot double, a word to staff when something runs low."""

import os
import signal
import sys
import time as machine
from pathlib import Path

import pytest
from sqlalchemy import func, select

from novacore.db.models import StagedPart, Unit
from novacore.db.unit_of_work import reading
from novacore.states import BatchState, UnitStatus
from novacore.tasks.catalog import stock
from novacore.tasks.queue import runner
from novacore.workflows.catalog import offers
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import previews, restock, stock_levels
from novacore.workflows.upkeep import retries
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import KEY, OWNER, STAFF, MovableClock, ProductMaker
from tests.tasks.jobs import job_row, lapse, outcomes
from tests.tasks.town import Town
from tests.workflows.machine import lives
from tests.workflows.orders.placing.unpaid_lives import leave_unpaid

ROOT = Path(__file__).parents[2]


def stage(shop: Shop, product_id: int, count: int) -> int:
    """The owner uploads so many codes and says yes."""
    content = "\n".join(f"FILE-{n}" for n in range(count)).encode()
    batch_id = previews.stage_file(shop, OWNER, product_id, "codes.txt", content).batch_id or 0
    restock.confirm(shop, OWNER, batch_id)
    return batch_id


def on_sale(shop: Shop, batch_id: int) -> int:
    """How many units of a batch are on sale."""
    mine = select(func.count()).where(Unit.batch_id == batch_id, Unit.status == UnitStatus.available)
    with reading(shop.database) as session:
        return session.execute(mine).scalar_one()


# ---- batches


def test_a_batch_comes_in_and_says_so(town: Town) -> None:
    batch_id = stage(town.shop, town.product_id, 1_500)
    town.work()
    assert on_sale(town.shop, batch_id) == 1_500
    assert town.outcome("fill_stock") == ("done", "The batch is in stock.")


def test_a_large_batch_lets_others_have_their_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "PARTS_A_TURN", 1)
    batch_id = stage(town.shop, town.product_id, 2_500)
    (job_id,) = town.due("fill_stock")
    runner.run(town.runtime, job_id)
    assert on_sale(town.shop, batch_id) == 1_000
    town.work()
    assert on_sale(town.shop, batch_id) == 2_500
    assert outcomes(town.shop.database, job_id) == ["postponed", "done"]


@pytest.mark.faults
def test_a_worker_killed_in_the_middle_leaves_each_code_in_stock_once(town: Town, shop_url: str) -> None:
    batch_id = stage(town.shop, town.product_id, 20_000)
    (job_id,) = town.due("fill_stock")
    arguments = [shop_url, KEY, town.wire.url, town.wire.token, str(job_id), str(town.places.staff_channel_id)]
    worker = Forked([sys.executable, "-m", "tests.tasks.one_job", *arguments], cwd=ROOT)
    until = machine.monotonic() + 60
    while on_sale(town.shop, batch_id) < 2_000 and machine.monotonic() < until:
        machine.sleep(0.005)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(20)
    come = on_sale(town.shop, batch_id)
    assert 2_000 <= come < 20_000, "the kill hits it in the middle"
    assert come % restock.PART == 0, "a part is in or is not"
    assert job_row(town.shop.database, job_id).state == "running"
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    batch = restock.load_batch(town.shop, OWNER, batch_id)
    assert (batch.state, batch.added, batch.refused) == (BatchState.filled, 20_000, 0)
    with reading(town.shop.database) as session:
        contents = session.execute(select(Unit.content).where(Unit.batch_id == batch_id)).scalars().all()
        assert session.execute(select(func.count()).select_from(StagedPart)).scalar_one() == 0
    assert sorted(town.shop.cipher.open(one or b"") for one in contents) == sorted(f"FILE-{n}" for n in range(20_000))


def test_a_preview_that_nobody_adds_is_gone_after_a_day(town: Town, time: MovableClock) -> None:
    batch_id = previews.stage_file(town.shop, OWNER, town.product_id, "codes.txt", b"A\nB").batch_id or 0
    time.move(hours=23)
    town.work()
    assert restock.load_batch(town.shop, OWNER, batch_id).state is BatchState.staged
    time.move(hours=2)
    town.work()
    assert restock.load_batch(town.shop, OWNER, batch_id).state is BatchState.discarded
    with reading(town.shop.database) as session:
        assert session.execute(select(StagedPart.number)).all() == []


def test_a_preview_that_was_added_is_left_alone_after_a_day(town: Town, time: MovableClock) -> None:
    batch_id = stage(town.shop, town.product_id, 3)
    town.work()
    time.move(hours=25)
    town.work()
    assert on_sale(town.shop, batch_id) == 3
    assert town.outcome("discard_stock") == ("done", "Nothing to throw away: it is in stock.")


# ---- what runs low


def buy(town: Town, product_id: int, count: int) -> None:
    """So many people order one each."""
    for _ in range(count):
        lives.place(town.shop, product_id, Actor(town.wire.add_user("buyer"), "buyer"))


def settle(town: Town, time: MovableClock) -> list[str]:
    """Let the stock be looked at; return what staff were told of it."""
    time.move(seconds=10)
    town.work(most=200)
    return [one for one in town.staff_channel() if "/product restock" in one]


def test_staff_are_told_once_that_it_runs_low_and_once_that_it_is_gone(
    town: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(units=7, name="Rare *key*")
    settle(town, time)
    buy(town, product_id, 3)
    (low,) = settle(town, time)
    assert "Rare \\*key\\* runs low" in low
    assert "Only **4** left" in low
    buy(town, product_id, 1)
    assert len(settle(town, time)) == 1
    buy(town, product_id, 3)
    assert "is sold out" in settle(town, time)[1]
    assert len(settle(town, time)) == 2


def test_staff_read_how_much_is_only_reserved_and_can_free_what_such_people_hold(
    town: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id, ann = make_product(units=8, name="Rare key"), Actor(town.wire.add_user("ann"), "ann")
    leave_unpaid(town.shop, town.product_id, time, [ann])
    settle(town, time)
    time.move(hours=6)
    lives.place(town.shop, product_id, ann, quantity=4)
    (low,) = settle(town, time)
    assert "Not sold yet, only reserved: **4**." in low
    assert "**4** of these are held by people whose orders keep ending unpaid" in low
    (told,) = [one for one in town.wire.messages(town.places.staff_channel_id) if one.text == low]
    assert told.custom_ids == [f"nc:stock:ask_free:{product_id}"]


def test_a_product_that_was_restocked_meanwhile_alerts_nobody(
    town: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(units=6, name="Rare key")
    settle(town, time)
    lives.place(town.shop, product_id)
    stock_levels.review(town.shop, product_id)
    offers.add_codes(town.shop, OWNER, product_id, [f"MORE-{n}" for n in range(9)])
    assert settle(town, time) == []
    assert town.outcome("alert_low_stock")[1].startswith("There is enough again")


def test_a_batch_whose_job_died_is_told_and_goes_on_when_staff_say_so(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restock, "PART", 2)
    batch_id = stage(town.shop, town.product_id, 5)
    (job_id,) = town.due("fill_stock")
    assert restock.fill_next(town.shop, batch_id) == 3
    with monkeypatch.context() as broken:
        broken.setattr(restock, "_rows", lambda *_: 1 / 0)
        for _ in range(3):
            runner.run(town.runtime, job_id)
            time.move(minutes=10)
    assert job_row(town.shop.database, job_id).state == "dead"
    town.work()
    assert [one for one in town.staff_channel() if "“fill stock” did not work" in one]
    retries.retry(town.shop, STAFF, job_id)
    town.work()
    assert on_sale(town.shop, batch_id) == 5
