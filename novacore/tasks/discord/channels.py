"""Channels of the server for handlers: made, found again, read to their end, deleted. Blocking calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from novacore.discord_facts.error_codes import (
    INVALID_FORM,
    MISSING_PERMISSION,
    UNKNOWN_CHANNEL,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
)
from novacore.tasks.discord.calls import Calls
from novacore.tasks.discord.permissions import Readers, planned

PAGE = 500
"""Messages that one call asks for: five requests, well within its time."""


class CategoryFull(Exception):
    """Each category holds its 50 channels."""


class CategoryGone(Exception):
    """Discord knows no such category."""


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A private channel to be made: in the first of the categories that takes it."""

    name: str
    topic: str
    category_ids: Sequence[int]
    readers: Readers


def find(calls: Calls, guild_id: int, topic: str) -> list[int]:
    """Return the channels whose topic begins so, the oldest first: made by attempts that did not record them."""
    channels = calls.call(lambda client: client.http.get_all_guild_channels(guild_id))
    return sorted(int(one["id"]) for one in channels if str(one.get("topic") or "").startswith(topic))


def make(calls: Calls, guild_id: int, plan: ChannelPlan) -> int:
    """Make the channel and return its id. Raises CategoryFull, CategoryGone and what Discord says to the rest."""
    full = False
    for category_id in plan.category_ids:
        try:
            return _make_in(calls, guild_id, plan, category_id)
        except discord.HTTPException as error:
            if error.code != INVALID_FORM or "parent_id" not in error.text:
                raise
            full = full or "aximum number" in error.text
    raise CategoryFull if full else CategoryGone


def _make_in(calls: Calls, guild_id: int, plan: ChannelPlan, category_id: int) -> int:
    async def run(client: discord.Client, *, threads: bool) -> int:
        me = client.user.id if client.user else 0
        made = await client.http.create_channel(
            guild_id,
            discord.ChannelType.text.value,
            name=plan.name,
            topic=plan.topic,
            parent_id=category_id,
            permission_overwrites=planned(guild_id, me, plan.readers, threads=threads),
            reason="A customer has opened a ticket.",
        )
        return int(made["id"])

    try:
        return calls.call(lambda client: run(client, threads=True))
    except discord.Forbidden as error:
        if error.code != MISSING_PERMISSION:
            raise
    # Only what the bot itself may do can be denied. Where it may make no threads, hardly anybody may.
    return calls.call(lambda client: run(client, threads=False))


def delete(calls: Calls, channel_id: int, reason: str) -> bool:
    """Delete a channel with all that was said in it. False: it was gone already."""
    try:
        calls.call(lambda client: client.http.delete_channel(channel_id, reason=reason))
    except discord.NotFound as error:
        if error.code != UNKNOWN_CHANNEL:
            raise
        return False
    return True


def is_member(calls: Calls, guild_id: int, user_id: int) -> bool:
    """Tell whether someone is in the server."""
    try:
        calls.call(lambda client: client.http.get_member(guild_id, user_id))
    except discord.NotFound as error:
        if error.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
            raise
        return False
    return True


def messages(calls: Calls, channel_id: int, after: int = 0) -> Iterator[list[discord.Message]]:
    """Give everything that was said beyond the message `after`, the oldest first, some hundreds at a time."""
    while page := calls.call(_page(channel_id, after)):
        yield page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _page(channel_id: int, after: int) -> Any:
    async def run(client: discord.Client) -> list[discord.Message]:
        channel = client.get_partial_messageable(channel_id)
        history = channel.history(limit=PAGE, after=discord.Object(after), oldest_first=True)
        return [message async for message in history]

    return run
