"""Where this process finds Discord: the API by the settings, the websocket where that API says."""

import asyncio

import discord
import pytest
from discord.gateway import DiscordWebSocket
from yarl import URL

from novacore.tasks.discord.clients import find_gateway
from tests.wire.clients import logged_in
from tests.wire.faults import Answer
from tests.wire.stand_in import Wire

ELSEWHERE = URL("wss://gateway.example/")


def _find(wire: Wire) -> None:
    async def find() -> None:
        async with logged_in(wire) as client:
            await find_gateway(client)

    asyncio.run(find())


def test_the_websocket_goes_where_the_api_says(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", ELSEWHERE)
    _find(wire)
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == wire.gateway_url


def test_an_api_that_does_not_say_it_changes_nothing(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", ELSEWHERE)
    wire.fault("GET", "/gateway/bot", Answer(503))
    with pytest.raises(discord.GatewayNotFound):
        _find(wire)
    assert DiscordWebSocket.DEFAULT_GATEWAY is ELSEWHERE
