"""Fetching uploads over HTTP, from a Discord that may be slow, forgetful or gone."""

import asyncio
from typing import Any

import discord
import pytest

from novacore.bot.uploads import uploads
from novacore.errors import BadInput
from novacore.media.proofs import MAX_PROOF_BYTES
from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire


def _attachment(client: discord.Client, url: str, size: int = 3) -> discord.Attachment:
    data: Any = {"id": "7", "filename": "a.png", "size": size, "url": url, "proxy_url": url}
    return discord.Attachment(data=data, state=client._connection)


def _fetch(wire: Wire, url: str, size: int = 3) -> bytes:
    async def run() -> bytes:
        async with logged_in(wire) as client:
            return await uploads.fetch(_attachment(client, url, size))

    return asyncio.run(run())


def test_a_file_that_discord_has_forgotten(wire: Wire) -> None:
    with pytest.raises(BadInput, match="Discord did not hand me your picture"):
        _fetch(wire, f"{_origin(wire)}/attachments/1/2/a.png")


def test_nobody_answers(wire: Wire) -> None:
    with pytest.raises(BadInput, match="Discord did not hand me your picture"):
        _fetch(wire, "http://127.0.0.1:9/attachments/1/2/a.png")


def test_a_large_file_is_never_asked_for(wire: Wire) -> None:
    with pytest.raises(BadInput, match="larger than 10 MiB"):
        _fetch(wire, "http://127.0.0.1:9/attachments/1/2/a.png", MAX_PROOF_BYTES + 1)


def test_no_file_at_all() -> None:
    with pytest.raises(BadInput, match="Please add a picture"):
        asyncio.run(uploads.fetch(None))


def _origin(wire: Wire) -> str:
    return "/".join(wire.url.split("/")[:3])
