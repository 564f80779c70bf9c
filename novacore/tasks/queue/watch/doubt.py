"""When this machine's clock has jumped: asks the other clocks that the shop knows which time is right. For the sweep.

Discord's settles it either way. PostgreSQL's can only contradict, for it may stand in this very machine.
"""

from contextlib import suppress
from typing import Final

import aiohttp
import discord

from novacore import clock
from novacore.db import health
from novacore.discord_facts import discord_time
from novacore.errors import NovaCoreError
from novacore.tasks.queue.handlers import Runtime

ASK_SECONDS: Final = 5.0


def settle(runtime: Runtime) -> None:
    """Ask, where there is a doubt. What can't be asked says nothing: the jump is believed after a while."""
    if not clock.is_in_doubt():
        return
    told = health.told_time(runtime.shop.database)
    if told is not None:
        clock.heard(told, may_confirm=False)
    with suppress(NovaCoreError, discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
        runtime.calls.call(discord_time.ask, ASK_SECONDS)
