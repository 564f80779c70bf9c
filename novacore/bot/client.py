"""The bot itself: what it hears of Discord, how it opens the shop and how it closes. `cli` and the rehearsal run it."""

import asyncio
import logging

import discord
from discord.ext import commands

from novacore.bot.cogs import COGS
from novacore.bot.cogs.orders.role_events import RoleEvents
from novacore.bot.cogs.tickets.ticket_events import TicketEvents
from novacore.bot.desk import Desk
from novacore.bot.opening import panels, places
from novacore.bot.opening.tree import ShopTree, sync_if_changed
from novacore.bot.router import route
from novacore.bot.uploads.intake import PictureProcessor, StatementReader
from novacore.discord_facts import discord_time, no_voice, rate_limits, unreadable_messages
from novacore.discord_facts.privileged_intents import AskedIntents
from novacore.doctor.work import RollCall
from novacore.errors import SettingsError
from novacore.media.proofs import process
from novacore.settings import Settings
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.statements.read import read

log = logging.getLogger(__name__)


def build_bot(
    shop: Shop,
    settings: Settings,
    roll_call: RollCall | None = None,
    process_picture: PictureProcessor = process,
    read_statement: StatementReader = read,
) -> "ShopBot":
    """Return a bot that is not started. It closes neither the database nor anything else that it was given.

    `roll_call` asks the worker processes who is there; None if the bot's process does all the work.
    `process_picture` makes the pictures of proofs, and `read_statement` reads lists of payments: right here, in a
    thread, unless something better is given.
    """
    return ShopBot(Desk(shop, settings, roll_call, process_picture, read_statement))


class ShopBot(commands.Bot):
    """One shop on Discord. Presses are answered from the first moment; panel and commands come when it is ready."""

    def __init__(self, desk: Desk) -> None:
        asked = AskedIntents()
        no_voice.expect_none()
        super().__init__(
            command_prefix=commands.when_mentioned,  # has to be given; nothing is parsed, see `on_message`
            help_command=None,
            tree_cls=ShopTree,
            intents=asked.intents,
            # A list of members would grow with the server, and nothing here asks it anything: presses bring the
            # member who pressed, and whoever else is meant is fetched.
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # nothing here reads old messages from memory
            http_trace=rate_limits.counted(discord_time.listening()),
        )
        unreadable_messages.steady(self)
        self.desk = desk
        self.asked = asked
        self.places: places.ShopGuild | None = None
        self.refusal: Exception | None = None
        """Why the shop did not open, where it did not: the bot has closed then, and whoever runs it raises this."""
        self._ticket_events, self._role_events = TicketEvents(desk, self), RoleEvents(desk)
        self._opening = asyncio.Lock()
        self._is_complete = False
        self._settled = asyncio.Event()

    async def setup_hook(self) -> None:
        """Add the Cogs before anything is heard of Discord, so that a command right after the start is answered."""
        for cog in COGS:
            await self.add_cog(cog(self.desk))
        await self.add_cog(self._ticket_events)
        await self.add_cog(self._role_events)

    async def on_ready(self) -> None:
        """Open the shop: the servers and channels are known now. Comes again after a long interruption."""
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
            self._ticket_events.home = self._role_events.home = self.places.guild.id
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

    async def on_message(self, message: discord.Message, /) -> None:
        """Parse nothing: every command is a slash command. `TicketEvents` hears what is said in tickets."""

    async def close(self) -> None:
        """Finish what is being answered, leave Discord, end the threads."""
        await self.desk.finish()
        await super().close()
        await self.desk.close()


def _forbidden(where: places.ShopGuild, fault: discord.Forbidden) -> str:
    return (
        f"Discord does not let the bot set up the shop ({fault.text}). Give the bot's role the permissions View "
        f"Channel, Send Messages, Attach Files and Read Message History in #{where.main.name} and "
        f"#{where.support.name}, and invite the bot with the scopes bot and applications.commands."
    )
