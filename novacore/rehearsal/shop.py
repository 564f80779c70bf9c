"""What the rehearsal asks of a shop. `novacore.cli` implements it with the real bot, workflows and worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import discord

from novacore.rehearsal.world import World


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A line of the page's log: what the shop did, in words that may be shown to anybody."""

    at: datetime
    text: str


class RehearsalShop(Protocol):
    """A shop that can open in a rehearsal. The methods are called in the order in which they stand here."""

    async def build(self, world: World) -> discord.Client:
        """Make the database, the sample goods and the client, with the ids of `world` as settings.

        The rehearsal logs the client in itself: `setup_hook` and `on_ready` run as they do live. Whatever they start
        must come to rest (SimCord waits for it after every press): endless work belongs in `opened`.
        """

    async def opened(self) -> None:
        """Start the worker and beat, in threads of their own. The client is ready and `clock` is the rehearsal's."""

    def feed(self) -> Sequence[FeedLine]:
        """Return what happened last, oldest first. Asked for about once a second: quick, and no secrets."""

    async def clock_moved(self, by: timedelta) -> None:
        """The shop's clock has just jumped: sweep what is due now, without waiting for beat.

        The jump was no downtime: customers' time ran on. It may take a while; meanwhile no button works.
        """

    async def close(self) -> None:
        """Stop beat and worker and let go of the database. The client still runs: what waits for it can finish."""
