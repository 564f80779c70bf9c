"""Connects the bot to Discord for the first time. From then on discord.py comes back by itself after each break."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import aiohttp
import discord

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
_WITHOUT_INTENTS: Final = (
    f"Discord does not let the bot hear what it needs to. {_PORTAL} switch on both Message Content Intent (for the "
    "transcripts of tickets) and Server Members Intent (to hear who leaves)."
)
_AWAY: Final = "Discord can't be reached, so the shop didn't open. {check} Then start the shop again."
_SHUT_OUT: Final = (
    "Discord takes no requests from this machine right now, because it got too many, so the shop didn't open. Start it "
    "again in an hour, and look for other programs that use this token or this machine's address."
)
_TOO_MANY: Final = 429
_DISCORDS_OWN: Final = "Check this machine's connection to the internet, and https://discordstatus.com."
_OWN_ADDRESS: Final = "Check DISCORD_API_URL, and that a server answers there."


async def connect(bot: discord.Client, token: str, api_url: str | None, waits: Sequence[float] = WAITS) -> None:
    """Log in and stay connected. Raises SettingsError for what only Discord can tell of the token and its intents.

    Raises NovaCoreError where Discord can't be reached, after so many seconds between tries.
    """
    try:
        await _patiently(lambda: _log_in(bot, token), waits)
        if api_url:
            await _patiently(lambda: find_gateway(bot), waits)
        await _patiently(lambda: _stay_connected(bot), waits)
    except discord.LoginFailure:
        raise SettingsError([_WRONG_TOKEN]) from None
    except discord.PrivilegedIntentsRequired:
        raise SettingsError([_WITHOUT_INTENTS]) from None
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


async def _stay_connected(bot: discord.Client) -> None:
    """Connect and come back after each break. Raises ConnectionError where the very first connection fails."""
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
