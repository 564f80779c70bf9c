"""Files keep their bytes, can be fetched while their address lives, and have limits."""

import asyncio
import io

import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire


def _file(name: str, content: bytes = b"CODE-1\nCODE-2") -> discord.File:
    return discord.File(io.BytesIO(content), name)


def test_files_arrive_whole_and_can_be_read_again(wire: Wire) -> None:
    customer = wire.add_user()

    async def send() -> list[bytes]:
        async with logged_in(wire) as client:
            user = await client.fetch_user(customer)
            files = [_file("códes 1.txt"), discord.File(io.BytesIO(b"\x00\xff"), "key.bin", description="The key")]
            sent = await user.send("Here", files=files, nonce="d:1")
            assert [each.content_type for each in sent.attachments] == ["text/plain", "application/octet-stream"]
            assert sent.attachments[1].description == "The key"
            return [await each.read() for each in sent.attachments]

    assert asyncio.run(send()) == [b"CODE-1\nCODE-2", b"\x00\xff"]
    assert wire.dms(customer)[0].files == {"códes 1.txt": b"CODE-1\nCODE-2", "key.bin": b"\x00\xff"}
    (request,) = wire.requests("POST", "/channels/*/messages")
    assert (request.files, request.body["nonce"]) == (["códes 1.txt", "key.bin"], "d:1")


def test_an_edit_replaces_the_files(wire: Wire) -> None:
    channel = wire.add_channel("log")

    async def edit() -> None:
        async with logged_in(wire) as client:
            sent = await client.get_partial_messageable(channel).send("x", files=[_file("a.txt"), _file("b.txt")])
            await sent.edit(attachments=[sent.attachments[0], _file("c.txt", b"new")])

    asyncio.run(edit())
    assert wire.messages(channel)[0].files == {"a.txt": b"CODE-1\nCODE-2", "c.txt": b"new"}


def test_an_address_dies_but_the_message_gives_a_fresh_one(wire: Wire) -> None:
    channel = wire.add_channel("proofs")
    message = wire.say(wire.owner_id, channel, "paid", {"proof.png": b"png"})

    async def read() -> bytes:
        async with logged_in(wire) as client:
            place = client.get_partial_messageable(channel)
            old = await place.fetch_message(message)
            wire.expire_file_addresses()
            with pytest.raises(discord.NotFound):
                await old.attachments[0].read()
            return await (await place.fetch_message(message)).attachments[0].read()

    assert asyncio.run(read()) == b"png"


def test_a_layout_hides_a_file_that_it_does_not_name(wire: Wire) -> None:
    channel = wire.add_channel("staff")
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://proof.png")))

    async def send() -> None:
        async with logged_in(wire) as client:
            files = [_file("proof.png", b"png"), _file("forgotten.txt")]
            await client.get_partial_messageable(channel).send(view=view, files=files)

    asyncio.run(send())
    assert wire.messages(channel)[0].files == {"proof.png": b"png"}


def test_naming_a_file_that_was_not_sent_is_refused(wire: Wire) -> None:
    channel = wire.add_channel("staff")

    async def send() -> None:
        async with logged_in(wire) as client:
            embed = discord.Embed().set_image(url="attachment://missing.png")
            await client.get_partial_messageable(channel).send(embed=embed)

    with pytest.raises(discord.HTTPException, match=r"missing\.png"):
        asyncio.run(send())
    assert wire.messages(channel) == []


def test_a_file_over_the_limit_is_refused(wire: Wire) -> None:
    channel = wire.add_channel("staff")
    wire.world.file_limit = 10

    async def send(size: int) -> None:
        async with logged_in(wire) as client:
            await client.get_partial_messageable(channel).send(file=_file("x.bin", b"x" * size))

    asyncio.run(send(10))
    with pytest.raises(discord.HTTPException) as refused:
        asyncio.run(send(11))
    assert (refused.value.status, refused.value.code) == (413, 40005)


def test_a_request_over_25_mib_is_refused(wire: Wire) -> None:
    channel = wire.add_channel("staff")

    async def send() -> None:
        async with logged_in(wire) as client:
            files = [_file(f"{n}.bin", bytes(9 * 1024 * 1024)) for n in range(3)]
            await client.get_partial_messageable(channel).send(files=files)

    with pytest.raises(discord.HTTPException) as refused:
        asyncio.run(send())
    assert (refused.value.status, refused.value.code) == (413, 40005)
