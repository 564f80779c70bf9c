"""The bot itself: what it hears of Discord, how it opens the shop and how it closes. `cli` and the rehearsal run it."""

import asyncio
import logging

import discord

from novacore.bot.cogs.tickets.ticket_events import TicketEvents
from novacore.bot.desk import Desk
from novacore.bot.opening import panels, places
from novacore.bot.opening.tree import ShopTree, sync_if_changed
from novacore.bot.router import route
from novacore.bot.uploads.intake import PictureProcessor
from novacore.discord_facts import discord_time, unreadable_messages
from novacore.doctor.work import RollCall
from novacore.errors import SettingsError
from novacore.media.proofs import process
from novacore.settings import Settings
from novacore.workflows.machine.shop import Shop

log = logging.getLogger(__name__)


def build_bot(
    shop: Shop, settings: Settings, roll_call: RollCall | None = None, process_picture: PictureProcessor = process
) -> "ShopBot":
    """Return a bot that is not started. It closes neither the database nor anything else that it was given.

    `roll_call` asks the worker processes who is there; None if the bot's process does all the work.
    `process_picture` makes the pictures of proofs: right here, in a thread, unless something better is given.
    """
    return ShopBot(Desk(shop, settings, roll_call, process_picture))


class ShopBot(discord.Client):
    """One shop on Discord. Presses are answered from the first moment; panel and commands come when it is ready."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            intents=_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # nothing here reads old messages from memory
            http_trace=discord_time.listening(),
        )
        unreadable_messages.steady(self)
        self.desk = desk
        self.tree = ShopTree(self)
        self.places: places.ShopGuild | None = None
        self.refusal: Exception | None = None
        """Why the shop did not open, where it did not: the bot has closed then, and whoever runs it raises this."""
        self._ticket_events = TicketEvents(desk)
        self._opening = asyncio.Lock()
        self._is_complete = False
        self._settled = asyncio.Event()

    async def on_ready(self) -> None:
        """Open the shop: the servers, channels and members are known now. Comes again after a long interruption."""
        try:
            await self.open_shop()
            await self._ticket_events.wake()
        except SettingsError as refusal:
            for fault in refusal.faults:
                log.critical("%s", fault)
            await self._give_up(refusal)
        except Exception as fault:
            if self.is_closed():  # it was stopped while it opened, and what it was at was cut off
                return self._settled.set()
            log.exception("The shop could not be opened")
            await self._give_up(fault)

    async def _give_up(self, reason: Exception) -> None:
        """Stop, unless the shop has been open already and presses can be answered all the same."""
        if self._settled.is_set():
            return
        self.refusal = reason
        self._settled.set()
        await self.close()

    async def open_shop(self) -> None:
        """Look whether everything is there, tell Discord of the commands, post the panel. The second time: nothing.

        What Discord refuses for the moment is logged and tried again when it is ready the next time; the shop is open
        all the same. Raises SettingsError.
        """
        async with self._opening:
            if self._is_complete:
                return
            self.places = places.find(self, self.desk.settings)
            if not self.places.guild.chunked:  # its list of members came too late for Discord's "ready"
                await self.places.guild.chunk()
            try:
                await sync_if_changed(self.tree, self.places.guild, self.desk)
                await panels.post(self.desk, panels.SHOP, self.places.main)
                await panels.post(self.desk, panels.TICKETS, self.places.support)
                self._is_complete = True
            except discord.Forbidden as fault:
                raise SettingsError([_forbidden(self.places, fault)]) from fault
            except discord.HTTPException:
                log.exception("Commands and panel are not up to date; it is tried again at the next connection")
            self._settled.set()

    async def wait_until_open(self) -> None:
        """Wait for the end of the first `open_shop`. Raises what it raised. Not to be awaited in a handler."""
        await self._settled.wait()
        if self.refusal:
            raise self.refusal

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a press or a form."""
        await route(self.desk, interaction)

    # What is heard in the channels of tickets. discord.py calls these by their names.

    async def on_message(self, message: discord.Message) -> None:
        """Hear what someone wrote."""
        await self._ticket_events.message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Hear that someone changed what they wrote."""
        await self._ticket_events.edit(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Hear that a message is gone."""
        await self._ticket_events.deletion(
            self.get_channel(payload.channel_id), payload.channel_id, [payload.message_id]
        )

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Hear that many messages are gone."""
        await self._ticket_events.deletion(
            self.get_channel(payload.channel_id), payload.channel_id, payload.message_ids
        )

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Hear of a new channel."""
        self._ticket_events.channel_made(channel)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Hear that a channel was changed."""
        await self._ticket_events.channel_changed(before, after)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Hear that a channel was deleted."""
        await self._ticket_events.channel_gone(channel)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Hear that someone left the server."""
        if self.places is not None and payload.guild_id == self.places.guild.id:
            await self._ticket_events.member_gone(payload.user.id)

    async def close(self) -> None:
        """Finish what is being answered, leave Discord, end the threads."""
        await self.desk.finish()
        await super().close()
        await self.desk.close()


def _intents() -> discord.Intents:
    """Servers and roles; members, to hear who leaves; messages and what is in them, for transcripts of tickets."""
    intents = discord.Intents.none()
    intents.guilds = intents.members = intents.guild_messages = intents.message_content = True
    return intents


def _forbidden(where: places.ShopGuild, fault: discord.Forbidden) -> str:
    return (
        f"Discord does not let the bot set up the shop ({fault.text}). Give the bot's role the permissions View "
        f"Channel, Send Messages, Attach Files and Read Message History in #{where.main.name} and "
        f"#{where.support.name}, and invite the bot with the scopes bot and applications.commands."
    )
