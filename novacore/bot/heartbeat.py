"""The bot's sign of life: it notes now and then that it hears Discord, for the doctor and for healthchecks."""

import asyncio
import logging
import os
import socket

from novacore import clock
from novacore.bot.client import ShopBot
from novacore.discord_facts import discord_time
from novacore.telemetry import vital_signs
from novacore.workflows.machine import facts

PULSE_SECONDS = 30.0

log = logging.getLogger(__name__)


async def keep_pulse(bot: ShopBot, seconds: float = PULSE_SECONDS) -> None:
    """Note the sign of life for as long as this task runs. A database that is away only delays the next one."""
    while True:
        if is_connected(bot):
            try:
                await bot.desk.run(facts.note, facts.BOT_SEEN, {"host": socket.gethostname(), "pid": os.getpid()})
                vital_signs.give("bot")
            except Exception as error:  # noqa: BLE001 - whatever the database raises, the bot goes on
                bot.desk.quiet.warning("pulse", "The sign of life could not be noted (%s).", type(error).__name__)
            if clock.is_in_doubt():
                await discord_time.ask(bot)
        await asyncio.sleep(seconds if bot.is_ready() else 1.0)


def is_connected(bot: ShopBot) -> bool:
    """Tell whether the bot hears Discord: logged in, ready, its line open."""
    # `ws` is None until the first connection, whatever discord.py's annotation says; `is_ready` asks that first.
    return bot.is_ready() and not bot.is_closed() and bot.ws.open
