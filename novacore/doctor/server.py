"""The shop's Discord server as the doctor sees it: read once by a client that is logged in, then judged in `places`.

REST alone, so that it reads the same for the bot and for a command line that no calls knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import discord
from discord.abc import GuildChannel

from novacore.discord_facts import privileged_intents
from novacore.discord_facts.privileged_intents import Privileged
from novacore.settings import Settings

CHANNELS = (
    "main_channel_id",
    "staff_channel_id",
    "public_log_channel_id",
    "vouch_channel_id",
    "ticket_panel_channel_id",
    "report_channel_id",
    "news_channel_id",
)
CATEGORIES = ("ticket_category_id", "ticket_overflow_category_id")


@dataclass(frozen=True, slots=True)
class Server:
    """What Discord says of the server, and of the bot in it."""

    guild: discord.Guild
    me: discord.Member
    channels: Mapping[int, GuildChannel]
    granted: Sequence[Privileged]
    """The privileged intents that are switched on."""
    used: Sequence[Privileged] | None
    """Those that the bot which looks is connected with; None if a command line looks."""
    commands: int | None
    """How many slash commands there are; None if the bot may have none."""


def given_ids(settings: Settings) -> Iterator[tuple[str, int]]:
    """Name every channel and category that is set, by setting (in small letters)."""
    for name in (*CHANNELS, *CATEGORIES):
        number: int | None = getattr(settings, name)
        if number:
            yield name, number


async def read_server(client: discord.Client, settings: Settings) -> Server | None:
    """Read the server that the channels belong to, in some six requests; None when the bot sees none of them.

    Raises what discord.py raises.
    """
    guild_id = await _home(client, settings)
    return None if guild_id is None else await read_guild(client, guild_id)


async def read_guild(client: discord.Client, guild_id: int) -> Server:
    """Read this server. Raises what discord.py raises: NotFound or Forbidden where the bot is not in it."""
    application = await client.application_info()
    guild = await client.fetch_guild(guild_id)
    channels = {each.id: each for each in await guild.fetch_channels()}
    me = await guild.fetch_member(application.id if client.user is None else client.user.id)
    return Server(
        guild=guild,
        me=me,
        channels=channels,
        granted=privileged_intents.granted(application.flags),
        used=privileged_intents.held(client.intents) if client.is_ready() else None,
        commands=await _commands(client, application.id, guild_id),
    )


async def _home(client: discord.Client, settings: Settings) -> int | None:
    for _, number in given_ids(settings):
        try:
            channel = await client.fetch_channel(number)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData):
            continue
        if isinstance(channel, GuildChannel):
            return channel.guild.id
    return None


async def _commands(client: discord.Client, application_id: int, guild_id: int) -> int | None:
    try:
        return len(await client.http.get_guild_commands(application_id, guild_id))
    except discord.Forbidden:
        return None
