"""What Discord may say no to while a shop is set up, as sentences with the fix."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord

from novacore.discord_facts.error_codes import SERVER_FULL, TOO_MANY_ROLES, TWO_FACTOR_NEEDED
from novacore.errors import NovaCoreError

_AGAIN: Final = "Then run `novacore go-live` again: it goes on where it was."
_AWAY: Final = (
    "Discord can't be reached. Check this machine's connection to the internet, and https://discordstatus.com. "
    + _AGAIN
)
_SHUT_OUT: Final = (
    "Discord takes no requests from this machine right now, because it got too many. Wait an hour, and look for other "
    "programs that use this token or this machine's address. " + _AGAIN
)
_CHANGED: Final = (
    "Something in the server was removed while the bot was at work. Run `novacore go-live` again: it goes on where it "
    "was."
)
_BY_CODE: Final = {
    SERVER_FULL: "The server has 500 channels, which is all that Discord allows. Remove some that nobody needs. "
    + _AGAIN,
    TOO_MANY_ROLES: "The server has 250 roles, which is all that Discord allows. Remove some that nobody needs. "
    + _AGAIN,
    TWO_FACTOR_NEEDED: "The server asks its moderators for two-factor authentication, so Discord wants it of you as "
    "the owner of the bot. Switch it on under User Settings > My Account. " + _AGAIN,
}


@contextmanager
def explained(invitation: str, *expected: type[discord.DiscordException]) -> Iterator[None]:
    """Turn what Discord says into a sentence. `invitation` is the link that gives the bot what it lacks.

    Lets pass what is `expected`, and whatever would be a fault of ours.
    """
    try:
        yield
    except expected:
        raise
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        if sentence := _sentence(error, invitation):
            raise NovaCoreError(sentence) from error
        raise


def _sentence(error: Exception, invitation: str) -> str:
    if isinstance(error, discord.RateLimited):
        seconds = round(error.retry_after)
        return f"Discord asks the bot to wait: it may go on in about {seconds} seconds. {_AGAIN}"
    if not isinstance(error, discord.HTTPException) or error.status >= 500:
        return _AWAY if isinstance(error, discord.DiscordServerError | aiohttp.ClientError | OSError) else ""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    by_status = {429: _SHUT_OUT, 404: _CHANGED, 403: _lacks(invitation)}
    return by_status.get(error.status, "")


def _lacks(invitation: str) -> str:
    return (
        "Discord doesn't let the bot do that: it lacks a permission. Open this link, choose the server and confirm, "
        f"which gives the bot what it needs:\n\n  {invitation}\n\n{_AGAIN}"
    )
