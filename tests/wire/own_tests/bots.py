"""A real discord.py bot on the gateway, in a thread of this process, for the stand-in's own tests."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import discord
from discord import app_commands

from tests.wire.stand_in import Wire

Act = Callable[["discord.Interaction[Any]"], Awaitable[Any]]


class Bot(discord.Client):
    """Answers presses and forms by custom id with `acts`, and notes what it hears."""

    def __init__(self, intents: discord.Intents | None = None, acts: Mapping[str, Act] | None = None) -> None:
        super().__init__(intents=intents or everything(), guild_ready_timeout=0.05, max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.acts = dict(acts or {})
        self.heard: list[tuple[str, Any]] = []
        self.readies = self.resumes = 0
        self.failure: BaseException | None = None

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py would wait for 5 seconds before it identifies again."""

    async def on_ready(self) -> None:
        self.readies += 1

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        if act := self.acts.get(data.get("custom_id", "")):
            await act(interaction)

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(("message", message.content))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.heard.append(("edit", payload.message.content))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.heard.append(("delete", payload.message_id))

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        self.heard.append(("channel", channel.name))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.heard.append(("channel gone", channel.name))

    async def on_member_join(self, member: discord.Member) -> None:
        self.heard.append(("join", member.name))

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        self.heard.append(("leave", payload.user.name))


def everything() -> discord.Intents:
    """Every intent but presences, which no shop asks for."""
    intents = discord.Intents.all()
    intents.presences = False
    return intents


@contextmanager
def connected(wire: Wire, bot: Bot) -> Iterator[Bot]:
    """Run the bot as long as the block, which begins when it is ready, or has failed."""
    thread = threading.Thread(target=_run, args=(bot, wire.token), name="bot", daemon=True)
    thread.start()
    wire.wait_for(lambda: bot.readies or bot.failure, what="the bot")
    try:
        yield bot
    finally:
        if thread.is_alive():
            asyncio.run_coroutine_threadsafe(bot.close(), bot.loop).result(10)
        thread.join(10)


def _run(bot: Bot, token: str) -> None:
    async def main() -> None:
        async with bot:
            try:
                await bot.start(token)
            except (discord.DiscordException, OSError) as error:
                bot.failure = error

    asyncio.run(main())
