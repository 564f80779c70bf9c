"""Fetches a file that someone uploaded. It comes into memory only when Discord says that it is small enough."""

import asyncio
import logging
from pathlib import PurePosixPath
from typing import Final

import aiohttp
import discord

from novacore.errors import BadInput
from novacore.media.proofs import MAX_PROOF_BYTES
from novacore.workflows.goods import files
from novacore.workflows.goods.format import MOST_TEXT, too_much
from novacore.workflows.payments.statements import limits
from novacore.workflows.stock.files.limits import MAX_BYTES, too_large

_MOST_GOODS: Final = 4 * MOST_TEXT + 4
"""Bytes that so many characters can have at most, whatever their encoding."""

READ_SECONDS: Final = 60.0
"""For one upload. It holds room that others wait for."""

log = logging.getLogger(__name__)


def size_of(file: discord.Attachment | None) -> int:
    """Return how large Discord says that an upload is; 0 for none."""
    return 0 if file is None else file.size


async def fetch(file: discord.Attachment | None) -> bytes:
    """Return the bytes of an upload. Raises BadInput when there is none, it is too large, or Discord fails."""
    if file is None:
        raise BadInput("Please add a picture of your payment, for example a screenshot.")
    if file.size > MAX_PROOF_BYTES:
        raise BadInput("That file is larger than 10 MiB. Please upload a smaller picture, for example a screenshot.")
    return await _read(file, "picture")


async def fetch_picture(file: discord.Attachment) -> bytes:
    """Return the bytes of a picture of a product. Raises BadInput when it is too large, or Discord fails."""
    if file.size > MAX_PROOF_BYTES:
        raise BadInput("That file is larger than 10 MiB. Please upload a smaller picture.")
    return await _read(file, "picture")


async def fetch_goods(file: discord.Attachment) -> bytes:
    """Return the bytes of a text file of goods. Raises BadInput when it is too large, or Discord fails."""
    if file.size > _MOST_GOODS:
        raise BadInput(too_much())
    return await _read(file, "file")


async def fetch_file(file: discord.Attachment) -> bytes:
    """Return the bytes of a file that is goods. Raises BadInput when it is too large, or Discord fails."""
    files.refuse([file.size])
    content = await _read(file, "file")
    files.refuse([len(content)])
    return content


def name_of(file: discord.Attachment) -> str:
    """Return what a file was called: Discord changes its name, and keeps the old one, without its ending, as title."""
    ending = PurePosixPath(file.filename).suffix
    return f"{file.title.removesuffix(ending)}{ending}" if file.title else file.filename


async def fetch_stock(file: discord.Attachment) -> bytes:
    """Return the bytes of a file of codes. Raises BadInput when it is too large, or Discord fails."""
    if file.size > MAX_BYTES:
        raise BadInput(too_large())
    return await _read(file, "file")


async def fetch_statement(file: discord.Attachment) -> bytes:
    """Return the bytes of a list of payments. Raises BadInput when it is too large, or Discord fails."""
    if file.size > limits.MAX_BYTES:
        raise BadInput(limits.too_large())
    return await _read(file, "file")


async def _read(file: discord.Attachment, what: str) -> bytes:
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await file.read()
    except (discord.DiscordException, aiohttp.ClientError, OSError) as fault:  # a TimeoutError is an OSError
        log.warning("Discord did not hand out an upload of %d bytes: %s", file.size, fault)
        raise BadInput(f"Discord did not hand me your {what}. Please upload it once more.") from fault
