"""Discord for handlers: plain blocking calls onto one discord.py client and one event loop per process.

Inside the bot's process (`Calls.embedded`) these are the bot's own; a worker process (`Calls.rest`) starts a loop
in a thread and logs in for REST only, at its first call. A loop per job measured a third as fast.
"""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import discord

from novacore.db import unit_of_work
from novacore.discord_facts import rate_limits
from novacore.discord_facts.error_codes import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from novacore.errors import NovaCoreError
from novacore.tasks.discord import answers, search, turns
from novacore.tasks.discord.clients import BorrowedClient, ClientSource, RestClient, release_global_limit
from novacore.tasks.discord.turns import OneProcess, Turns

CALL_SECONDS = 20.0
"""For one call, discord.py's own waiting (rate limits, its five tries) included."""

SEND_SECONDS = 30.0
"""For one send: a file of 10 MiB on a slow line. Well under the lease, so that no send outlives its claim."""

SENT_IN_TIME = 10 * 1024 * 1024
"""Bytes that are sent in that time. Files of twice as much get twice as long, which is still under the lease."""

PAGE_SECONDS = 10.0
"""For an edit of a private page, which has a few kilobytes: it may not hold up what people have paid for."""

_GRACE_SECONDS = 5.0
"""How long past its time the loop gets to cancel a call, before we stop believing in the loop."""

T = TypeVar("T")


class CallsClosed(NovaCoreError):
    """The process is stopping: the call was cut off, or not begun."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes out. Made on the event loop, again for each try: a file can be read only once."""

    view: discord.ui.LayoutView
    files: Sequence[discord.File] = ()
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Where a message stands."""

    channel_id: int
    message_id: int


Build = Callable[[], Outgoing]


class Calls:
    """Every call blocks the calling thread, and raises what discord.py raises, TimeoutError or CallsClosed."""

    def __init__(
        self,
        line: ClientSource,
        send_seconds: float = SEND_SECONDS,
        shared: Turns | None = None,
        turn_seconds: float = turns.PATIENCE_SECONDS,
    ) -> None:
        self.send_seconds, self._turn_seconds = send_seconds, turn_seconds
        self.dress: Callable[[discord.ui.LayoutView], None] = lambda _view: None
        """Puts the shop's own look on whatever goes out."""
        self._line = line
        self._turns = shared or OneProcess()
        self._stopping = threading.Event()
        self._guilds: dict[int, int] = {}
        self._lock = threading.Lock()
        self._open_calls: set[concurrent.futures.Future[Any]] = set()
        self._closed = False
        self._webhooks = answers.CURRENT.get()

    @classmethod
    def embedded(cls, client: discord.Client, loop: asyncio.AbstractEventLoop) -> "Calls":
        """Use the bot's own client on the bot's own loop. `close` leaves both running."""
        return cls(BorrowedClient(client, loop))

    @classmethod
    def rest(
        cls,
        token: str,
        api_url: str | None = None,
        send_seconds: float = SEND_SECONDS,
        shared: Turns | None = None,
        turn_seconds: float = turns.PATIENCE_SECONDS,
    ) -> "Calls":
        """Log in for REST only, at the first call: safe to make before a fork. `shared`: turns with other processes.

        A thread waits for `turn_seconds` for its turn: with the send that follows, a job's lease has to outlast it.
        """
        return cls(RestClient(token, api_url), send_seconds, shared, turn_seconds)

    def call(
        self,
        what: Callable[[discord.Client], Awaitable[T]],
        seconds: float = CALL_SECONDS,
        turn: tuple[str, int] | None = None,
    ) -> T:
        """Run a coroutine with the client on the loop and wait for it. Everything below goes through here.

        `turn` is the route on which the processes take turns, and the channel or server in which. Raises RuntimeError
        inside a transaction (it would hold its locks for as long as Discord likes) and on the loop's own thread (it
        would wait for itself).
        """
        if unit_of_work.in_transaction():
            raise RuntimeError("A transaction is open: nothing may go over the network before it has committed.")
        if self._closed:
            raise CallsClosed("The shop is stopping.")
        if turn is not None:
            self._await_turn(*turn)
        client, loop = self._ready()
        future = self._submit(_within(what, client, seconds), loop)
        try:
            return future.result(seconds + _GRACE_SECONDS)
        except concurrent.futures.CancelledError:
            raise CallsClosed("The shop is stopping.") from None
        finally:
            future.cancel()
            with self._lock:
                self._open_calls.discard(future)

    def _await_turn(self, route: str, place: int) -> None:
        """Wait until it is our turn. Raises NotOurTurn where that takes long: the job waits in its row."""
        ends = time.monotonic() + self._turn_seconds
        while wait := self._turns.wait(route, place):
            if time.monotonic() + wait > ends:
                raise turns.NotOurTurn(wait)
            if self._stopping.wait(wait):
                raise CallsClosed("The shop is stopping.")

    def _ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
        try:
            return self._line.ready()
        except concurrent.futures.CancelledError:
            raise CallsClosed("The shop is stopping.") from None

    def seconds_to_send(self, size: int) -> float:
        """Return how long a message with files of so many bytes may take."""
        return self.send_seconds * max(1.0, size / SENT_IN_TIME)

    def send(self, channel_id: int, build: Build, nonce: str, size: int = 0) -> SentMessage:
        """Send a message; Discord drops repeats of a nonce for some minutes. For `send_once`: no handler calls it.

        `size` is what large files in it come to, in bytes.
        """

        async def run(client: discord.Client) -> SentMessage:
            out = self._built(build)
            message = await client.get_partial_messageable(channel_id).send(
                view=out.view, files=list(out.files), allowed_mentions=out.mentions, nonce=nonce
            )
            return SentMessage(channel_id, message.id)

        return self.call(run, self.seconds_to_send(size), (rate_limits.POST_MESSAGE, channel_id))

    def edit(self, channel_id: int, message_id: int, build: Build) -> bool:
        """Show the message again; its files are replaced by the built ones. False: it is gone."""

        async def run(client: discord.Client) -> None:
            out = self._built(build)
            message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
            await message.edit(view=out.view, attachments=list(out.files), allowed_mentions=out.mentions)

        return self._if_there(run, self.send_seconds, (rate_limits.EDIT_MESSAGE, channel_id))

    def edit_answer(self, token: str, message_id: int | None, build: Build) -> None:
        """Show the answer to an interaction again, by the interaction's token; None is the answer itself.

        Raises discord.HTTPException with 50027 or 10015 once the token is over, with 10008 once the message is gone.
        """

        async def run(client: discord.Client) -> None:
            out = self._built(build)
            await answers.edit(client, self._webhooks, token, message_id, out.view, list(out.files))

        self.call(run, PAGE_SECONDS)

    def delete(self, channel_id: int, message_id: int) -> bool:
        """Delete a message. False: it was gone already."""

        async def run(client: discord.Client) -> None:
            await client.get_partial_messageable(channel_id).get_partial_message(message_id).delete()

        return self._if_there(run)

    def dm_channel(self, user_id: int) -> int:
        """Open the DM channel with a person and return its id. Works with closed DMs too: only the send is refused."""

        async def run(client: discord.Client) -> int:
            return (await client.create_dm(discord.Object(user_id))).id

        return self.call(run)

    def find_by_token(self, channel_id: int, token: str, since: datetime) -> int | None:
        """Look for our own message that shows `token`, sent since about then; returns its id."""
        return self.call(lambda client: search.find(client, channel_id, token, since))

    def fetch_user(self, user_id: int) -> discord.User:
        """Ask Discord who that is. Raises discord.NotFound for an account that never was."""
        return self.call(lambda client: client.fetch_user(user_id))

    def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Give a member a role; giving it twice is fine. `reason` goes to the server's audit log."""
        turn = rate_limits.GIVE_ROLE, guild_id
        self.call(lambda client: client.http.add_role(guild_id, user_id, role_id, reason=reason), turn=turn)

    def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take a role from a member; taking it twice is fine."""
        turn = rate_limits.TAKE_ROLE, guild_id
        self.call(lambda client: client.http.remove_role(guild_id, user_id, role_id, reason=reason), turn=turn)

    def guild_of(self, channel_id: int) -> int:
        """Return the id of the server that a channel belongs to; Discord is asked once. Raises what Discord says."""

        async def ask(client: discord.Client) -> int:
            channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
            if not isinstance(channel, discord.abc.GuildChannel):
                raise TypeError(f"{channel_id} is no channel of a server.")
            return channel.guild.id

        if channel_id not in self._guilds:
            self._guilds[channel_id] = self.call(ask)
        return self._guilds[channel_id]

    def close(self) -> None:
        """Cut off the calls in flight (CallsClosed to their callers), take no new ones, end a line of our own."""
        with self._lock:
            self._closed = True
            self._stopping.set()
            calls = tuple(self._open_calls)
        for call in calls:
            call.cancel()
        self._line.close()

    def _submit(
        self, coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop
    ) -> concurrent.futures.Future[T]:
        with self._lock:
            if self._closed or loop.is_closed():
                coroutine.close()
                raise CallsClosed("The shop is stopping.")
            future = asyncio.run_coroutine_threadsafe(coroutine, loop)
            self._open_calls.add(future)
            return future

    def _built(self, build: Build) -> Outgoing:
        out = build()
        self.dress(out.view)
        # A view that still listens would be kept in discord.py's store for ever. Ours are answered by their custom ids.
        out.view.stop()
        return out

    def _if_there(
        self,
        what: Callable[[discord.Client], Awaitable[None]],
        seconds: float = CALL_SECONDS,
        turn: tuple[str, int] | None = None,
    ) -> bool:
        try:
            self.call(what, seconds, turn)
        except discord.NotFound as error:
            if error.code not in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE):
                raise
            return False
        return True


async def _within(what: Callable[[discord.Client], Awaitable[T]], client: discord.Client, seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await what(client)
    except TimeoutError:
        raise TimeoutError(f"Discord took longer than {seconds:g} seconds.") from None
    finally:
        release_global_limit(client)
