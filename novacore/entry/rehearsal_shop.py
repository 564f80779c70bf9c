"""The real shop as the rehearsal plays it: bot, workflows and embedded worker, on a fresh SQLite file with samples."""

import asyncio
import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import discord

from novacore.bot.client import ShopBot, build_bot
from novacore.db.models import Event
from novacore.db.queries import events, subjects
from novacore.db.unit_of_work import reading
from novacore.entry.run_shop import embedded_worker, prepare
from novacore.messages.orders.staff.review import deed
from novacore.rehearsal import FeedLine, World
from novacore.settings import rehearsal_settings
from novacore.tasks.orders.proofs import process_elsewhere
from novacore.tasks.orders.statements import read_elsewhere
from novacore.tasks.queue.embedded import EmbeddedWorker
from novacore.tasks.queue.offload.offload import picture_child
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep import sample, sample_discounts, sample_rates
from novacore.workflows.upkeep.opening import open_migrated

FEED_LINES = 30

log = logging.getLogger(__name__)


class SampleShop:
    """One rehearsal's shop. Nothing of it outlives the process: SimCord's world ends with it, too."""

    def __init__(self, face: Mapping[str, str] | None = None) -> None:
        self._face = face or {}
        """The settings that say what the shop is called and looks like."""
        # Errors: Windows removes no file that is open, and the log is written to the end.
        self._folder = tempfile.TemporaryDirectory(prefix="novacore-rehearsal-", ignore_cleanup_errors=True)
        self._pictures = picture_child()
        self._shop: Shop | None = None
        self._bot: ShopBot | None = None
        self._worker: EmbeddedWorker | None = None

    async def build(self, world: World) -> discord.Client:
        """Make the database, the sample goods and the client."""
        settings = rehearsal_settings(Path(self._folder.name), {**_ids(world), **self._face})
        prepare(settings)
        shop = await asyncio.to_thread(open_migrated, settings)
        # The clock jumps while the shop is open: nothing of it is downtime.
        self._shop = replace(shop, terms=replace(shop.terms, gives_downtime_back=False))
        await asyncio.to_thread(sample.fill, self._shop)
        await asyncio.to_thread(sample_rates.fill, self._shop)
        await asyncio.to_thread(sample_discounts.fill, self._shop)
        self._bot = build_bot(
            self._shop,
            settings,
            process_picture=partial(process_elsewhere, self._pictures),
            read_statement=partial(read_elsewhere, self._pictures),
        )
        return self._bot

    async def opened(self) -> None:
        """Start worker and beat inside this process."""
        shop, bot = self._parts()
        self._worker = embedded_worker(shop, bot, self._pictures)
        await asyncio.to_thread(self._worker.start)

    def feed(self) -> Sequence[FeedLine]:
        """Return the last lines of the audit log."""
        shop, _ = self._parts()
        with reading(shop.database) as session:
            latest = [one for one in events.latest(session, FEED_LINES) if one.actor_id != sample.SAMPLER.id]
            return [FeedLine(event.at, _line(event, subjects.of_event(session, event))) for event in latest]

    async def clock_moved(self, by: timedelta) -> None:
        """Let what is due happen at once."""
        if self._worker is not None:
            self._worker.sweep_now()
        log.info("The clock was moved by %s.", by)

    async def close(self) -> None:
        """Stop beat and worker, let go of the database and its folder."""
        if self._worker is not None:
            await asyncio.to_thread(self._worker.stop)
        if self._shop is not None:
            self._shop.database.close()
        await asyncio.to_thread(self._folder.cleanup)

    def _parts(self) -> tuple[Shop, ShopBot]:
        if self._shop is None or self._bot is None:
            raise RuntimeError("build() comes first")
        return self._shop, self._bot


def _ids(world: World) -> Mapping[str, int | str]:
    channels, roles = world.channels, world.roles
    return {
        "MAIN_CHANNEL_ID": channels["shop"].id,
        "STAFF_CHANNEL_ID": channels["staff-review"].id,
        "PUBLIC_LOG_CHANNEL_ID": channels["purchases"].id,
        "VOUCH_CHANNEL_ID": channels["vouches"].id,
        "NEWS_CHANNEL_ID": channels["news"].id,
        "NEWS_ROLE_ID": roles["News"].id,
        "TICKET_PANEL_CHANNEL_ID": channels["support"].id,
        "TICKET_CATEGORY_ID": channels["Tickets"].id,
        "CUSTOMER_ROLE_ID": roles["Customer"].id,
        "STAFF_ROLE_IDS": str(roles["Staff"].id),
        "OWNER_ROLE_ID": roles["Owner"].id,
        "LOG_LEVEL": "WARNING",  # the page tells what happens; here the address is what counts
    }


def _line(event: Event, named: str) -> str:
    moved = f" ({event.source or 'new'} → {event.target})" if event.target else ""
    return f"{named}: {deed(event)}{moved}"
