"""Runs a rehearsal from the first to the last minute, in one process. `novacore rehearse` calls it."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import discord
import simcord
from aiohttp import web

from novacore import clock, systems
from novacore.discord_facts import no_voice
from novacore.rehearsal.clockwork import every, set_to_real_time
from novacore.rehearsal.front_door import FrontDoor
from novacore.rehearsal.places import Doors
from novacore.rehearsal.proxy import open_session
from novacore.rehearsal.shop import RehearsalShop
from novacore.rehearsal.world import World, build_world

log = logging.getLogger(__name__)

DEFAULT_PORT = 8765
_LOOPBACK = "127.0.0.1"
# How long a press may take; a slow database must not look like a broken bot.
_PATIENCE = 20.0
_TICK = 1.0
_WATCH = 0.25


def _log_address(address: str) -> None:
    log.info("the rehearsal is at %s", address)


async def rehearse(
    shop: RehearsalShop,
    port: int = DEFAULT_PORT,
    ready: Callable[[str], None] = _log_address,
    shop_name: str = "",
) -> None:
    """Play `shop` in the browser until Ctrl-C or SIGTERM; `ready` is told the page's address.

    Where `port` is taken, a free one is used. While it runs, `clock.now()` is the rehearsal's time. The server is
    named after the shop.
    """
    no_voice.expect_none()
    end = asyncio.Event()
    with systems.stop_signals(asyncio.get_running_loop(), end.set):
        placeholder = discord.Client(intents=discord.Intents.default())
        async with simcord.run(placeholder, check_errors=False, settle_timeout=_PATIENCE) as env:
            await set_to_real_time(env)
            world = await build_world(env, shop_name)
            async with _open_shop(env, world, shop), open_session() as session:
                door = FrontDoor(env, world, shop, session)
                await door.window.open(Doors(env, world).find("customer", "shop"))
                await _serve(door, port, ready, end)


@asynccontextmanager
async def _open_shop(env: simcord.Env, world: World, shop: RehearsalShop) -> AsyncIterator[None]:
    """Bring the shop's client in as if it connected to a server that has long stood there, and close it in the end."""
    clock.set_source(env.now)
    try:
        client = await shop.build(world)
        try:
            await env.restart_bot(client)
            await shop.opened()
            yield
        finally:
            await shop.close()
            await client.close()
    finally:
        clock.set_source(None)


async def _serve(door: FrontDoor, port: int, ready: Callable[[str], None], end: asyncio.Event) -> None:
    runner = web.AppRunner(door.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    chores = [
        asyncio.create_task(every(_TICK, door.clockwork.tick)),
        asyncio.create_task(every(_WATCH, door.window.watch)),
    ]
    try:
        ready(f"http://{_LOOPBACK}:{await _listen(runner, port)}/")
        await end.wait()
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        await runner.cleanup()
        await door.window.close()


async def _listen(runner: web.AppRunner, port: int) -> int:
    try:
        await web.TCPSite(runner, _LOOPBACK, port).start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        await web.TCPSite(runner, _LOOPBACK, 0).start()
    return int(runner.addresses[0][1])
