"""What is heard in the channels of tickets: messages, edits, deletions; channels and people that go.

The client's listeners come here. Nothing is raised, and a message anywhere else in the server costs no database: it is
told apart by its channel's id and category. What is missed is found again by `ticket_talk.reconcile`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import discord

from novacore.bot.command_threads import EACH
from novacore.bot.desk import Desk
from novacore.bot.errors import note_trouble
from novacore.bot.lookups import tickets as ticket_lookups
from novacore.errors import Unavailable
from novacore.messages.tickets.speech import is_said, said_in
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import access, conversation
from novacore.workflows.tickets.wordings import Said

log = logging.getLogger(__name__)


AT_ONCE = EACH
"""Commands for what was heard at one time: presses find free threads, however many people write or leave."""


@dataclass(frozen=True, slots=True)
class _Edited:
    said: Said


@dataclass(frozen=True, slots=True)
class _Deleted:
    message_ids: tuple[int, ...]


_Heard = Said | _Edited | _Deleted


@dataclass
class TicketEvents:
    """One for each bot. Holds what it has heard and not yet told the shop, a line for each channel.

    A channel's line is told by one command at a time, in its order, and messages that stand in it together by one.
    """

    desk: Desk
    _channels: set[int] = field(default_factory=set)
    """Channels of tickets that someone has moved out of the categories."""
    _lines: dict[int, deque[_Heard]] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def wake(self) -> None:
        """Learn which channels there are, and have what was missed looked for. Each time that the bot is ready."""
        with _surviving(self.desk, "the start"):
            self._channels.update(await self.desk.run(ticket_lookups.open_channels))
            await self.desk.run(conversation.reconcile)

    async def message(self, message: discord.Message) -> None:
        """Hear what someone wrote."""
        if self._concerns(message):
            await self._tell(message.channel.id, said_in(message, message.created_at))

    async def edit(self, message: discord.Message) -> None:
        """Hear that someone changed what they wrote. Discord reports a link's preview in the same way."""
        if message.edited_at is not None and self._concerns(message):
            await self._tell(message.channel.id, _Edited(said_in(message, message.edited_at)))

    async def deletion(self, channel: object, channel_id: int, message_ids: Iterable[int]) -> None:
        """Hear that messages are gone."""
        if self._is_tickets(channel, channel_id):
            await self._tell(channel_id, _Deleted(tuple(message_ids)))

    def channel_made(self, channel: discord.abc.GuildChannel) -> None:
        """Hear of a new channel: the shop's own workers make those of tickets, perhaps in another process."""
        if channel.category_id in self._categories:
            self._channels.add(channel.id)

    async def channel_changed(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Hear that a channel was changed: by "Sync now", say, which lets its customer out and strangers in."""
        if self._is_tickets(after, after.id) and before.overwrites != after.overwrites:
            async with self._at_work("a channel's permissions"):
                await self.desk.run(access.look_at, after.id)

    async def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """Hear that a channel was deleted, by us or by someone."""
        if self._is_tickets(channel, channel.id):
            self._channels.discard(channel.id)
            async with self._at_work("a deleted channel"):
                await self.desk.run(conversation.channel_deleted, channel.id)

    async def member_gone(self, user_id: int) -> None:
        """Hear that someone left the server."""
        async with self._at_work("someone who left"):
            await self.desk.run(conversation.member_left, user_id)

    @property
    def _categories(self) -> set[int | None]:
        settings = self.desk.settings
        return {settings.ticket_category_id, settings.ticket_overflow_category_id} - {None}

    def _concerns(self, message: discord.Message) -> bool:
        return is_said(message) and self._is_tickets(message.channel, message.channel.id)

    def _is_tickets(self, channel: object, channel_id: int) -> bool:
        if channel_id in self._channels:
            return True
        return isinstance(channel, discord.TextChannel) and channel.category_id in self._categories

    async def _tell(self, channel_id: int, heard: _Heard) -> None:
        """Put it at the end of its channel's line; whoever finds the line empty tells it, until it is empty again."""
        line = self._lines.get(channel_id)
        if line is not None:
            line.append(heard)
            return
        line = self._lines[channel_id] = deque([heard])
        try:
            while line:
                async with self._at_work("what was said"):
                    await self.desk.run(_next_of(line), channel_id)
        finally:
            del self._lines[channel_id]

    @asynccontextmanager
    async def _at_work(self, what: str) -> AsyncIterator[None]:
        """Wait for one's turn. A bot that stops waits for what is inside, and nothing is let out."""
        with self.desk.answering(), _surviving(self.desk, what):
            async with self._turns:
                yield


@contextmanager
def _surviving(desk: Desk, what: str) -> Iterator[None]:
    try:
        yield
    except Unavailable as trouble:
        note_trouble(desk, trouble)
    except Exception:
        log.exception("A ticket may not know of %s before the bot is ready the next time", what)


def _next_of(line: deque[_Heard]) -> Callable[[Shop, int], object]:
    """Take from the line what one command can tell: an edit, a deletion, or all messages up to the next of those."""
    first = line.popleft()
    if isinstance(first, _Edited):
        edited = first.said
        return lambda shop, channel_id: conversation.note_edit(shop, channel_id, edited)
    if isinstance(first, _Deleted):
        ids = first.message_ids
        return lambda shop, channel_id: conversation.note_delete(shop, channel_id, ids)
    together = [first]
    while line and isinstance(following := line[0], Said):
        together.append(following)
        line.popleft()
    return lambda shop, channel_id: conversation.note_messages(shop, channel_id, together)
