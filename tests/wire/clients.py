"""Real discord.py as a worker uses it: logged in for REST, no gateway. In this process or in one that can be killed."""

import http.client
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from textwrap import dedent

import discord

from tests.fixtures.servers.forked import Forked
from tests.wire.server.pipeline import PREFIX
from tests.wire.stand_in import Wire


@asynccontextmanager
async def logged_in(wire: Wire) -> AsyncIterator[discord.Client]:
    """A client after `login()`. `Intents.none()` as a worker has it, but guilds: else discord.py warns."""
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        await client.login(wire.token)
        yield client


def ask(wire: Wire, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request without discord.py's own ways: status, headers, content."""
    line = http.client.HTTPConnection(wire.url.split("/")[2], timeout=10)
    try:
        headers = {"Authorization": f"Bot {wire.token}", "Content-Type": "application/json"}
        line.request(method, PREFIX + path, body, headers)
        response = line.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        line.close()


_SENDER = """
    import asyncio, os, sys, discord
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    async def main():
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            await client.login(os.environ["DISCORD_TOKEN"])
            user = await client.fetch_user(int(sys.argv[1]))
            message = await user.send(sys.argv[2], nonce=sys.argv[3])
            print("sent", message.id, flush=True)
    asyncio.run(main())
"""


def start_sender(wire: Wire, user_id: int, content: str, nonce: str) -> subprocess.Popen[str]:
    """A process that sends one DM and prints `sent <message id>`; the caller ends it."""
    arguments = [sys.executable, "-c", dedent(_SENDER), str(user_id), content, nonce]
    environment = {**os.environ, "DISCORD_API_URL": wire.url, "DISCORD_TOKEN": wire.token}
    return Forked(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
