"""Connects the bot to Discord for the first time. From then on discord.py comes back by itself after each break."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import aiohttp
import discord

from novacore.discord_facts.privileged_intents import PORTAL, AskedIntents, Privileged
from novacore.errors import NovaCoreError, SettingsError
from novacore.tasks.discord.clients import find_gateway

log = logging.getLogger(__name__)

WAITS: Final = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds between tries to reach Discord at the start; then the process ends, and whoever supervises it decides."""

_UNREACHABLE: Final = (OSError, aiohttp.ClientError, discord.DiscordServerError, discord.GatewayNotFound)

_PORTAL: Final = "In the Discord developer portal open your application, then Bot:"
_WRONG_TOKEN: Final = (
    f"DISCORD_TOKEN: Discord does not know this token. {_PORTAL} press Reset Token and copy the new one."
)
_AWAY: Final = "Discord can't be reached, so the shop didn't open. {check} Then start the shop again."
_SHUT_OUT: Final = (
    "Discord takes no requests from this machine right now, because it got too many, so the shop didn't open. Start it "
    "again in an hour, and look for other programs that use this token or this machine's address."
)
_TOO_MANY: Final = 429
_DISCORDS_OWN: Final = "Check this machine's connection to the internet, and https://discordstatus.com."
_OWN_ADDRESS: Final = "Check DISCORD_API_URL, and that a server answers there."


async def connect(
    bot: discord.Client, asked: AskedIntents, token: str, api_url: str | None, waits: Sequence[float] = WAITS
) -> None:
    """Log in and stay connected, with those privileged intents of `asked` that Discord grants.

    Raises SettingsError for a token that Discord doesn't know, and NovaCoreError where it can't be reached, after so
    many seconds between tries.
    """
    try:
        await _patiently(lambda: _log_in(bot, token), waits)
        _say_what_is_missing(asked.allow(bot.application_flags))
        if api_url:
            await _patiently(lambda: find_gateway(bot), waits)
        await _patiently(lambda: _stay_connected(bot, asked), waits)
    except discord.LoginFailure:
        raise SettingsError([_WRONG_TOKEN]) from None
    except (*_UNREACHABLE, discord.HTTPException) as error:
        if not _may_pass(error):
            raise
        log.debug("Discord can't be reached", exc_info=error)
        if isinstance(error, discord.HTTPException) and error.status == _TOO_MANY:
            raise NovaCoreError(_SHUT_OUT) from None
        raise NovaCoreError(_AWAY.format(check=_OWN_ADDRESS if api_url else _DISCORDS_OWN)) from None


def _may_pass(error: Exception) -> bool:
    return isinstance(error, _UNREACHABLE) or (isinstance(error, discord.HTTPException) and error.status == _TOO_MANY)


async def _log_in(bot: discord.Client, token: str) -> None:
    try:
        await bot.login(token)
    except BaseException:
        # Else a second login would leave this one's session open for ever.
        await bot.http.close()
        bot.http.connector = discord.utils.MISSING
        raise


def _say_what_is_missing(missing: Sequence[Privileged]) -> None:
    for one in missing:
        log.warning("The shop runs without the %s. %s %s Then restart the shop.", one.label, one.lost, PORTAL)


async def _stay_connected(bot: discord.Client, asked: AskedIntents) -> None:
    """Connect and come back after each break, with fewer intents where Discord refuses some."""
    while True:
        try:
            return await _connect(bot)
        except discord.PrivilegedIntentsRequired:
            if not asked.ask_for_less():
                raise
            _say_what_is_missing(asked.missing)


async def _connect(bot: discord.Client) -> None:
    """Connect. Raises ConnectionError where the very first connection fails."""
    try:
        await bot.connect()
    except AttributeError:
        # discord.py 2.7.1 wants to resume the session of a websocket that it never had.
        if bot.ws is not None:
            raise
        raise ConnectionError("The websocket to Discord's gateway could not be opened.") from None


async def _patiently(connect: Callable[[], Awaitable[None]], waits: Sequence[float]) -> None:
    """Try a few times: from the first connection on discord.py does so itself."""
    for wait in waits:
        try:
            return await connect()
        except (*_UNREACHABLE, discord.HTTPException) as error:
            if not _may_pass(error):
                raise
            log.warning("Discord can't be reached (%s). Trying again in %g seconds.", type(error).__name__, wait)
            await asyncio.sleep(wait)
    return await connect()
