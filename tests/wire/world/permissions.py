"""Who may do what, computed as Discord's documentation does: roles, then the channel's overwrites."""

import discord

from tests.wire.server.errors import refusal
from tests.wire.world.state import DM_CHANNEL, Channel
from tests.wire.world.world import World

ALL = discord.Permissions.all().value


def in_server(world: World, user_id: int) -> int:
    """The bits of this member before any channel's overwrites; an administrator and the owner hold all."""
    member = world.member(user_id)
    bits = world.roles[world.guild_id].permissions
    for role_id in member.roles:
        bits |= world.roles[role_id].permissions
    return ALL if user_id == world.owner_id or discord.Permissions(bits).administrator else bits


def effective(world: World, user_id: int, channel: Channel) -> int:
    """The bits of this member in this channel. In a DM channel nothing is forbidden by permission."""
    if channel.type == DM_CHANNEL:
        return ALL
    bits = in_server(world, user_id)
    if bits == ALL:
        return ALL
    bits = _apply(bits, channel, [world.guild_id])
    bits = _apply(bits, channel, world.member(user_id).roles)
    return _apply(bits, channel, [user_id])


def _apply(bits: int, channel: Channel, ids: list[int]) -> int:
    found = [channel.overwrites[each] for each in ids if each in channel.overwrites]
    for each in found:
        bits &= ~each.deny
    for each in found:
        bits |= each.allow
    return bits


def require(world: World, channel: Channel, needed: discord.Permissions | None = None) -> None:
    """50001 unless the bot sees the channel, then 50013 unless it holds the needed bits there."""
    held = effective(world, world.bot_id, channel)
    if not discord.Permissions(held).view_channel:
        raise refusal(50001)
    if needed is not None and needed.value & ~held:
        raise refusal(50013)


def require_in_server(world: World, needed: discord.Permissions) -> None:
    """50013 unless the bot holds these bits in the server itself."""
    if needed.value & ~in_server(world, world.bot_id):
        raise refusal(50013)


def require_above(world: World, role_id: int) -> None:
    """50013 unless the bot's highest role outranks this one: a role may only hand out those below it."""
    highest = max((world.roles[each].position for each in world.member(world.bot_id).roles), default=0)
    if world.roles[role_id].position >= highest:
        raise refusal(50013)
