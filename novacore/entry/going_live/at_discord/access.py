"""Who may do what in the shop's channels: of new ones, and what has to change in those that are there.

Pure functions. What is wrong is what the doctor says is wrong, and a team that can't see its own channel: staff theirs,
owners the one of the reports. Whatever else the owner has set stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import discord
from discord.abc import GuildChannel

from novacore.doctor import places
from novacore.doctor.server import CATEGORIES, Server
from novacore.tasks.discord.permissions import Overwrite
from novacore.terminal_text import printable

Ids = Mapping[str, Sequence[int]]
"""The ids that each setting names, or will."""

_ROLE, _MEMBER = 0, 1
_VIEW: Final = discord.Permissions(view_channel=True).value
_TALK: Final = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, attach_files=True, embed_links=True
).value
_OVER_TICKETS: Final = _TALK | discord.Permissions(manage_channels=True).value
_CHATTER: Final = discord.Permissions(
    send_messages=True, create_public_threads=True, create_private_threads=True, send_messages_in_threads=True
).value
_CLOSED: Final = ("staff_channel_id", *CATEGORIES)
"""What is made for staff alone. A ticket's channel is opened to its customer when it is made."""
_NOT_GIVEN_IN_A_CHANNEL: Final = "manage_roles"
"""Only an administrator may allow it in a channel; it comes with the bot's role."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom channels are opened to and closed to: ids of roles, and the bot's own."""

    guild_id: int
    bot_id: int
    customer_role: int
    team_roles: Sequence[int]
    """Of staff and of the owner."""
    owner_roles: Sequence[int] = ()

    def readers(self, setting: str) -> Sequence[int]:
        """Return the roles that a private channel is for; empty if it is not private."""
        return {"staff_channel_id": self.team_roles, "report_channel_id": self.owner_roles}.get(setting, ())


def people(guild_id: int, bot_id: int, ids: Ids) -> People:
    """Return whom channels are for. Roles that are still to be made are missing."""
    owners = tuple(ids.get("owner_role_id", ()))
    team = (*ids.get("staff_role_ids", ()), *owners)
    customers = ids.get("customer_role_id", ())
    return People(guild_id, bot_id, customers[0] if customers else 0, tuple(dict.fromkeys(team)), owners)


@dataclass(frozen=True, slots=True)
class Change:
    """One overwrite that has to be set."""

    channel_id: int
    overwrite: Overwrite
    sentence: str


def of_new(setting: str, people: People) -> list[Overwrite]:
    """Return the overwrites of a new channel or category. Nobody but the bot writes where customers read."""
    bot = Overwrite(people.bot_id, _MEMBER, _OVER_TICKETS if setting in CATEGORIES else _TALK, 0)
    if setting in _CLOSED:
        team = [Overwrite(role_id, _ROLE, _TALK, 0) for role_id in people.team_roles]
        return [bot, *team, Overwrite(people.guild_id, _ROLE, 0, _VIEW)]
    return [bot, Overwrite(people.guild_id, _ROLE, 0, _CHATTER)]


def changes(server: Server, setting: str, channel: GuildChannel, people: People) -> Iterator[Change]:
    """Say what has to change in a channel, in an order in which the bot never locks itself or the team out."""
    strangers = _strangers(server, channel, people) if setting in places.PRIVATE else []
    yield from _for_bot(server, setting, channel, people, closes=bool(strangers))
    yield from _for_team(server, channel, people.readers(setting), closes=bool(strangers))
    for role in strangers:
        now = _now(channel, role.id, _ROLE)
        shut = replace(now, allow=now.allow & ~_VIEW, deny=now.deny | _VIEW)
        yield Change(channel.id, shut, f"close {_called(channel)} to {printable(role.name)}")


def _strangers(server: Server, channel: GuildChannel, people: People) -> list[discord.Role]:
    """Return whom to close a channel to: everybody, and customers where they don't see it as everybody does."""
    seeing = places.strangers_in(server, people.customer_role, channel)
    return [one for one in seeing if one.is_default() or _now(channel, one.id, _ROLE).allow & _VIEW]


def _for_bot(server: Server, setting: str, channel: GuildChannel, people: People, *, closes: bool) -> Iterator[Change]:
    lacking = [one for one in places.lacking_in(server, setting, channel) if one != _NOT_GIVEN_IN_A_CHANNEL]
    now = _now(channel, people.bot_id, _MEMBER)
    bits = discord.Permissions(**dict.fromkeys(lacking, True)).value
    if "view_channel" in lacking or closes:
        bits |= _OVER_TICKETS if setting in CATEGORIES else _TALK
    if lacking or (closes and bits & ~now.allow):
        opened = replace(now, allow=now.allow | bits, deny=now.deny & ~bits)
        yield Change(channel.id, opened, f"let the bot work in {_called(channel)}")


def _for_team(server: Server, channel: GuildChannel, role_ids: Sequence[int], *, closes: bool) -> Iterator[Change]:
    for role_id in role_ids:
        role = server.guild.get_role(role_id)
        if role is None or role.is_default():
            continue
        now = _now(channel, role_id, _ROLE)
        if not channel.permissions_for(role).view_channel or (closes and not now.allow & _VIEW):
            opened = replace(now, allow=now.allow | _TALK, deny=now.deny & ~_TALK)
            yield Change(channel.id, opened, f"let {printable(role.name)} see {_called(channel)}")


def _now(channel: GuildChannel, target_id: int, kind: int) -> Overwrite:
    for target, held in channel.overwrites.items():
        if target.id == target_id:
            allow, deny = held.pair()
            return Overwrite(target_id, kind, allow.value, deny.value)
    return Overwrite(target_id, kind, 0, 0)


def is_as_new(setting: str, channel: GuildChannel, people: People) -> bool:
    """Tell whether a channel is open to exactly those that a new one would be open to, in exactly the same way."""
    return _all_now(channel) == {one.id: one for one in of_new(setting, people)}


def is_of_team(channel: GuildChannel, guild_id: int, bot_id: int, role_id: int) -> bool:
    """Tell whether the bot and a role are in a channel that is closed to everyone else, as we make staff's."""
    now = _all_now(channel)
    wanted = (
        Overwrite(bot_id, _MEMBER, _TALK, 0),
        Overwrite(role_id, _ROLE, _TALK, 0),
        Overwrite(guild_id, _ROLE, 0, _VIEW),
    )
    return all(now.get(one.id) == one for one in wanted)


def _all_now(channel: GuildChannel) -> dict[int, Overwrite]:
    kinds = {target.id: _ROLE if _is_role(target) else _MEMBER for target in channel.overwrites}
    return {each: _now(channel, each, kind) for each, kind in kinds.items()}


def _is_role(target: discord.Role | discord.Member | discord.Object) -> bool:
    return isinstance(target, discord.Role) or getattr(target, "type", None) is discord.Role


def _called(channel: GuildChannel) -> str:
    name = printable(channel.name)
    return name if isinstance(channel, discord.CategoryChannel) else f"#{name}"
