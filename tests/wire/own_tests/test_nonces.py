"""A repeated nonce gives back the earlier message, for some minutes, and only where it was sent."""

import asyncio

import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire


async def _send(wire: Wire, channels: list[int], nonces: list[str]) -> list[int]:
    async with logged_in(wire) as client:
        pairs = [(channel, nonce) for channel in channels for nonce in nonces]
        return [(await client.get_partial_messageable(c).send("goods", nonce=n)).id for c, n in pairs]


def test_a_repeat_returns_the_message_that_already_stands(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    first, second = asyncio.run(_send(wire, [channel], ["d:1", "d:1"]))
    assert first == second
    assert len(wire.messages(channel)) == 1


def test_another_client_process_is_still_the_same_author(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    assert asyncio.run(_send(wire, [channel], ["d:1"])) == asyncio.run(_send(wire, [channel], ["d:1"]))


def test_another_nonce_and_another_channel_are_other_messages(wire: Wire) -> None:
    channels = [wire.add_channel("one"), wire.add_channel("two")]
    assert len(set(asyncio.run(_send(wire, channels, ["d:1", "d:2"])))) == 4


def test_after_the_window_a_repeat_is_a_second_message(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    asyncio.run(_send(wire, [channel], ["d:1"]))
    wire.world.nonce_window = 0.0
    asyncio.run(_send(wire, [channel], ["d:1"]))
    assert len(wire.messages(channel)) == 2


def test_a_nonce_without_enforce_nonce_prevents_nothing(wire: Wire) -> None:
    channel = wire.add_channel("dm")

    async def send() -> None:
        async with logged_in(wire) as client:
            route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
            for _ in range(2):
                await client.http.request(route, json={"content": "goods", "nonce": "d:1"})

    asyncio.run(send())
    assert len(wire.messages(channel)) == 2


def test_a_nonce_of_more_than_25_characters_is_refused(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    with pytest.raises(discord.HTTPException, match="25 or fewer"):
        asyncio.run(_send(wire, [channel], ["n" * 26]))
    assert wire.messages(channel) == []
