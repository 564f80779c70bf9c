"""Who may read a channel of a ticket: planned, compared with what stands at Discord, put right. Blocking calls.

Discord's "Sync now", and moving a channel with its permissions, replace all of this by what the category has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import discord

from novacore.discord_facts.error_codes import MISSING_PERMISSION
from novacore.tasks.discord.calls import Calls

_ROLE, _MEMBER = 0, 1
_TALK = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, attach_files=True, embed_links=True
).value
"""What everybody in a ticket may do. Only what the bot itself may do can be given: more would be refused."""

_READ = discord.Permissions(view_channel=True, read_message_history=True).value
_SEND = discord.Permissions(send_messages=True).value
_VIEW = discord.Permissions(view_channel=True).value
_THREADS = discord.Permissions(
    create_public_threads=True, create_private_threads=True, send_messages_in_threads=True
).value
"""What nobody may do in a ticket: words in a thread would be in no transcript, and go with the channel."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who a ticket's channel is for, besides the bot."""

    customer_id: int
    role_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What one role or member may do in one channel, as Discord's bits."""

    id: int
    kind: int
    allow: int
    deny: int

    @property
    def sees(self) -> bool:
        """Whether it lets them see the channel."""
        return bool(self.allow & _VIEW) and not self.deny & _VIEW

    def as_json(self) -> dict[str, Any]:
        """Return it as Discord takes it: bits travel as text."""
        return {"id": str(self.id), "type": self.kind, "allow": str(self.allow), "deny": str(self.deny)}


Overwrites = Mapping[int, Overwrite]


@dataclass(frozen=True, slots=True)
class Standing:
    """A channel's overwrites as they are."""

    guild_id: int
    category_id: int | None
    overwrites: Overwrites


class Wrong(StrEnum):
    """What was found to be wrong."""

    bot = "bot"
    everyone = "everyone"
    threads = "threads"
    strangers = "strangers"
    staff = "staff"
    customer = "customer"


@dataclass(frozen=True, slots=True)
class Repair:
    """One overwrite to be set, or taken away where `overwrite` is None."""

    wrong: Wrong
    target_id: int
    overwrite: Overwrite | None


# ---- planned


def planned(guild_id: int, bot_id: int, readers: Readers, *, threads: bool) -> list[dict[str, Any]]:
    """Return the overwrites of a new channel. `threads`: deny these, which only a bot can that may make them itself."""
    everyone = Overwrite(guild_id, _ROLE, 0, _VIEW | _THREADS if threads else _VIEW)
    roles = [Overwrite(role_id, _ROLE, _TALK, 0) for role_id in readers.role_ids]
    people = [Overwrite(person_id, _MEMBER, _TALK, 0) for person_id in (readers.customer_id, bot_id)]
    return [one.as_json() for one in (everyone, *roles, *people)]


# ---- compared


def repairs(now: Standing, category: Overwrites, readers: Readers, bot_id: int) -> list[Repair]:
    """Return what has to be put right, in an order in which the bot never locks itself out.

    Whoever was let in by hand stays: staff do that. What came with the category's permissions goes, where these have
    taken the place of the channel's own: then its customer is in none of them.
    """
    is_replaced = readers.customer_id not in now.overwrites
    wanted = [
        (Wrong.bot, _MEMBER, bot_id),
        *((Wrong.staff, _ROLE, role_id) for role_id in readers.role_ids),
        (Wrong.customer, _MEMBER, readers.customer_id),
    ]
    back = [
        Repair(wrong, each, _let_in(now.overwrites.get(each, Overwrite(each, kind, 0, 0))))
        for wrong, kind, each in wanted
        if not _may_stay(wrong, now.overwrites.get(each), is_replaced=is_replaced)
    ]
    known = {now.guild_id, *(each for _, _, each in wanted)}
    return [
        *(one for one in back if one.wrong is Wrong.bot),
        *_closed(now, is_replaced=is_replaced),
        *(_strangers(now, category, known) if is_replaced else ()),
        *(one for one in back if one.wrong is not Wrong.bot),
    ]


def _may_stay(wrong: Wrong, now: Overwrite | None, *, is_replaced: bool) -> bool:
    """Tell whether someone has what they need. What staff have set by hand stays, a role shut out by name too."""
    if now is None:
        return False
    if is_replaced:
        return now.allow & _TALK == _TALK
    return now.sees or (wrong is Wrong.staff and bool(now.deny & _VIEW))


def _let_in(now: Overwrite) -> Overwrite:
    return replace(now, allow=now.allow | _TALK, deny=now.deny & ~_TALK)


def _closed(now: Standing, *, is_replaced: bool) -> Iterator[Repair]:
    bits = _VIEW | _THREADS
    everyone = now.overwrites.get(now.guild_id, Overwrite(now.guild_id, _ROLE, 0, 0))
    wrong = Wrong.threads if everyone.deny & _VIEW else Wrong.everyone
    if wrong is Wrong.everyone or (is_replaced and everyone.deny & bits != bits):
        closed = replace(everyone, allow=everyone.allow & ~bits, deny=everyone.deny | bits)
        yield Repair(wrong, now.guild_id, closed)


def _strangers(now: Standing, category: Overwrites, known: set[int]) -> Iterator[Repair]:
    for each, one in now.overwrites.items():
        if each not in known and one.sees and category.get(each) == one:
            yield Repair(Wrong.strangers, each, None)


# ---- at Discord


def standing(calls: Calls, channel_id: int) -> Standing:
    """Return a channel's overwrites as Discord has them. Raises what Discord says."""
    channel: Any = calls.call(lambda client: client.http.get_channel(channel_id))
    parent = channel.get("parent_id")
    found = [_read(one) for one in channel.get("permission_overwrites", ())]
    return Standing(int(channel["guild_id"]), int(parent) if parent else None, {one.id: one for one in found})


def _read(given: Mapping[str, Any]) -> Overwrite:
    return Overwrite(int(given["id"]), int(given["type"]), int(given["allow"]), int(given["deny"]))


def bot_id(calls: Calls) -> int:
    """Return the bot's own id."""

    async def ask(client: discord.Client) -> int:
        return client.user.id if client.user else 0

    return calls.call(ask)


def put_right(calls: Calls, channel_id: int, found: Sequence[Repair]) -> None:
    """Set these overwrites and no others, one by one: run again, it does the same. Raises what Discord says."""
    for one in found:
        try:
            calls.call(_set(channel_id, one))
        except discord.Forbidden as error:
            if error.code != MISSING_PERMISSION or one.overwrite is None or not one.overwrite.deny & _THREADS:
                raise
            # Only what the bot itself may do can be denied. Where it may make no threads, hardly anybody may.
            fewer = replace(one.overwrite, deny=one.overwrite.deny & ~_THREADS)
            calls.call(_set(channel_id, replace(one, overwrite=fewer)))


def _set(channel_id: int, one: Repair) -> Any:
    reason = "Only the customer and our staff may read a ticket."

    async def run(client: discord.Client) -> None:
        if one.overwrite is None:
            await client.http.delete_channel_permissions(channel_id, one.target_id, reason=reason)
            return
        allow, deny, kind = str(one.overwrite.allow), str(one.overwrite.deny), one.overwrite.kind
        await client.http.edit_channel_permissions(channel_id, one.target_id, allow, deny, kind, reason=reason)  # type: ignore[arg-type]

    return run


def silence(calls: Calls, channel_id: int) -> None:
    """Let everybody but the bot only read in a ticket's channel. Raises Forbidden where the bot may not say so."""
    now, me = standing(calls, channel_id), bot_id(calls)
    bits = [
        one if one.id in (me, now.guild_id) else replace(one, allow=one.allow & _READ, deny=one.deny | _SEND)
        for one in now.overwrites.values()
    ]
    calls.call(
        lambda client: client.http.edit_channel(channel_id, permission_overwrites=[one.as_json() for one in bits])
    )
