"""Whose turn it is at one of Discord's limits: several workers use up the same one, and each sees only its own part.

One process needs none of this: discord.py keeps a limit among its threads, from the headers of Discord's answers.
"""

from typing import Final, Protocol

import discord

PATIENCE_SECONDS: Final = 20.0
"""How long a thread waits for its turn; after that the job waits in its row."""


class NotOurTurn(discord.RateLimited):
    """Nothing was sent, and `retry_after` is the seconds until it may be our turn."""


class Turns(Protocol):
    """Who tells whether it is our turn."""

    def wait(self, route: str, place: int) -> float:
        """Take a turn on this route in this channel or server and return 0; else the seconds until one may be free."""


class OneProcess:
    """It is always our turn: nobody else uses the limits."""

    def wait(self, _route: str, _place: int) -> float:
        """Say so."""
        return 0.0
