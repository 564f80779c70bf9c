"""The bot's token: from the environment, `.env` or whoever is at the terminal. Discord knows it before it is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import discord

from novacore.entry.going_live.at_discord.refusals import explained
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.console import Console
from novacore.entry.going_live.notes import Notes
from novacore.errors import NovaCoreError, SettingsError
from novacore.settings.env_file import clean
from novacore.tasks.discord import server_making as making
from novacore.tasks.discord.calls import Calls
from novacore.telemetry.redaction import redact

_HOW: Final = """\
Make the bot, if you haven't yet:
  1. Open https://discord.com/developers/applications and press New Application.
  2. Open Bot on the left, press Reset Token, and copy the token. Whoever has it is your bot: show it to nobody.
"""
_ASK: Final = "Paste the token here (it is not shown):"
_UNKNOWN: Final = (
    "Discord does not know this token. In the developer portal open your application, then Bot, press Reset Token and "
    "copy the new one."
)
_TWO: Final = (
    "The environment has another DISCORD_TOKEN than .env. This run uses the environment's, and .env keeps its own. "
    "Take out the one that you don't need."
)
_WITHOUT: Final = "There is no terminal to ask at. Put the token in DISCORD_TOKEN, in the environment or in .env."


@contextmanager
def logged_in(console: Console, notes: Notes) -> Iterator[Site]:
    """Log in with the token that is given, or ask until Discord knows one. Then it is kept.

    Raises NovaCoreError where nobody can be asked, or Discord can't be reached.
    """
    token, site = _known(console, notes)
    try:
        notes.keep(discord_token=token, **notes.defaults())
        if notes.is_another_in_file("discord_token"):
            console.say(_TWO)
        yield site
    finally:
        site.calls.close()


def _known(console: Console, notes: Notes) -> tuple[str, Site]:
    api_url = _api_url(notes)
    token = _given(console, notes)
    while True:
        if not token:
            token = _asked(console, notes)
        site = _tried(token, api_url)
        if site is not None:
            return token, site
        if not console.asks:
            raise NovaCoreError(f"DISCORD_TOKEN: {_UNKNOWN}")
        console.say(_UNKNOWN)
        token = ""


def _api_url(notes: Notes) -> str | None:
    text = notes.text("discord_api_url")
    if text and (fault := notes.fault("discord_api_url", text)):
        raise SettingsError([fault])
    return text or None


def _given(console: Console, notes: Notes) -> str:
    token = notes.text("discord_token").removeprefix("Bot ")
    fault = notes.fault("discord_token", token) if token else None
    if not console.asks and not token:
        raise NovaCoreError(_WITHOUT)
    if fault is None:
        return token
    if not console.asks:
        raise NovaCoreError(fault)
    console.say(fault)
    return ""


def _asked(console: Console, notes: Notes) -> str:
    console.say(_HOW)
    while True:
        token = clean(console.ask_hidden(_ASK)).removeprefix("Bot ")
        fault = notes.fault("discord_token", token) if token else "Nothing was pasted. Paste it once more, then Enter."
        if fault is None:
            return token
        console.say(fault)


def _tried(token: str, api_url: str | None) -> Site | None:
    """Return None for a token that Discord does not know."""
    redact(token)
    calls = Calls.rest(token, api_url)
    try:
        with explained("", discord.LoginFailure):
            return Site(calls, making.application(calls))
    except BaseException as error:
        calls.close()
        if isinstance(error, discord.LoginFailure):
            return None
        raise
