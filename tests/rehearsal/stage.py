"""A small server on SimCord for the rehearsal's tests, without a browser and without a worker."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord
import simcord

from novacore.rehearsal.places import Doors
from novacore.rehearsal.window import Sight, Window
from novacore.rehearsal.world import World, build_world
from tests.rehearsal.toy_shop import ToyBot, ToyShop


@dataclass
class Stage:
    """What a test plays with: the toy bot is in, its panels are posted, nobody has done anything."""

    env: simcord.Env
    world: World
    shop: ToyShop
    lock: asyncio.Lock
    window: Window

    @property
    def bot(self) -> ToyBot:
        return self.shop.bot

    def sight(self, person: str, place: str) -> Sight:
        return Doors(self.env, self.world).find(person, place)


def play(act: Callable[[Stage], Awaitable[None]]) -> None:
    """Set the stage, let `act` play on it, and fail with whatever the bot swallowed."""

    async def run() -> None:
        async with simcord.run(discord.Client(intents=discord.Intents.default())) as env:
            world = await build_world(env)
            shop = ToyShop()
            await env.restart_bot(await shop.build(world))
            lock = asyncio.Lock()
            window = Window(env, lock)
            await act(Stage(env, world, shop, lock, window))
            await window.close()

    asyncio.run(run())
