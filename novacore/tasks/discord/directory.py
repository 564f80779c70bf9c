"""What the server calls its roles, channels and members. Blocking calls."""

from collections.abc import Mapping
from typing import Any

import discord

from novacore.tasks.discord.calls import Calls


def roles(calls: Calls, guild_id: int) -> Mapping[int, str]:
    """Return the names of all roles that the server has, by id."""
    found = calls.call(lambda client: client.http.get_roles(guild_id))
    return {int(one["id"]): str(one["name"]).removeprefix("@") for one in found}


def channels(calls: Calls, guild_id: int) -> Mapping[int, str]:
    """Return the names of all channels that the server has, by id. Threads are not among them."""
    found = calls.call(lambda client: client.http.get_all_guild_channels(guild_id))
    return {int(one["id"]): str(one.get("name") or "") for one in found}


def thread(calls: Calls, channel_id: int) -> str | None:
    """Return the name of a thread, or of a channel elsewhere; None where the bot sees none."""
    try:
        found: Any = calls.call(lambda client: client.http.get_channel(channel_id))
    except (discord.NotFound, discord.Forbidden):
        return None
    return str(found.get("name") or "") or None


def person(calls: Calls, guild_id: int, user_id: int) -> str | None:
    """Return what a person is called in the server, or elsewhere where they have left it; None for nobody."""
    try:
        member: Any = calls.call(lambda client: client.http.get_member(guild_id, user_id))
        return member.get("nick") or _called(member["user"])
    except (discord.NotFound, discord.Forbidden):
        pass
    try:
        return _called(calls.call(lambda client: client.http.get_user(user_id)))
    except (discord.NotFound, discord.Forbidden):
        return None


def _called(user: Any) -> str:
    return str(user.get("global_name") or user["username"])
