"""The bot's sign of life: noted while it hears Discord, not a moment longer, and never in the way of anything."""

import asyncio
from datetime import datetime, timedelta

from novacore import clock
from novacore.bot.heartbeat import is_connected, keep_pulse
from novacore.db import health
from novacore.workflows.machine.facts import BOT_SEEN
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town


def _seen(here: Town) -> datetime | None:
    return health.noted_at(here.shop.database, BOT_SEEN)


async def test_a_bot_that_hears_discord_says_so(town: Opening) -> None:
    async with town() as here:
        pulse = asyncio.create_task(keep_pulse(here.bot, seconds=0.01))
        for _ in range(500):
            if _seen(here) is not None:
                break
            await asyncio.sleep(0.01)
        pulse.cancel()
        seen = _seen(here)
        assert seen is not None
        assert clock.now() - seen < timedelta(minutes=1)


async def test_a_bot_that_is_not_started_or_closed_says_nothing(town: Opening) -> None:
    async with town(bot_up=False) as here:
        assert not is_connected(here.bot)
        pulse = asyncio.create_task(keep_pulse(here.bot, seconds=0.01))
        await asyncio.sleep(0.1)
        pulse.cancel()
        assert _seen(here) is None
    assert not is_connected(here.bot)


async def test_a_database_that_is_away_only_delays_it(town: Opening) -> None:
    async with town() as here:
        here.lose_table("shop_facts")
        pulse = asyncio.create_task(keep_pulse(here.bot, seconds=0.01))
        await asyncio.sleep(0.1)
        assert not pulse.done()
        pulse.cancel()
