"""The server that a rehearsal plays in: its channels, its roles and the four people one can be.

`rehearse()` builds it before the shop does; the shop takes its settings from the ids here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import discord
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, RoleHandle, UserHandle

from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF

BOT_NAME = "NovaCore"
"""Also what the server is called after, unless the shop has a name of its own."""

_TOPICS = {
    "shop": "Browse and order",
    "purchases": "What was bought lately",
    "vouches": "What customers say",
    "news": "What is new, on sale or back in stock",
    "support": "Something is wrong? Tell our staff",
}
_STAFF_CHANNEL = "staff-review"
_SEES = {"Staff": FOR_STAFF, "Owner": FOR_STAFF | FOR_OWNER}  # by which Discord shows them their commands
_CATEGORY = "Tickets"
_LOOKS = discord.Permissions(view_channel=True, read_message_history=True)
_SPEAKS = discord.PermissionOverwrite(view_channel=True, send_messages=True)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone one can be: `member` in the server's channels, `user` in the messages with the bot."""

    key: str
    title: str
    member: MemberActor
    user: UserHandle


@dataclass(frozen=True, slots=True)
class World:
    """The server, with everything that settings need.

    Channels: shop, staff-review, purchases, vouches, news, support, Tickets (the category).
    Roles: Owner, Staff, Customer, News, and VIP to be sold, all below the bot's own.
    People: customer, second-customer, staff, owner.
    """

    guild: GuildHandle
    channels: Mapping[str, ChannelHandle]
    roles: Mapping[str, RoleHandle]
    people: Mapping[str, Person]


async def build_world(env: Env, shop_name: str = "") -> World:
    """Build the server in an environment that has none yet; it is named after the shop."""
    if env.bot.user is not None:
        # The bot's own role takes its name, so it is christened first.
        await env.bot.user.edit(username=BOT_NAME)
    owner = env.create_user("owner", global_name="Owner")
    guild = env.create_guild(f"{shop_name or BOT_NAME} Rehearsal", owner=owner)
    roles = _build_roles(guild)
    channels = _build_channels(guild, roles)
    return World(guild, channels, roles, _build_people(env, guild, roles, owner))


def _build_roles(guild: GuildHandle) -> dict[str, RoleHandle]:
    # Each new role slides in at the bottom: the bot's stays on top and may give the others.
    return {
        "Owner": guild.create_role("Owner", color=0xF1C40F, hoist=True, permissions=_SEES["Owner"]),
        "Staff": guild.create_role("Staff", color=0x3498DB, hoist=True, permissions=_SEES["Staff"]),
        "Customer": guild.create_role("Customer", color=0x2ECC71, hoist=True),
        "News": guild.create_role("News", color=0xE67E22),
        "VIP": guild.create_role("VIP", color=0x9B59B6, hoist=True),
    }


def _build_channels(guild: GuildHandle, roles: Mapping[str, RoleHandle]) -> dict[str, ChannelHandle]:
    # SimCord's bot is no administrator, as a careful owner's is not: what is closed to everyone must name it.
    bot = guild.roles[BOT_NAME]
    reads = discord.PermissionOverwrite(send_messages=False, create_public_threads=False)
    hidden = discord.PermissionOverwrite(view_channel=False)
    channels = {
        name: guild.create_text_channel(name, topic=topic, overwrites={guild.default_role: reads, bot: _SPEAKS})
        for name, topic in _TOPICS.items()
    }
    channels[_STAFF_CHANNEL] = guild.create_text_channel(
        _STAFF_CHANNEL,
        topic="Payments that wait for a decision",
        overwrites={guild.default_role: hidden, roles["Staff"]: _SPEAKS, roles["Owner"]: _SPEAKS, bot: _SPEAKS},
    )
    channels[_CATEGORY] = guild.create_category(_CATEGORY)
    return channels


def _build_people(
    env: Env, guild: GuildHandle, roles: Mapping[str, RoleHandle], owner: UserHandle
) -> dict[str, Person]:
    people = {}
    for key, title in (("customer", "Customer"), ("second-customer", "Second customer"), ("staff", "Staff")):
        user = env.create_user(key, global_name=title)
        given = [roles["Staff"]] if key == "staff" else []
        people[key] = Person(key, title, guild.add_member(user, roles=given), user)
    people["owner"] = Person("owner", "Owner", guild.add_member(owner, roles=[roles["Owner"]]), owner)
    return people
