"""Where a gateway's client and event loop come from: borrowed from the bot, or a REST-only client of this process."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import discord
from discord.http import Route

LONGEST_LIMIT_SECONDS = 30.0
"""Longer rate limits are raised as discord.RateLimited, and the job waits them out in its row. discord.py's minimum."""

_LOGIN_SECONDS = 20.0

T = TypeVar("T")


class Line(Protocol):
    """A logged-in client and the loop it lives on."""

    def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        """Return both; logs in first where that has not been done. Raises what the login raises, or TimeoutError."""

    def close(self) -> None:
        """End what was started here; what was borrowed stays as it is."""


class BorrowedLine:
    """The bot's own client and loop."""

    def __init__(self, client: discord.Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client, self._loop = client, loop

    def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        """Return both. Raises RuntimeError on the loop's own thread, which would wait for itself."""
        try:
            inside = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            inside = False
        if inside:
            raise RuntimeError("This is the event loop's own thread: it cannot wait for itself.")
        return self._client, self._loop

    def close(self) -> None:
        """Leave both to the bot."""


class RestLine:
    """A thread with a loop, and a client that never opens a websocket. Two requests to log in, at the first call."""

    def __init__(self, token: str, api_url: str | None) -> None:
        self._token, self._api_url = token, api_url
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop = asyncio.new_event_loop()
        self._client: discord.Client | None = None

    def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        """Return both, logged in. A login that failed is tried again at the next call."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop.run_forever, name="discord-rest", daemon=True)
                self._thread.start()
            if self._client is None:
                self._client = self._run(_log_in(self._token, self._api_url))
            return self._client, self._loop

    def close(self) -> None:
        """Log out and end the thread."""
        with self._lock:
            if self._thread is None:
                return
            if self._client is not None:
                self._run(self._client.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_LOGIN_SECONDS)
            self._loop.close()
            self._thread = self._client = None

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


async def _log_in(token: str, api_url: str | None) -> discord.Client:
    if api_url:
        point_discord_at(api_url)
    client = discord.Client(
        intents=discord.Intents(guilds=True),  # nothing is received; without any discord.py grumbles in the log
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        max_ratelimit_timeout=LONGEST_LIMIT_SECONDS,
    )
    try:
        async with asyncio.timeout(_LOGIN_SECONDS):
            await client.login(token)
    except BaseException:
        await client.close()
        raise
    return client


def point_discord_at(url: str) -> None:
    """Send every REST call of this process to `url` (DISCORD_API_URL) instead of discord.com. Before the first call.

    Without a path it gets the one of Discord's API that discord.py speaks.
    """
    own_path = urlsplit(Route.BASE).path
    Route.BASE = url.rstrip("/") if urlsplit(url).path.strip("/") else url.rstrip("/") + own_path


def release_global_limit(client: discord.Client) -> None:
    """Open discord.py's gate for the global rate limit again, should a call that was cancelled have left it shut.

    discord.py 2.7.1 shuts `_global_over`, sleeps, and opens it; cancelled in that sleep it never opens it, and every
    later request of the process waits for ever (http.py, `HTTPClient.request`). Opening it too early costs one 429.
    """
    gate = getattr(client.http, "_global_over", None)
    if isinstance(gate, asyncio.Event) and not gate.is_set():
        asyncio.get_running_loop().call_later(LONGEST_LIMIT_SECONDS, gate.set)
