"""Where the client and the event loop of `calls.Calls` come from: borrowed from the bot, or a REST-only client here."""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from novacore.discord_facts import discord_time, no_voice, rate_limits, unreadable_messages

LONGEST_LIMIT_SECONDS = 30.0
"""Longer rate limits are raised as discord.RateLimited, and the job waits them out in its row. discord.py's minimum."""

_LOGIN_SECONDS = 20.0
_START_SECONDS, _LOOK_SECONDS = 5.0, 0.05
_CLEAR_UP_SECONDS = 1.0

T = TypeVar("T")


class ClientSource(Protocol):
    """A logged-in client and the loop it lives on."""

    def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        """Return both; logs in first where that has not been done. Raises what the login raises, or TimeoutError."""

    def close(self) -> None:
        """End what was started here; what was borrowed stays as it is."""


class BorrowedClient:
    """The bot's own client and loop."""

    def __init__(self, client: discord.Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client, self._loop = client, loop

    def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        """Return both, once the bot is logged in: jobs are there before it is.

        Raises ConnectionError when that takes long, and RuntimeError on the loop's own thread, which would wait for
        itself.
        """
        try:
            inside = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            inside = False
        if inside:
            raise RuntimeError("This is the event loop's own thread: it cannot wait for itself.")
        deadline = time.monotonic() + _START_SECONDS
        while self._client.user is None and not self._loop.is_closed():
            if time.monotonic() > deadline:
                raise ConnectionError("The bot is not logged in.")
            time.sleep(_LOOK_SECONDS)
        return self._client, self._loop

    def close(self) -> None:
        """Leave both to the bot."""


class RestClient:
    """A thread with a loop, and a client that never opens a websocket. Two requests to log in, at the first call.

    Nothing exists before that: a loop made before a fork would be shared by both processes.
    """

    def __init__(self, token: str, api_url: str | None) -> None:
        self._token, self._api_url = token, api_url
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: discord.Client | None = None
        self._login: concurrent.futures.Future[discord.Client] | None = None

    def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        """Return both, logged in. A login that failed is tried again at the next call; `close` cancels one."""
        with self._lock:
            loop = self._loop or self._start()
            if self._client is None:
                self._login = asyncio.run_coroutine_threadsafe(_log_in(self._token, self._api_url), loop)
                self._client = self._login.result()
            return self._client, loop

    def close(self) -> None:
        """Log out and end the thread. A later call would begin again."""
        login = self._login
        if login is not None:
            login.cancel()  # else whoever holds the lock would wait for as long as Discord does
        with self._lock:
            loop, thread, client = self._loop, self._thread, self._client
            self._loop = self._thread = self._client = None
            if loop is None or thread is None:
                return
            if client is not None:
                _run(client.close(), loop)
            _run(_let_the_cancelled_end(), loop)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_LOGIN_SECONDS)
            loop.close()

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=loop.run_forever, name="discord-rest", daemon=True)
        self._thread.start()
        return loop


def _run(coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result()


async def _let_the_cancelled_end() -> None:
    """Give calls that were cut off the moment they need to clear up: a login has a session to close."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_CLEAR_UP_SECONDS)


async def _log_in(token: str, api_url: str | None) -> discord.Client:
    if api_url:
        point_discord_at(api_url)
    no_voice.expect_none()
    client = discord.Client(
        intents=discord.Intents(guilds=True),  # nothing is received; without any discord.py grumbles in the log
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        max_ratelimit_timeout=LONGEST_LIMIT_SECONDS,
        http_trace=rate_limits.counted(discord_time.listening()),
    )
    unreadable_messages.steady(client)
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


async def find_gateway(client: discord.Client) -> None:
    """Let the bot's websocket go where `GET /gateway/bot` says. After the login, before the first connection.

    Left to itself discord.py 2.7.1 asks nobody and connects to Discord's own address, whatever the REST calls go to.
    """
    _, url, _ = await client.http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = URL(url)


def release_global_limit(client: discord.Client) -> None:
    """Open discord.py's gate for the global rate limit again, should a call that was cancelled have left it shut.

    discord.py 2.7.1 shuts `_global_over`, sleeps, and opens it; cancelled in that sleep it never opens it, and every
    later request of the process waits for ever (http.py, `HTTPClient.request`). Opening it too early costs one 429.
    """
    gate = getattr(client.http, "_global_over", None)
    if isinstance(gate, asyncio.Event) and not gate.is_set():
        asyncio.get_running_loop().call_later(LONGEST_LIMIT_SECONDS, gate.set)
