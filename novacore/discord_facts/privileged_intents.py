"""The two privileged intents: what the shop loses without each, and which of them Discord grants.

Discord hears of them twice. The application's flags say what its owner has switched on (and, for a large bot, what
Discord has approved); the gateway refuses a connection that asks for more, with close code 4014.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import discord

PORTAL: Final = "In the Discord developer portal open your application, then Bot, and switch it on."


@dataclass(frozen=True, slots=True)
class Privileged:
    """One of them. `name` is its field in `discord.Intents`; either of `flags` on the application grants it."""

    name: str
    label: str
    flags: tuple[str, str]
    lost: str
    """What the shop does not do without it, as a whole sentence."""


MESSAGE_CONTENT: Final = Privileged(
    "message_content",
    "Message Content Intent",
    ("gateway_message_content", "gateway_message_content_limited"),
    "Transcripts of tickets say who wrote and when, but not what.",
)
MEMBERS: Final = Privileged(
    "members",
    "Server Members Intent",
    ("gateway_guild_members", "gateway_guild_members_limited"),
    "The ticket of a customer who leaves the server stays open until the shop starts again or its time is up, and "
    "someone who comes back to the server waits up to a day for the roles that they have bought.",
)
ALL: Final = (MESSAGE_CONTENT, MEMBERS)


def granted(flags: discord.ApplicationFlags) -> list[Privileged]:
    """Return those that the application has, by its flags."""
    return [one for one in ALL if any(getattr(flags, flag) for flag in one.flags)]


def held(intents: discord.Intents) -> list[Privileged]:
    """Return those that a connection asked for; Discord connects nobody who asks for more than is granted."""
    return [one for one in ALL if getattr(intents, one.name)]


class AskedIntents:
    """What the bot asks Discord for when it connects. Its `intents` are the client's own, and change with it.

    discord.py reads them at each connection, so they may become fewer before the first one and between two.
    """

    def __init__(self) -> None:
        self.intents = discord.Intents.none()
        self.intents.guilds = self.intents.guild_messages = True
        self._fewer: Iterator[Collection[Privileged]] = iter(())
        self._ask(ALL)

    def allow(self, flags: discord.ApplicationFlags) -> list[Privileged]:
        """Ask for no more than the application has; returns what is missing.

        Where no flag at all is set, Discord may have left them out: both are asked for, and the gateway decides.
        """
        self._ask(granted(flags) if flags.value else ALL)
        return self.missing

    def ask_for_less(self) -> bool:
        """Leave out one more combination after the gateway refused; False once there is nothing to leave out."""
        fewer = next(self._fewer, None)
        if fewer is None:
            return False
        self._set(fewer)
        return True

    @property
    def missing(self) -> list[Privileged]:
        """What the next connection does without."""
        return [one for one in ALL if one not in held(self.intents)]

    def _ask(self, some: Collection[Privileged]) -> None:
        self._set(some)
        self._fewer = (each for size in range(len(some) - 1, -1, -1) for each in combinations(some, size))

    def _set(self, some: Collection[Privileged]) -> None:
        for one in ALL:
            setattr(self.intents, one.name, one in some)
