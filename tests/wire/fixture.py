"""The `wire` fixture: a fresh Discord for one test, with discord.py in this process pointed at it.

A room that needs it imports it in its conftest. Processes that a test starts get `DISCORD_API_URL=wire.url`.
"""

from collections.abc import Iterator

import discord
import pytest
from yarl import URL

from tests.wire.stand_in import Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A running stand-in. At the end it must have known every route that was asked for."""
    with Wire() as running:
        monkeypatch.setattr(discord.http.Route, "BASE", running.url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", URL(running.gateway_url))
        yield running
        assert not running.unknown, f"add these routes to tests/wire: {running.unknown}"
        assert not running.crashes, running.crashes[0]
