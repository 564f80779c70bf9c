"""A database that goes away and comes back while people press: each is answered, and nothing is done twice."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, make_url, select

from novacore.bot import command_threads
from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.db.models import Event, Job, LedgerEntry
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.shop import Shop
from tests.bot.towns.town import Town, open_town, page, said
from tests.fixtures.servers.cable import Cable
from tests.fixtures.shops import ADDRESSES, KEY, ProductMaker

Opening = Callable[[], AbstractAsyncContextManager[Town]]

PATIENCE = 60.0


@pytest.fixture
def shop(cable: Cable, postgresql_shop_url: str) -> Iterator[Shop]:
    """Open a shop at the other end of the cable."""
    with closing(Database(cable.url(make_url(postgresql_shop_url).database or ""))) as database:
        yield Shop(database, GoodsCipher([KEY]), ADDRESSES)


@pytest.fixture
def town(shop: Shop, make_product: ProductMaker, tmp_path: Path) -> Opening:
    make_product(units=20)
    return lambda: open_town(shop, tmp_path, patience=PATIENCE)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody give up before the test has brought the database back, however slow the machine."""
    monkeypatch.setattr(command_threads, "AWAY_SECONDS", PATIENCE)


def count(shop: Shop, model: Any, *conditions: Any) -> int:
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one()


async def test_a_press_waits_for_a_database_that_comes_back(town: Opening, cable: Cable, patient: None) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        cable.pull_out()
        pressing = asyncio.create_task(here.alice.select(page(methods), ["btc"]))
        await asyncio.to_thread(cable.refused.wait, PATIENCE)
        assert not pressing.done()
        cable.plug_in()
        answer = said(await pressing)
        (order,) = here.orders()
        assert order.id in answer


async def test_a_database_that_stays_away_is_a_sentence_and_one_line_in_the_log(
    town: Opening, cable: Cable, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(command_threads, "AWAY_SECONDS", 0.3)
    async with town() as here:
        order = await here.order(here.alice)
        cable.pull_out()
        caplog.clear()
        for _ in range(5):
            assert "We can't reach our records right now" in said(
                await here.alice.slash(here.channels["shop"], "orders")
            )
            answer = await here.press(here.alice, f"nc:order:cancel_now:{order.id}:{order.version}")
            assert "nothing was changed" in said(answer)
            assert await here.sam.autocomplete(here.channels["staff"], "details", "order_id", "NC") == []
        lines = [one for one in caplog.records if one.levelno >= logging.WARNING]
        assert [one.getMessage().split(":")[0] for one in lines] == [
            "The database could not do what people asked (DatabaseAway)"
        ]
        assert not lines[0].exc_info
        cable.plug_in()
        assert here.state(order) == "awaiting_payment"
        await here.press(here.alice, f"nc:order:cancel_now:{order.id}:{order.version}")
        assert here.state(order) == "cancelled"


async def test_a_form_of_a_database_that_is_away_is_a_sentence_in_time(town: Opening, cable: Cable) -> None:
    async with town() as here:
        cable.pull_out()
        answer = await here.olga.slash(here.channels["staff"], "product edit", product="1")
        assert answer.acknowledged
        assert "We can't reach our records right now" in said(answer)
        # Forms that need nothing of the database open all the same.
        assert (await here.press(here.alice, "nc:shop:buy:1")).modal
        cable.plug_in()


async def test_what_can_t_be_refused_in_time_is_refused_after_the_form(town: Opening, cable: Cable) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        cable.pull_out()
        vouch = await here.press(here.alice, f"nc:vouch:write:{order.id}")
        ticket = await here.press(here.bob, f"nc:ticket:open:product_issue:{order.id}")
        cable.plug_in()
        assert "Vouches are for delivered orders" in said(await here.alice.submit_modal(vouch, {"rating": "5"}))
        typed = {"subject": "Help", "description": "It does not work.", "order_id": order.id}
        assert "I can't find that order" in said(await here.bob.submit_modal(ticket, typed))


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_line_cut_at_the_commit_of_an_order_makes_one_order(town: Opening, cable: Cable, arrives: bool) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        cable.cut_at_commit(arrives=arrives)
        answer = await here.alice.select(page(methods), ["btc"])
        assert cable.cuts == 1
        assert "we can't tell whether it was" in said(answer)
        assert len(here.orders()) == int(arrives), "nobody has repeated it"
        again = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert order.id in said(again)


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_line_cut_at_the_commit_of_an_approval_takes_the_money_once(
    town: Opening, cable: Cable, arrives: bool
) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        cable.cut_at_commit(arrives=arrives)
        assert "we can't tell whether it was" in said(await here.decide(here.sam, "approve", order))
        assert cable.cuts == 1
        assert here.state(order) == ("approved" if arrives else "under_review")
        again = said(await here.decide(here.sam, "approve", order))
        assert ("Already done: sam approved this order" if arrives else "Done: you approved") in again
        assert count(here.shop, LedgerEntry) == 1
        assert count(here.shop, Event, Event.trigger == "approve") == 1
        assert count(here.shop, Job, Job.name == "deliver_order") == 1
