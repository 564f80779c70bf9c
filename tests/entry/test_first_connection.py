"""A shop that can't reach Discord when it starts: it tries again, then ends with a sentence."""

import asyncio

import discord
import pytest

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
                await connect(bot, wire.token, api_url, TRIES)
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
