"""A customer's private page, from the press to the page as it is edited later; and customers whose DMs are closed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from simcord import InteractionResult
from sqlalchemy import select

from novacore.db.models import PrivatePage
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus
from novacore.workflows.machine.shop import Shop
from tests.bot.towns.town import custom_ids, page, proof, said, text_of
from tests.fixtures.shops import ADDRESSES, ProductMaker
from tests.stories.help_desk import HelpDesk, open_help_desk, until

Story = Callable[[HelpDesk], Awaitable[None]]
Telling = Callable[[Story], None]
ADDRESS = next(iter(ADDRESSES.values())).address
CLOSED = "Discord doesn't let us send you DMs"


@pytest.fixture
def tell(shop: Shop, make_product: ProductMaker, tmp_path: Path) -> Telling:
    """Lend a way to play a story in a shop that sells three game keys and gives ten minutes to pay."""
    make_product()
    terms = replace(shop.terms, order_expiry=timedelta(minutes=10))

    def telling(story: Story) -> None:
        async def play_it() -> None:
            async with open_help_desk(replace(shop, terms=terms), tmp_path) as desk:
                await story(desk)

        asyncio.run(play_it())

    return telling


def shown(desk: HelpDesk, result: InteractionResult) -> Any:
    """Read the page that a press led to as it stands now."""
    message_id = page(result).id
    backend = desk.town.env.backend
    return next(found[message_id] for found in backend.messages.values() if message_id in found)


async def page_says(desk: HelpDesk, result: InteractionResult, words: str) -> None:
    """Let time pass in small steps until the page shows these words: an edit waits two seconds of the shop's time."""
    for _ in range(80):
        if words in text_of(shown(desk, result).components):
            return
        await desk.pass_time(seconds=2.5)
        await asyncio.sleep(0.2)
    raise AssertionError(text_of(shown(desk, result).components))


def kept(desk: HelpDesk) -> int:
    """Count the pages that are kept true."""
    with reading(desk.town.shop.database) as session:
        return len(session.execute(select(PrivatePage.message_id)).scalars().all())


def close_dms(desk: HelpDesk) -> None:
    """Let Discord refuse every DM to alice from now on."""
    channel_id = desk.town.alice.user.dm_channel.id
    desk.town.env.inject_error("POST", f"/channels/{channel_id}/messages", status=403, code=50007, times=None)


def test_a_page_that_asks_for_money_stops_asking_when_the_time_is_up(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        alice = desk.town.alice
        paying = await alice.select(page(await desk.town.to_methods(alice)), ["paypal"])
        (order,) = desk.town.orders()
        assert ADDRESS in said(paying)
        await desk.pass_time(minutes=10)
        await until(lambda: desk.town.state(order) == OrderStatus.expired, "the end of the time to pay")
        await page_says(desk, paying, "The time to pay is over")
        assert ADDRESS not in text_of(shown(desk, paying).components)
        left = {f"nc:order:submit_proof:{order.id}", f"nc:order:again:{order.id}"}
        assert {*custom_ids(shown(desk, paying).components)} == left
        assert kept(desk) == 1
        await desk.pass_time(minutes=5)
        await until(lambda: kept(desk) == 0, "the end of the page's token")

    tell(story)


def test_whoever_takes_no_dms_reads_so_on_the_page_and_gets_the_goods_there_once(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        alice, town = desk.town.alice, desk.town
        close_dms(desk)
        paying = await alice.select(page(await town.to_methods(alice)), ["btc"])
        (order,) = town.orders()
        await page_says(desk, paying, CLOSED)
        form = await alice.click(page(paying), custom_id=f"nc:order:submit_proof:{order.id}")
        sent = await alice.submit_modal(form, proof())
        assert CLOSED in said(sent), "the answer to the proof knows it already"
        assert "press **Show my goods** there, and only you will see them" in said(sent)
        await town.decide(town.sam, "approve", order)
        await page_says(desk, paying, "Your goods are waiting for you")
        assert town.state(order) == OrderStatus.delivery_blocked
        shown_goods = await alice.click(page(paying), custom_id=f"nc:order:reveal:{order.id}")
        assert "SECRET-1-0" in said(shown_goods)
        assert town.state(order) == OrderStatus.delivered
        await page_says(desk, paying, "You have your goods")
        assert alice.user.dm_channel.history() == []

    tell(story)
