"""The Discord window: SimCord's preview of one place, as one person. The front door shows it.

SimCord has one preview at a time, and its page shows what it last published: its own presses, and nothing that the
worker or the clock did. `watch` publishes that.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from simcord import ChannelHandle, Env, MemberActor, Preview, SetupError, UserHandle

from novacore.rehearsal.world import Person

# Relative times ("in 5 minutes") are as old as the last publication.
_STALE_AFTER = 30.0
# A publication between a look and a press makes SimCord refuse the press; whoever is pressing is left alone.
_HANDS_OFF = 3.0
# What SimCord's page shows of a channel.
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks at what."""

    person: Person
    channel: ChannelHandle

    @property
    def viewer(self) -> MemberActor | UserHandle:
        """The person as SimCord wants to have it: a member in the server, a user in messages with the bot."""
        return self.person.user if self.channel.guild is None else self.person.member


class Gate:
    """Lets many pass at once, or closes once all have passed."""

    def __init__(self) -> None:
        self._is_open, self._is_empty = asyncio.Event(), asyncio.Event()
        self._is_open.set()
        self._is_empty.set()
        self._inside = 0

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Go through, as soon as it is open."""
        while not self._is_open.is_set():
            await self._is_open.wait()
        self._inside += 1
        self._is_empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._is_empty.set()

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Keep it closed for the block; one at a time, which the caller sees to."""
        self._is_open.clear()
        try:
            await self._is_empty.wait()
            yield
        finally:
            self._is_open.set()


class Window:
    """Opens places and keeps the open one fresh."""

    def __init__(self, env: Env, lock: asyncio.Lock) -> None:
        self.sight: Sight | None = None
        self._env = env
        self._lock = lock
        self._preview: Preview | None = None
        self._stack = AsyncExitStack()
        self._requests = 0
        self._published: Hashable = None
        self._published_at = 0.0
        self._pressed_at = 0.0
        self._presses = 0
        self._gate = Gate()

    @property
    def version(self) -> Hashable:
        """Something that is another after everything that may have changed what can be seen, or who looks."""
        return len(self._env.http_requests), self._presses, self.sight

    async def open(self, sight: Sight) -> None:
        """Show this place instead of the present one. Raises SetupError when that person may not see it."""
        async with self._lock, self._gate.closed():
            await self._end()
            preview = self._env.preview(sight.channel, viewers=[sight.viewer], layout="channel")
            self._preview = await self._stack.enter_async_context(preview)
            self.sight = sight
            self._note_published()

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Ask SimCord within this: no place is exchanged for another meanwhile.

        A browser that is told "nothing here" in such a moment remembers it, and the next page does not load.
        """
        return self._gate.passing()

    async def close(self) -> None:
        """Close what is open, if anything is."""
        async with self._gate.closed():
            await self._end()

    async def _end(self) -> None:
        self.sight, self._preview = None, None
        await self._stack.aclose()

    @property
    def origin(self) -> str | None:
        """Where SimCord serves the open place, or None: nothing is open, or someone ended it in the page."""
        url = self._url()
        return f"http://{urlsplit(url).netloc}" if url else None

    @property
    def capability(self) -> str | None:
        """The secret that SimCord's page must have in its address's fragment, or None as above."""
        url = self._url()
        return urlsplit(url).fragment if url else None

    def _url(self) -> str | None:
        try:
            return self._preview.url if self._preview else None
        except SetupError:
            return None

    def pressed(self) -> None:
        """Tell that the page has just done something: SimCord has published what came of it."""
        self._pressed_at = time.monotonic()
        self._presses += 1
        self._note_published()

    async def watch(self) -> None:
        """Publish the open place if it looks different from what was published, or if its times have grown old."""
        if self._preview is None or self.origin is None:
            return
        now = time.monotonic()
        old = now - self._published_at > _STALE_AFTER and now - self._pressed_at > _HANDS_OFF
        if old or (self._requests != len(self._env.http_requests) and self._looks() != self._published):
            await self.publish()
        self._requests = len(self._env.http_requests)

    async def publish(self) -> None:
        """Show the present state and time in the page."""
        async with self._lock:
            if self._preview is not None and self.origin is not None:
                await self._preview.refresh()
                self._note_published()

    def _note_published(self) -> None:
        self._published_at = time.monotonic()
        self._published = self._looks()
        self._requests = len(self._env.http_requests)

    def _looks(self) -> Hashable:
        if self.sight is None:
            return None
        try:
            history = self.sight.channel.history(viewer=self.sight.viewer)
        except SetupError:
            return "closed to this person"
        return tuple(
            (
                message.id,
                message.content,
                repr([component.to_dict() for component in message.components]),
                repr([embed.to_dict() for embed in message.embeds]),
                tuple(attachment.id for attachment in message.attachments),
                tuple((str(reaction.emoji), reaction.count) for reaction in message.reactions),
            )
            for message in history[-_SHOWN:]
        )
