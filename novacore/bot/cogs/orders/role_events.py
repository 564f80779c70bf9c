"""What is heard of roles that come with products: people who come back to the server, and roles that were put right.

discord.py calls the listeners by the names of its events. Nothing is raised. What is missed is found by the daily look.
"""

import asyncio
import logging
from collections.abc import Callable

import discord
from discord.ext import commands

from novacore import clock
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.command_threads import EACH
from novacore.bot.desk import Desk
from novacore.bot.errors import note_trouble
from novacore.errors import Unavailable
from novacore.workflows.orders.delivered import roles

log = logging.getLogger(__name__)


class RoleEvents(DeskCog):
    """One for each bot."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.home: int | None = None
        """The shop's server, as soon as the bot has found it."""
        self._turns = asyncio.Semaphore(EACH)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Hear that someone is in the server, perhaps again."""
        if member.guild.id == self.home:
            await self._surviving(roles.came_back, member.id, clock.now())

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Hear that a role was moved, or may do something else now: the bot's own is one of them."""
        changed = before.position != after.position or before.permissions != after.permissions
        if after.guild.id == self.home and changed:
            await self._surviving(roles.try_again)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Hear that the bot itself was given another role: Discord tells of that in any case."""
        if after.guild.id == self.home and after.id == after.guild.me.id and before.roles != after.roles:
            await self._surviving(roles.try_again)

    async def _surviving(self, command: Callable[..., int], *given: object) -> None:
        """Run a command when it is one's turn. A bot that stops waits for it."""
        with self.desk.answering():
            async with self._turns:
                try:
                    await self.desk.run(command, *given)
                except Unavailable as trouble:
                    note_trouble(self.desk, trouble)
                except Exception:
                    log.exception("What was heard of a role, or of someone who came back, is lost until the daily look")
