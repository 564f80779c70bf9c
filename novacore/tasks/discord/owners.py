"""Who the owners are: the members with the owner's role, as Discord lists them now."""

from collections.abc import Iterator
from functools import partial

import discord

from novacore.tasks.discord import channels
from novacore.tasks.discord.calls import Calls
from novacore.workflows.machine.shop import Places


def owners(calls: Calls, places: Places) -> list[int]:
    """Return the members with the owner's role; if nobody has it, the server's own owner."""
    server = channels.guild_of(calls, places.main_channel_id)
    found = [user_id for user_id, roles in _members(calls, server) if places.owner_role_id in roles]
    return found or [int(calls.call(lambda client: client.http.get_guild(server))["owner_id"])]


def _members(calls: Calls, server: int) -> Iterator[tuple[int, set[int]]]:
    """Go through the members of the server by rising id, each with their roles."""
    last = 0
    while True:
        page_of = partial(_list, server, last)
        members = calls.call(page_of)
        yield from members
        if len(members) < _PAGE:
            return
        last = members[-1][0]


async def _list(server: int, after: int, client: discord.Client) -> list[tuple[int, set[int]]]:
    members = await client.http.get_members(server, _PAGE, after)
    return sorted((int(one["user"]["id"]), {int(role) for role in one["roles"]}) for one in members)


_PAGE = 1000
"""Members that Discord lists at a time."""
