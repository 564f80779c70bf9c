"""The desk that every handler works at: the shop, who someone is, and the threads in which commands run.

The event loop acknowledges and never waits for the database: commands are synchronous and do that in a thread.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import discord

from novacore.bot.command_threads import CommandThreads
from novacore.bot.uploads.intake import Intake, PictureProcessor, StatementReader
from novacore.doctor.work import RollCall
from novacore.media.proofs import process
from novacore.settings import Settings
from novacore.telemetry.quiet_log import QuietLog
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.statements.read import read

log = logging.getLogger(__name__)

FAREWELL_SECONDS = 10.0
"""How long a stop waits for presses that are being answered."""

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """One for each bot, and gone with it."""

    def __init__(
        self,
        shop: Shop,
        settings: Settings,
        roll_call: RollCall | None = None,
        process_picture: PictureProcessor = process,
        read_statement: StatementReader = read,
    ) -> None:
        self.shop = shop
        self.settings = settings
        self.roll_call = roll_call
        """Asks the worker processes who is there; None if this process does all the work."""
        self.intake = Intake(process_picture, read_statement)
        """Room for the files that people send."""
        self.quiet = QuietLog(log)
        """For what would be said with every press while the database is away."""
        self.command_ids: Mapping[str, int] = {}
        """What Discord has given to each slash command, by its name, once we have heard: so `/help` can link them."""
        self._threads = CommandThreads()
        self._answering: set[asyncio.Task[Any]] = set()

    async def run(self, command: Callable[Concatenate[Shop, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `command(shop, ...)`, run in a thread; raises what it raises. Only after the acknowledgement.

        A command that finds the database away is run again until it has come back, for ten seconds.
        """
        # The context goes along, so that the thread's log lines name the order as well.
        work = partial(contextvars.copy_context().run, command, self.shop, *args, **kwargs)
        return await self._threads.run(work)

    def actor_of(self, user: discord.User | discord.Member) -> Actor:
        """Say who acts, by the roles that this interaction names. In a DM nobody has roles: a plain customer."""
        roles = {role.id for role in user.roles} if isinstance(user, discord.Member) else set()
        return Actor(
            user.id,
            user.display_name,
            is_staff=not roles.isdisjoint(self.settings.staff_role_ids),
            is_owner=self.settings.owner_role_id in roles,
            is_reviewer=not roles.isdisjoint(self.settings.reviewer_role_ids),
            joined_at=user.joined_at if isinstance(user, discord.Member) else None,
        )

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Mark this task as one that someone waits for."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("An interaction is answered in a task of the event loop.")
        self._answering.add(task)
        try:
            yield
        finally:
            self._answering.discard(task)

    async def finish(self) -> None:
        """Wait until everybody has their answer, within bounds. While Discord can still be reached."""
        if others := self._answering - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=FAREWELL_SECONDS)

    async def close(self) -> None:
        """Let the running commands finish, without holding up the loop that they may be waiting for."""
        await asyncio.to_thread(self._threads.close)
        await asyncio.to_thread(self.intake.close)


def desk_of(interaction: discord.Interaction[Any]) -> Desk:
    """Return the desk of the bot that got this interaction, for slash commands: Discord's library calls them itself."""
    desk: Desk = interaction.client.desk
    return desk
