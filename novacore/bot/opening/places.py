"""Finds the shop's server, and says at once what the settings name that is not there. Asked when the bot is ready."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import discord

from novacore.errors import SettingsError
from novacore.settings import Settings
from novacore.settings.gone import fix_for_gone

TEXT_CHANNELS = (
    "main_channel_id",
    "staff_channel_id",
    "public_log_channel_id",
    "vouch_channel_id",
    "ticket_panel_channel_id",
    "report_channel_id",
    "news_channel_id",
)
CATEGORIES = ("ticket_category_id", "ticket_overflow_category_id")

Channel = discord.abc.GuildChannel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShopGuild:
    """The server, and where in it the shop is."""

    guild: discord.Guild
    main: discord.TextChannel
    support: discord.TextChannel
    """Where the panel of tickets stands."""


def find(client: discord.Client, settings: Settings) -> ShopGuild:
    """Return the shop's places. Raises SettingsError with every channel and role that is missing or of a wrong kind.

    The server is the one that MAIN_CHANNEL_ID belongs to; without that channel, the one of any other that is found.
    """
    found = {name: client.get_channel(number) for name, number in _given(settings)}
    homes = [channel.guild for channel in found.values() if isinstance(channel, Channel)]
    if not homes:
        raise SettingsError(
            ["The bot is in no server that has one of these channels. Invite it to your server, or copy the ids again."]
        )
    guild = homes[0]
    faults, gone = [*_channel_faults(settings, guild, found), *_role_faults(settings, guild)], _gone(settings, guild)
    main, support = found["main_channel_id"], found["ticket_panel_channel_id"]
    if {*faults} - {*gone} or not isinstance(main, discord.TextChannel) or not isinstance(support, discord.TextChannel):
        raise SettingsError(faults)
    for fault in gone:
        log.warning("%s", fault)
    return ShopGuild(guild, main, support)


def _given(settings: Settings) -> Iterator[tuple[str, int]]:
    for name in (*TEXT_CHANNELS, *CATEGORIES):
        number: int | None = getattr(settings, name)
        if number is not None:
            yield name, number


def _channel_faults(settings: Settings, guild: discord.Guild, found: Mapping[str, object]) -> Iterator[str]:
    for name, channel in found.items():
        wanted = discord.CategoryChannel if name in CATEGORIES else discord.TextChannel
        if not isinstance(channel, Channel):
            number = getattr(settings, name)
            yield f"{name.upper()}: I can see no channel with the id {number}. {fix_for_gone(name)}"
        elif channel.guild != guild:
            yield f"{name.upper()}: that channel is in another server, {channel.guild.name}. {_fix(name)}"
        elif not isinstance(channel, wanted):
            kind = "category" if name in CATEGORIES else "text channel"
            yield f"{name.upper()}: {channel.name} is not a {kind}. {_fix(name)}"


def _role_faults(settings: Settings, guild: discord.Guild) -> Iterator[str]:
    wanted = [("customer_role_id", settings.customer_role_id), ("owner_role_id", settings.owner_role_id)]
    wanted += [("staff_role_ids", number) for number in sorted(settings.staff_role_ids)]
    wanted += [("reviewer_role_ids", number) for number in sorted(settings.reviewer_role_ids)]
    for name, number in wanted:
        role = guild.get_role(number)
        if role is None:
            yield _no_role(name, number)
        elif role.is_default():
            yield f"{name.upper()}: {number} is the role that everybody has. {_fix(name)}"


def _gone(settings: Settings, guild: discord.Guild) -> list[str]:
    """Return the faults with which the shop opens all the same.

    Some roles of staff are gone, another is there; or reviewers' are: staff do their work as well.
    """
    missing = _missing(guild, "staff_role_ids", settings.staff_role_ids)
    some_left = len(missing) < len(settings.staff_role_ids)
    return [*(missing if some_left else []), *_missing(guild, "reviewer_role_ids", settings.reviewer_role_ids)]


def _missing(guild: discord.Guild, name: str, numbers: Iterable[int]) -> list[str]:
    return [_no_role(name, number) for number in sorted(numbers) if guild.get_role(number) is None]


def _no_role(name: str, number: int) -> str:
    return f"{name.upper()}: the server has no role with the id {number}. {fix_for_gone(name)}"


def _fix(name: str) -> str:
    return Settings.model_fields[name].description or ""
