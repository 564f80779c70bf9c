"""What the server calls its roles, channels and members. Blocking calls."""

from collections.abc import Container, Mapping
from typing import Any, Final

import discord

from novacore.discord_facts.error_codes import UNKNOWN_MEMBER, UNKNOWN_USER
from novacore.discord_facts.granted_roles import RoleFacts
from novacore.tasks.discord.calls import Calls

PRIVATE: Final = "private-channel"
"""What a channel is called that a person may not see."""


def roles(calls: Calls, guild_id: int) -> Mapping[int, str]:
    """Return the names of all roles that the server has, by id."""
    found = calls.call(lambda client: client.http.get_roles(guild_id))
    return {int(one["id"]): str(one["name"]).removeprefix("@") for one in found}


def role_facts(calls: Calls, guild_id: int, role_id: int) -> RoleFacts | None:
    """Return what Discord says of a role by now; None if the server doesn't have it."""
    every: Any = calls.call(lambda client: client.http.get_roles(guild_id))
    found = next((one for one in every if int(one["id"]) == role_id), None)
    if found is None:
        return None
    return RoleFacts(
        id=role_id,
        name=str(found["name"]),
        permissions=int(found["permissions"]),
        is_managed=bool(found.get("managed")),
        is_everyone=role_id == guild_id,
    )


def roles_of(calls: Calls, guild_id: int, user_id: int) -> Container[int] | None:
    """Return the ids of a member's roles; None for someone who isn't in the server."""
    try:
        found: Any = calls.call(lambda client: client.http.get_member(guild_id, user_id))
    except discord.NotFound as error:
        if error.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
            raise
        return None
    return {int(one) for one in found["roles"]}


def channels(calls: Calls, guild_id: int, readers: Container[int]) -> Mapping[int, str]:
    """Return the names of all channels that the server has, by id. Threads are not among them.

    `readers` are the ids of a person and their roles: what is shut to everyone and not opened to one of these is
    called PRIVATE, as Discord shows it to that person.
    """
    found: Any = calls.call(lambda client: client.http.get_all_guild_channels(guild_id))
    return {
        int(one["id"]): str(one.get("name") or "") if _may_see(one, guild_id, readers) else PRIVATE for one in found
    }


def thread(calls: Calls, guild_id: int, thread_id: int, known: Mapping[int, str]) -> str | None:
    """Return the name of a thread of the server in one of the channels that are known; None if there is none."""
    try:
        found: Any = calls.call(lambda client: client.http.get_channel(thread_id))
    except discord.HTTPException as error:
        if not _is_unknown(error):
            raise
        return None
    if int(found.get("guild_id") or 0) != guild_id:
        return None
    is_private = found.get("type") == discord.ChannelType.private_thread.value
    parent = known.get(int(found.get("parent_id") or 0), PRIVATE)
    return PRIVATE if is_private or parent == PRIVATE else str(found.get("name") or "") or None


def _may_see(channel: Any, guild_id: int, readers: Container[int]) -> bool:
    view = discord.Permissions(view_channel=True).value
    shut = {int(one["id"]) for one in channel.get("permission_overwrites", ()) if int(one["deny"]) & view}
    opened = {int(one["id"]) for one in channel.get("permission_overwrites", ()) if int(one["allow"]) & view}
    return guild_id not in shut or any(one in readers for one in opened)


def person(calls: Calls, guild_id: int, user_id: int) -> str | None:
    """Return what a person is called in the server, or elsewhere where they have left it; None for nobody."""
    try:
        member: Any = calls.call(lambda client: client.http.get_member(guild_id, user_id))
        return member.get("nick") or _called(member["user"])
    except discord.HTTPException as error:
        if not _is_unknown(error):
            raise
    try:
        return _called(calls.call(lambda client: client.http.get_user(user_id)))
    except discord.HTTPException as error:
        if not _is_unknown(error):
            raise
        return None


def _is_unknown(error: discord.HTTPException) -> bool:
    """Tell whether Discord doesn't know something, won't tell, or calls it no id at all: people type anything."""
    return error.status in (400, 403, 404)


def _called(user: Any) -> str:
    return str(user.get("global_name") or user["username"])
