"""Looks through a channel's messages for one that a lost attempt may have sent. Called by `calls`."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import discord

_SKEW = timedelta(minutes=15)
"""How far this machine's clock may be from Discord's. Should it be further, the newest are searched as well."""

_FORWARD = 1000
_NEWEST = 100


async def find(client: discord.Client, channel_id: int, token: str, since: datetime) -> int | None:
    """Return the id of our own message that shows `token`: from `since` on forwards, then among the newest."""
    channel = client.get_partial_messageable(channel_id)
    for messages in (
        channel.history(after=since - _SKEW, oldest_first=True, limit=_FORWARD),
        channel.history(limit=_NEWEST),
    ):
        found = await _first(messages, client, token)
        if found is not None:
            return found
    return None


async def _first(messages: AsyncIterator[discord.Message], client: discord.Client, token: str) -> int | None:
    async for message in messages:
        if client.user is not None and message.author.id == client.user.id and token in shown(message):
            return message.id
    return None


def shown(message: discord.Message) -> str:
    """Return all of a message that can carry a token, as one text: words, embeds, components, the files' names."""
    parts = [
        message.content,
        *(json.dumps(embed.to_dict(), ensure_ascii=False) for embed in message.embeds),
        *(json.dumps(component.to_dict(), ensure_ascii=False) for component in message.components),
        *(attachment.filename for attachment in message.attachments),
    ]
    return "\n".join(parts)
