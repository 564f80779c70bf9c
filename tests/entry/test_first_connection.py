"""A shop that can't reach Discord when it starts: it tries again, then ends with a sentence."""

import asyncio

import discord
import pytest

from novacore.discord_facts.privileged_intents import MEMBERS, MESSAGE_CONTENT, AskedIntents, Privileged, held
from novacore.entry.first_connection import connect
from novacore.errors import NovaCoreError
from tests.wire.faults import Act, Answer, Limited
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

TRIES = (0.0, 0.0)


def _connect(wire: Wire, api_url: str | None) -> str:
    async def run() -> str:
        async with discord.Client(intents=discord.Intents.none()) as bot:
            with pytest.raises(NovaCoreError) as said:
                await connect(bot, AskedIntents(), wire.token, api_url, TRIES)
            return str(said.value)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "api_url", "said"),
    [
        (Answer(503), None, "Discord can't be reached, so the shop didn't open. Check this machine's connection"),
        (Answer(503), "http://127.0.0.1", "so the shop didn't open. Check DISCORD_API_URL"),
        (Limited(via=False), None, "Discord takes no requests from this machine right now"),
    ],
    ids=["away", "own-address", "shut-out"],
)
def test_a_discord_that_stays_away_ends_in_a_sentence(wire: Wire, fault: Act, api_url: str | None, said: str) -> None:
    tried = wire.fault("GET", "/users/@me", fault, times=20)
    assert said in _connect(wire, api_url)
    assert tried.hits == len(TRIES) + 1


def test_a_machine_without_a_network_ends_in_a_sentence(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9")
    assert _connect(wire, None).startswith("Discord can't be reached, so the shop didn't open.")


async def _connected(wire: Wire, asked: AskedIntents) -> discord.Client:
    """Connect, and stop as soon as Discord has said that the bot is ready."""
    async with discord.Client(intents=asked.intents, chunk_guilds_at_startup=False) as bot:
        connection = asyncio.create_task(connect(bot, asked, wire.token, wire.url, TRIES))
        ready = asyncio.create_task(bot.wait_for("ready"))
        await asyncio.wait({connection, ready}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        await bot.close()
        await connection
        return bot


@pytest.mark.parametrize(
    ("flags", "got", "lines"),
    [
        ({"gateway_message_content": True, "gateway_guild_members_limited": True}, [MESSAGE_CONTENT, MEMBERS], 1),
        ({"gateway_message_content_limited": True}, [MESSAGE_CONTENT], 1),
        ({"gateway_guild_members": True}, [MEMBERS], 1),
        ({}, [], 4),
    ],
    ids=["both", "content", "members", "none"],
)
def test_the_bot_asks_for_what_discord_grants(
    wire: Wire, flags: dict[str, bool], got: list[Privileged], lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    wire.world.intents = discord.ApplicationFlags(**flags)
    asked = AskedIntents()
    asyncio.run(_connected(wire, asked))
    assert held(asked.intents) == got
    assert len(wire.requests("GET", "/websocket")) == lines
    missing = [one.label for one in (MESSAGE_CONTENT, MEMBERS) if one not in got]
    assert [label for label in missing if f"The shop runs without the {label}." in caplog.text] == missing


def test_an_intent_that_is_taken_from_an_open_shop_is_done_without(wire: Wire) -> None:
    asked = AskedIntents()

    async def run() -> None:
        async with discord.Client(intents=asked.intents, chunk_guilds_at_startup=False) as bot:
            connection = asyncio.create_task(connect(bot, asked, wire.token, wire.url, TRIES))
            await bot.wait_for("ready", timeout=60)
            assert held(asked.intents) == [MESSAGE_CONTENT, MEMBERS]
            wire.world.intents = discord.ApplicationFlags(gateway_guild_members=True)
            again = asyncio.create_task(bot.wait_for("ready", timeout=60))
            await asyncio.sleep(0)  # so that it listens
            wire.gateway.cut(4014)
            await again
            await bot.close()
            await connection

    asyncio.run(run())
    assert held(asked.intents) == [MEMBERS]


def test_where_discord_refuses_what_it_granted_each_combination_is_tried_once() -> None:
    asked, tried = AskedIntents(), []
    while asked.ask_for_less():
        tried.append(held(asked.intents))
    assert tried == [[MESSAGE_CONTENT], [MEMBERS], []]
