"""What is heard in the channels of tickets: messages, edits, deletions; channels and people that go.

discord.py calls the listeners by the names of its events. Nothing is raised, and a message anywhere else in the server
costs no database: it is told apart by its channel's id and category. What is missed is found again by
`conversation.reconcile`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import discord
from discord.ext import commands

from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.command_threads import EACH
from novacore.bot.desk import Desk
from novacore.bot.errors import note_trouble
from novacore.bot.lookups import tickets as ticket_lookups
from novacore.errors import Unavailable
from novacore.messages.tickets.contents import is_hidden
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


class TicketEvents(DeskCog):
    """One for each bot. Holds what it has heard and not yet told the shop, a line for each channel.

    A channel's line is told by one command at a time, in its order, and messages that stand in it together by one.
    """

    def __init__(self, desk: Desk, bot: discord.Client) -> None:
        super().__init__(desk)
        self.home: int | None = None
        """The shop's server, as soon as the bot has found it."""
        self._bot = bot
        self._channels: set[int] = set()
        """Channels of tickets that someone has moved out of the categories."""
        self._lines: dict[int, deque[_Heard]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def wake(self) -> None:
        """Learn which channels there are, and have what was missed looked for. Each time that the bot is ready."""
        with _surviving(self.desk, "the start"):
            self._channels.update(await self.desk.run(ticket_lookups.open_channels))
            await self.desk.run(conversation.reconcile)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Hear what someone wrote."""
        if self._concerns(message):
            await self._tell(message.channel.id, said_in(message, message.created_at))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Hear that someone changed what they wrote. Discord reports a link's preview in the same way.

        What Discord keeps back takes the place of nothing that was heard before.
        """
        message = payload.message
        if message.edited_at is not None and self._concerns(message) and not is_hidden(message):
            await self._tell(message.channel.id, _Edited(said_in(message, message.edited_at)))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Hear that a message is gone."""
        await self._tell_deleted(payload.channel_id, [payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Hear that many messages are gone."""
        await self._tell_deleted(payload.channel_id, payload.message_ids)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Hear of a new channel: the shop's own workers make those of tickets, perhaps in another process."""
        if channel.category_id in self._categories:
            self._channels.add(channel.id)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Hear that a channel was changed: by "Sync now", say, which lets its customer out and strangers in."""
        if self._is_tickets(after, after.id) and before.overwrites != after.overwrites:
            async with self._at_work("a channel's permissions"):
                await self.desk.run(access.look_at, after.id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Hear that a channel was deleted, by us or by someone."""
        if self._is_tickets(channel, channel.id):
            self._channels.discard(channel.id)
            async with self._at_work("a deleted channel"):
                await self.desk.run(conversation.channel_deleted, channel.id)

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Hear that someone left the server."""
        if payload.guild_id == self.home:
            async with self._at_work("someone who left"):
                await self.desk.run(conversation.member_left, payload.user.id)

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

    async def _tell_deleted(self, channel_id: int, message_ids: Iterable[int]) -> None:
        if self._is_tickets(self._bot.get_channel(channel_id), channel_id):
            await self._tell(channel_id, _Deleted(tuple(message_ids)))

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
