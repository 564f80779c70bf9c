"""The whole examination, in the order in which things are best fixed. One fault hides no other.

`novacore.entry.check_up` (the command) and the owner's `/doctor` call these with what they have: a database, a client.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import aiohttp
import discord

from novacore import clock
from novacore.db.engine import Database
from novacore.db.queries.orders import own_methods
from novacore.doctor import clocks, machine, news, places, sold_roles, work
from novacore.doctor.findings import Finding, Level, fault, ok
from novacore.doctor.server import read_server
from novacore.doctor.work import RollCall
from novacore.settings import Settings
from novacore.states.sold_roles import SoldRole

DISCORD_SECONDS = 15.0
"""Long enough for a rate limit; discord.py itself would try for half a minute."""

_PORTAL = "In the Discord developer portal open your application, then Bot:"


Sign = Callable[[Database, datetime], Finding]

BY_THE_BOT: tuple[Sign, ...] = (work.sweep, work.backlog)
BY_HAND: tuple[Sign, ...] = (work.bot, *BY_THE_BOT)
"""Signs of life to read_server for. The bot that asks needs no proof that it is there."""


def shop(
    settings: Settings, database: Database, roll_call: RollCall | None, signs: Sequence[Sign] = BY_HAND
) -> list[Finding]:
    """Look at settings, machine, database and work. Blocks for a second or two; `roll_call` asks the workers."""
    here = (machine.settings, machine.disks, machine.files)
    return [*(found for look_at in here for found in look_at(settings)), *_kept(settings, database, roll_call, signs)]


def _kept(
    settings: Settings, database: Database, roll_call: RollCall | None, signs: Sequence[Sign]
) -> Iterator[Finding]:
    answers = work.database(database)
    yield answers
    yield from work.workers(roll_call)
    if answers.level is Level.fault:
        return
    now = clock.now()
    yield from clocks.database(database)
    yield from machine.key(settings, database)
    yield from machine.currency(settings, database)
    yield from machine.payments(settings, own_methods.names_on_sale(database))
    yield from (look_for(database, now) for look_for in signs)
    yield from work.left_over(database, now)
    yield from work.codes(database, settings.currency)


async def server(
    client: discord.Client, settings: Settings, sold: Sequence[SoldRole] = (), seconds: float = DISCORD_SECONDS
) -> list[Finding]:
    """Look at the Discord server through a client that is logged in; give up after so many seconds.

    `sold` are the roles that come with products (`queries.catalog.sold_roles`).
    """
    try:
        async with asyncio.timeout(seconds):
            seen = await read_server(client, settings)
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as error:
        return [unreachable(error)]
    known = ok("DISCORD_TOKEN", "Discord knows the bot.")
    if seen is None:
        fix = "Invite the bot to your server, or copy the ids of the channels again."
        return [known, fault("Server", "The bot is in no server that has one of the shop's channels.", fix)]
    of_places = [*places.examine(seen, settings), *news.examine(seen, settings)]
    return [known, *clocks.discord(), *of_places, *sold_roles.examine(seen, settings, sold)]


def unreachable(error: Exception) -> Finding:
    """Say why Discord could not be asked."""
    if isinstance(error, discord.LoginFailure):
        fix = f"{_PORTAL} press Reset Token, and copy the new one."
        return fault("DISCORD_TOKEN", "Discord does not know this token.", fix)
    fix = "Check this machine's way to the internet, and https://discordstatus.com."
    return fault("Discord", f"It cannot be asked ({type(error).__name__}).", fix)
