"""Runs the shop on Discord: the bot with a worker and beat inside, or the bot alone beside worker processes."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator

import discord

from novacore import telemetry
from novacore.bot.client import ShopBot, build_bot
from novacore.bot.pulse import keep_pulse
from novacore.db import schema
from novacore.error_reports import configure_sentry
from novacore.errors import SettingsError
from novacore.settings import Settings
from novacore.tasks.app import make_app
from novacore.tasks.dispatch import start_waking
from novacore.tasks.embedded import EmbeddedWorker, worker_name
from novacore.tasks.gateway import Gateway
from novacore.tasks.heavy import Child
from novacore.tasks.rest import find_gateway, point_discord_at
from novacore.tasks.roll_call import roll_call
from novacore.tasks.work import Runtime
from novacore.workflows.shop import Shop, open_shop

log = logging.getLogger(__name__)

_PORTAL = "In the Discord developer portal open your application, then Bot:"
_WRONG_TOKEN = f"DISCORD_TOKEN: Discord does not know this token. {_PORTAL} press Reset Token and copy the new one."
_WITHOUT_INTENTS = (
    f"Discord does not let the bot hear what it needs to. {_PORTAL} switch on both Message Content Intent (for the "
    "transcripts of tickets) and Server Members Intent (to hear who leaves)."
)


def prepare(settings: Settings, process_name: str = "") -> None:
    """Set up logging and error reports, with every secret of the settings kept out of both."""
    telemetry.redact(*settings.secret_values())
    telemetry.configure_logging(settings.log_dir, settings.log_level, process_name)
    configure_sentry(settings, process_name or "bot")
    for warning in settings.warnings:
        log.warning("%s", warning)


def run_live(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM. Raises SettingsError where Discord shows that a setting is wrong."""
    prepare(settings, "" if settings.is_embedded else "bot")
    if settings.discord_api_url:
        point_discord_at(settings.discord_api_url)
    shop = open_shop(settings)
    try:
        if settings.is_embedded:
            schema.migrate(shop.database)
        schema.require_current(shop.database)
        asyncio.run(_serve(shop, settings))
    finally:
        shop.database.close()


async def _serve(shop: Shop, settings: Settings) -> None:
    broker = settings.celery_broker_url
    bot = build_bot(shop, settings, roll_call(broker.get_secret_value()) if broker else None)
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    async with _workers(shop, settings, bot):
        connection = asyncio.create_task(_connect(bot, settings))
        ending, pulse = asyncio.create_task(end.wait()), asyncio.create_task(keep_pulse(bot))
        await asyncio.wait({connection, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        pulse.cancel()
        if end.is_set():
            log.info("Stopping: what is in flight is finished or handed back.")
    await bot.close()
    if connection.done() or not end.is_set():
        connection.result()
    if bot.refusal:
        raise bot.refusal


async def _connect(bot: ShopBot, settings: Settings) -> None:
    """Log in and stay connected. Raises SettingsError for what only Discord can tell of the token and its intents."""
    try:
        await bot.login(settings.discord_token.get_secret_value())
        if settings.discord_api_url:
            await find_gateway(bot)
        await bot.connect()
    except discord.LoginFailure:
        raise SettingsError([_WRONG_TOKEN]) from None
    except discord.PrivilegedIntentsRequired:
        raise SettingsError([_WITHOUT_INTENTS]) from None


@contextlib.asynccontextmanager
async def _workers(shop: Shop, settings: Settings, bot: ShopBot) -> AsyncIterator[None]:
    """Work inside this process, or only wake the workers of other processes."""
    if settings.celery_broker_url is not None:
        stop_waking = start_waking(make_app(settings.celery_broker_url.get_secret_value()))
        try:
            yield
        finally:
            await asyncio.to_thread(stop_waking)
        return
    worker = embedded_worker(shop, bot)
    # In threads: on this loop, both would wait for jobs that wait for this loop.
    await asyncio.to_thread(worker.start)
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)


def embedded_worker(shop: Shop, bot: ShopBot) -> EmbeddedWorker:
    """Make a worker that speaks through the bot's own client. To be called on the bot's loop."""
    gateway = Gateway.embedded(bot, asyncio.get_running_loop())
    return EmbeddedWorker(Runtime(shop=shop, gateway=gateway, heavy=Child(), worker=worker_name()))
