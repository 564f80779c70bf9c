"""Runs the shop on Discord: the bot with a worker and beat inside, or the bot alone next to worker processes."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from functools import partial

from novacore import full_disk, memory, private_files, systems, telemetry
from novacore.bot.client import ShopBot, build_bot
from novacore.bot.heartbeat import keep_pulse
from novacore.db.ownership import sole_owner
from novacore.db.signs.sign_of_life import NoSign, SignOfLife
from novacore.entry import metrics
from novacore.entry.first_connection import connect
from novacore.entry.first_look import speak
from novacore.messages.kit import face
from novacore.settings import Settings
from novacore.settings.payments import NOTHING_ON, TURN_ON
from novacore.tasks.discord.calls import Calls
from novacore.tasks.discord.clients import point_discord_at
from novacore.tasks.orders.proofs import process_elsewhere
from novacore.tasks.orders.statements import read_elsewhere
from novacore.tasks.queue.celery_app import make_app
from novacore.tasks.queue.dispatch import start_waking
from novacore.tasks.queue.embedded import EmbeddedWorker, release_dead_claims, show, worker_name
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.offload.offload import Child, picture_child
from novacore.tasks.queue.watch import broker, moved_channels
from novacore.tasks.queue.watch.disk_alarm import DiskAlarm
from novacore.tasks.queue.watch.roll_call import roll_call
from novacore.telemetry.error_reports import configure_sentry
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import methods
from novacore.workflows.upkeep.opening import open_migrated, open_ready

log = logging.getLogger(__name__)


def prepare(settings: Settings) -> None:
    """Set up logging and error reports, with every secret of the settings kept out of both."""
    telemetry.redact(*settings.secret_values())
    tightened = private_files.tighten(settings.own_files())
    telemetry.configure_logging(settings.log_dir, settings.log_level, settings.log_format)
    configure_sentry(settings, "bot")
    for file in tightened:
        log.warning("%s could be opened by others on this machine. Now only its owner can.", file)


def run_live(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM. Raises SettingsError where Discord shows that a setting is wrong."""
    memory.give_back_at_once()
    prepare(settings)
    if settings.discord_api_url:
        point_discord_at(settings.discord_api_url)
    if settings.celery_broker_url:
        broker.require_usable(settings.celery_broker_url.get_secret_value())
    with _opened(settings) as shop:
        asyncio.run(_serve(shop, settings))


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Shop]:
    """Open the shop; an embedded one for this process alone, which takes up at once what a killed one had begun."""
    with contextlib.ExitStack() as stack:
        if settings.is_embedded:
            stack.enter_context(sole_owner(settings.database_path))
        shop = (open_migrated if settings.is_embedded else open_ready)(settings)
        stack.callback(shop.database.close)
        if settings.is_embedded:
            moved_channels.notice(shop)
        if settings.is_embedded and (released := release_dead_claims(shop)):
            log.warning("The shop was killed in the middle of %s jobs: they are taken up again.", released)
        if not methods.offered(shop):
            log.error("%s %s", NOTHING_ON, TURN_ON)
        yield shop


async def _serve(shop: Shop, settings: Settings) -> None:
    end = asyncio.Event()
    with systems.stop_signals(asyncio.get_running_loop(), end.set):
        await _serve_until(end, shop, settings)


async def _serve_until(end: asyncio.Event, shop: Shop, settings: Settings) -> None:
    broker = settings.celery_broker_url
    pictures = picture_child()
    bot = build_bot(
        shop,
        settings,
        roll_call(broker.get_secret_value()) if broker else None,
        partial(process_elsewhere, pictures),
        partial(read_elsewhere, pictures),
    )
    loop = asyncio.get_running_loop()
    stop_alarm = full_disk.listen(DiskAlarm(Calls.embedded(bot, loop), settings.staff_channel_id))
    async with _workers(shop, settings, bot, pictures), metrics.served(bot, settings.metrics_address):
        connection = asyncio.create_task(
            connect(bot, bot.asked, settings.discord_token.get_secret_value(), settings.discord_api_url)
        )
        ending, pulse = asyncio.create_task(end.wait()), asyncio.create_task(keep_pulse(bot))
        speech = asyncio.create_task(speak(bot))
        await asyncio.wait({connection, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        pulse.cancel()
        speech.cancel()
        if end.is_set():
            log.info("Stopping: what is in flight is finished or handed back.")
    stop_alarm()
    await bot.close()
    if connection.done() or not end.is_set():
        connection.result()
    if bot.refusal:
        raise bot.refusal


@contextlib.asynccontextmanager
async def _workers(shop: Shop, settings: Settings, bot: ShopBot, pictures: Child) -> AsyncIterator[None]:
    """Work inside this process, or only wake the workers of other processes."""
    if settings.celery_broker_url is not None:
        stop_waking = start_waking(make_app(settings.celery_broker_url.get_secret_value()))
        try:
            yield
        finally:
            await asyncio.to_thread(stop_waking)
            await asyncio.to_thread(pictures.close)
        return
    sign = await asyncio.to_thread(show, shop)
    worker = embedded_worker(shop, bot, pictures, sign)
    # In threads: on this loop, both would wait for jobs that wait for this loop.
    await asyncio.to_thread(worker.start)
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)


def embedded_worker(
    shop: Shop, bot: ShopBot, pictures: Child | None = None, sign: SignOfLife | None = None
) -> EmbeddedWorker:
    """Make a worker that speaks through the bot's own client. To be called on the bot's loop.

    It opens pictures in `pictures`, as the bot does, and closes it and `sign` when it stops.
    """
    calls = Calls.embedded(bot, asyncio.get_running_loop())
    calls.dress = partial(face.put_on, face=shop.face)
    pictures = pictures or picture_child()
    return EmbeddedWorker(Runtime(shop, calls, Child(), worker_name(), pictures=pictures, sign=sign or NoSign()))
