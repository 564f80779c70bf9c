"""Making, changing and deleting channels in the world, with Discord's limits. Routes and `Wire` call it."""

from typing import Any

import discord

from tests.wire.server.errors import invalid, refusal, too_long
from tests.wire.world import payloads
from tests.wire.world.components import Json
from tests.wire.world.permissions import ALL, in_server, require_in_server
from tests.wire.world.state import CATEGORY, TEXT_CHANNEL, Channel, Overwrite
from tests.wire.world.world import World

CHANNELS_IN_SERVER = 500
CHANNELS_IN_CATEGORY = 50


def create_channel(world: World, fields: Json) -> Channel:
    """A new channel as the bot asks for it; raises 50013, 30013 or 50035."""
    require_in_server(world, discord.Permissions(manage_channels=True))
    if sum(1 for each in world.channels.values() if each.guild_id) >= CHANNELS_IN_SERVER:
        raise refusal(30013)
    parent = _parent(world, fields.get("parent_id"))
    overwrites = _overwrites(world, fields.get("permission_overwrites"))
    name, topic = _name(fields["name"], fields.get("type", TEXT_CHANNEL)), _topic(fields.get("topic"))
    channel = world.add_channel(name, kind=fields.get("type", TEXT_CHANNEL), parent_id=parent.id if parent else None)
    channel.topic = topic
    # Without overwrites of its own a new channel takes those of its category; discord.py sends an empty list then.
    channel.overwrites = overwrites or (dict(parent.overwrites) if parent else {})
    world.announce("CHANNEL_CREATE", payloads.channel(world, channel))
    return channel


def change_channel(world: World, channel: Channel, fields: Json) -> None:
    """Changes what the fields name; the caller has checked that the bot may."""
    if "parent_id" in fields and _id(fields["parent_id"]) != channel.parent_id:
        parent = _parent(world, fields["parent_id"])
        channel.parent_id = parent.id if parent else None
    if "permission_overwrites" in fields:
        channel.overwrites = _overwrites(world, fields["permission_overwrites"])
    channel.name = _name(fields["name"], channel.type) if "name" in fields else channel.name
    channel.topic = _topic(fields["topic"]) if "topic" in fields else channel.topic
    channel.slowmode = fields.get("rate_limit_per_user", channel.slowmode) or 0
    channel.position = fields.get("position", channel.position) or 0
    world.announce("CHANNEL_UPDATE", payloads.channel(world, channel))


def sync_now(world: World, channel: Channel, parent_id: int | None) -> None:
    """What "Sync now" does, and moving with the category's permissions: the channel's own are forgotten."""
    parent = world.channels[parent_id] if parent_id is not None else None
    channel.parent_id = parent_id
    channel.overwrites = dict(parent.overwrites) if parent else {}
    world.announce("CHANNEL_UPDATE", payloads.channel(world, channel))


def delete_channel(world: World, channel: Channel) -> Json:
    """Removes the channel with its messages; what it last looked like."""
    last = payloads.channel(world, channel)
    del world.channels[channel.id]
    for each in world.channels.values():
        each.parent_id = None if each.parent_id == channel.id else each.parent_id
    world.announce("CHANNEL_DELETE", last)
    return last


def set_overwrite(world: World, channel: Channel, overwrite: Overwrite) -> None:
    """Sets the bits of one role or member; 50013 for bits that the bot does not hold itself."""
    _require_target(world, overwrite)
    _require_bits(world, overwrite.allow | overwrite.deny)
    channel.overwrites[overwrite.id] = overwrite
    world.announce("CHANNEL_UPDATE", payloads.channel(world, channel))


def read_overwrite(fields: Json, target: Any) -> Overwrite:
    """An overwrite from its JSON; bits come as text or as numbers."""
    return Overwrite(int(target), int(fields["type"]), int(fields.get("allow") or 0), int(fields.get("deny") or 0))


def _overwrites(world: World, given: list[Json] | None) -> dict[int, Overwrite]:
    found = [read_overwrite(each, each["id"]) for each in given or []]
    for each in found:
        _require_target(world, each)
    for each in found:
        _require_bits(world, each.allow | each.deny)
    return {each.id: each for each in found}


def _require_bits(world: World, bits: int) -> None:
    """50013 for bits that the bot does not hold in the server, and for Manage Roles unless it is an administrator."""
    held = in_server(world, world.bot_id)
    if bits & ~held or (bits & discord.Permissions(manage_roles=True).value and held != ALL):
        raise refusal(50013)


def _require_target(world: World, overwrite: Overwrite) -> None:
    if overwrite.type == 0 and overwrite.id not in world.roles:
        raise refusal(10011)


def _id(given: Any) -> int | None:
    return None if given is None else int(given)


def _parent(world: World, given: Any) -> Channel | None:
    if given is None:
        return None
    parent = world.channels.get(int(given))
    if parent is None or parent.type != CATEGORY:
        raise invalid("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
    if sum(1 for each in world.channels.values() if each.parent_id == parent.id) >= CHANNELS_IN_CATEGORY:
        message = f"Maximum number of channels in category reached ({CHANNELS_IN_CATEGORY})"
        raise invalid("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", message)
    return parent


def _name(name: str, kind: int) -> str:
    if not 1 <= len(name) <= 100:
        raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return name.lower().replace(" ", "-") if kind == TEXT_CHANNEL else name


def _topic(topic: str | None) -> str | None:
    if topic is not None and len(topic) > 1024:
        raise too_long("topic", 1024)
    return topic
