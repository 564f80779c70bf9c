"""Makes what a shop needs of its server: roles, channels, permissions. Blocking calls; nothing is ever deleted.

`entry.going_live` calls it. Everything raises what discord.py raises.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import discord

from novacore.tasks.discord.calls import Calls
from novacore.tasks.discord.permissions import Overwrite

_REASON: Final = "The owner let NovaCore set up the shop."
_INTENTS: Final = discord.ApplicationFlags(
    gateway_guild_members_limited=True, gateway_message_content_limited=True
).value
_SERVERS_A_PAGE: Final = 200
_PAGE: Final = 1000
_MOST_PAGES: Final = 20
"""Of members, each of up to a thousand: nobody waits for all members of a very large server."""


@dataclass(frozen=True, slots=True)
class Application:
    """The bot's application, as far as its owner has to know."""

    id: int
    bot_id: int
    """Of the bot itself: the same, but for bots of Discord's first years."""
    name: str
    is_public: bool
    """Whether anybody may invite the bot into their own server."""


def application(calls: Calls) -> Application:
    """Ask who the bot is: the first call with a new token. Raises discord.LoginFailure for a wrong one."""

    async def run(client: discord.Client) -> Application:
        found = await client.application_info()
        bot_id = client.user.id if client.user else found.id
        return Application(found.id, bot_id, found.name, found.bot_public)

    return calls.call(run)


def servers(calls: Calls) -> dict[int, str]:
    """Return the names of the servers that the bot is in, by id."""
    found: dict[int, str] = {}
    while True:
        page: Any = calls.call(partial(_servers, after=max(found, default=0)))
        before = len(found)
        found |= {int(one["id"]): str(one["name"]) for one in page}
        if len(page) < _SERVERS_A_PAGE or len(found) == before:
            return found


async def _servers(client: discord.Client, *, after: int) -> Any:
    return await client.http.get_guilds(_SERVERS_A_PAGE, after=after)


def ids_in(calls: Calls, guild_id: int) -> set[int]:
    """Return the ids of all roles and channels of a server."""
    roles = calls.call(lambda client: client.http.get_roles(guild_id))
    channels = calls.call(lambda client: client.http.get_all_guild_channels(guild_id))
    return {int(one["id"]) for one in (*roles, *channels)}


def role_counts(calls: Calls, guild_id: int) -> dict[int, int]:
    """Return how many members have each role; one that nobody has may be missing."""
    found = calls.call(lambda client: client.http.get_role_member_counts(guild_id))
    return {int(role_id): count for role_id, count in found.items()}


def member(calls: Calls, guild_id: int, user_id: int) -> tuple[str, frozenset[int]]:
    """Return what someone in the server is called, and their roles. Raises discord.NotFound."""
    return _member(calls.call(lambda client: client.http.get_member(guild_id, user_id)))


def holders(calls: Calls, guild_id: int, role_id: int, count: int) -> list[str]:
    """Name up to `count` members who have a role, with their ids, among the first thousands of the server.

    Raises discord.Forbidden while the application lacks the intent for members.
    """
    found: list[str] = []
    after = 0
    for _ in range(_MOST_PAGES):
        page: Any = calls.call(partial(_members, guild_id=guild_id, after=after))
        found += [f"{_member(one)[0]} ({one['user']['id']})" for one in page if role_id in _member(one)[1]]
        if len(found) >= count or len(page) < _PAGE:
            break
        after = int(page[-1]["user"]["id"])
    return found


async def _members(client: discord.Client, *, guild_id: int, after: int) -> Any:
    return await client.http.get_members(guild_id, _PAGE, after)


def _member(found: Any) -> tuple[str, frozenset[int]]:
    name = found.get("nick") or found["user"].get("global_name") or found["user"]["username"]
    return str(name), frozenset(int(one) for one in found["roles"])


def switch_on_intents(calls: Calls) -> None:
    """Switch on both privileged intents, which an application in few servers may do by itself."""

    async def run(client: discord.Client) -> None:
        now = (await client.application_info()).flags.value
        await client.http.edit_application_info(reason=None, payload={"flags": now | _INTENTS})

    calls.call(run)


def make_role(calls: Calls, guild_id: int, name: str, colour: int) -> int:
    """Make a role that may do nothing by itself, and return its id. It stands below all others."""
    made: Any = calls.call(
        lambda client: client.http.create_role(guild_id, reason=_REASON, name=name, permissions="0", color=colour)
    )
    return int(made["id"])


def make_channel(
    calls: Calls, guild_id: int, kind: discord.ChannelType, name: str, topic: str, overwrites: Sequence[Overwrite]
) -> int:
    """Make a channel or a category (which has no topic) with its permissions from the first moment; return its id."""
    about = {"topic": topic} if topic else {}
    made = calls.call(
        lambda client: client.http.create_channel(
            guild_id,
            kind.value,
            reason=_REASON,
            name=name,
            permission_overwrites=[one.as_json() for one in overwrites],
            **about,
        )
    )
    return int(made["id"])


def name_role(calls: Calls, guild_id: int, role_id: int, name: str) -> None:
    """Give a role another name."""
    calls.call(lambda client: client.http.edit_role(guild_id, role_id, reason=_REASON, name=name))


def name_channel(calls: Calls, channel_id: int, name: str) -> None:
    """Give a channel or a category another name; Discord allows that twice in ten minutes."""
    calls.call(lambda client: client.http.edit_channel(channel_id, reason=_REASON, name=name))


def set_overwrite(calls: Calls, channel_id: int, one: Overwrite) -> None:
    """Set what one role or member may do in a channel."""
    calls.call(
        lambda client: client.http.edit_channel_permissions(
            channel_id,
            one.id,
            str(one.allow),
            str(one.deny),
            one.kind,  # type: ignore[arg-type]
            reason=_REASON,
        )
    )


def give_role(calls: Calls, guild_id: int, user_id: int, role_id: int) -> None:
    """Give a member a role."""
    calls.add_role(guild_id, user_id, role_id, _REASON)
