"""Files that Discord itself keeps: attachments, and its copies of the pictures in embeds. Blocking calls.

Nobody but Discord is asked, whatever address a message holds, and nothing is read without a bound.
"""

import re
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord
from discord.http import Route

from novacore.tasks.discord.calls import CALL_SECONDS, Calls

FILE_SECONDS: Final = 30.0
"""For one attachment."""

PICTURE_SECONDS: Final = 10.0
"""For the picture of an embed: it is nice to have."""

_DISCORDS = re.compile(r"(?:cdn|media)\.discordapp\.(?:com|net)|images-ext-[0-9]{1,3}\.discordapp\.net")


def read_file(calls: Calls, attachment: discord.Attachment) -> bytes | None:
    """Return an attachment's bytes, or None if it is not there any more."""
    try:
        return calls.call(lambda _: attachment.read(), max(FILE_SECONDS, CALL_SECONDS))
    except (discord.NotFound, discord.Forbidden):
        return None


def find_attachment(calls: Calls, channel_id: int, message_id: int, file_id: int) -> discord.Attachment | None:
    """Return a file of a message, or of what it forwards, with a fresh address; None if it is there no more."""

    async def find(client: discord.Client) -> discord.Attachment | None:
        message = await client.get_partial_messageable(channel_id).fetch_message(message_id)
        every = (*message.attachments, *(one for part in message.message_snapshots for one in part.attachments))
        return next((one for one in every if one.id == file_id), None)

    try:
        return calls.call(find)
    except discord.NotFound:
        return None


def read_picture(calls: Calls, url: str, most: int) -> bytes | None:
    """Return the bytes of a picture that Discord keeps; None if it does not, or where there are more than `most`."""
    if not _is_discords(url):
        return None

    async def read(_: discord.Client) -> bytes | None:
        async with _session() as session, session.get(url, allow_redirects=False) as answer:
            return await _at_most(answer, most) if answer.status == 200 else None

    try:
        return calls.call(read, PICTURE_SECONDS)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())


def _is_discords(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return bool(_DISCORDS.fullmatch(host)) or host == urlsplit(Route.BASE).hostname


async def _at_most(answer: aiohttp.ClientResponse, most: int) -> bytes | None:
    body = bytearray()
    async for part in answer.content.iter_chunked(64 * 1024):
        body += part
        if len(body) > most:
            return None
    return bytes(body)
