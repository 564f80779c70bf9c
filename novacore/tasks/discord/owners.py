"""Who the owners are: the members with the owner's role, as Discord lists them now.

Discord lists members only for an application with the Server Members Intent. Without it each of those who lately acted
as the owner is asked for: whoever never did is not found.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import discord

from novacore.db.queries import events
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import MISSING_ACCESS, UNKNOWN_MEMBER, UNKNOWN_USER
from novacore.tasks.discord.calls import Calls
from novacore.workflows.machine.shop import Shop


def owners(calls: Calls, shop: Shop) -> list[int]:
    """Return the members with the owner's role; if nobody is known to have it, the server's own owner."""
    server = calls.guild_of(shop.places.main_channel_id)
    found = [user_id for user_id, roles in _listed(calls, shop, server) if shop.places.owner_role_id in roles]
    return found or [_servers_owner(calls, server)]


def _servers_owner(calls: Calls, server: int) -> int:
    return int(calls.call(lambda client: client.http.get_guild(server))["owner_id"])


def _listed(calls: Calls, shop: Shop, server: int) -> list[tuple[int, set[int]]]:
    try:
        return [*_members(calls, server)]
    except discord.Forbidden as error:
        if error.code != MISSING_ACCESS:
            raise
    with reading(shop.database) as session:
        acted = events.latest_owners(session)
    asked = (_member(calls, server, user_id) for user_id in dict.fromkeys([*acted, _servers_owner(calls, server)]))
    return [one for one in asked if one is not None]


def _member(calls: Calls, server: int, user_id: int) -> tuple[int, set[int]] | None:
    """Return one member with their roles; None for someone who has left."""
    try:
        one = calls.call(lambda client: client.http.get_member(server, user_id))
    except discord.NotFound as error:
        if error.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
            raise
        return None
    return _read(one)


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
    return sorted(map(_read, members))


def _read(one: Any) -> tuple[int, set[int]]:
    return int(one["user"]["id"]), {int(role) for role in one["roles"]}


_PAGE = 1000
"""Members that Discord lists at a time."""
