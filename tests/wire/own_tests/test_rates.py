"""Buckets per route and channel, shared by every process of the bot and enforced."""

import asyncio
import json
import time

import discord
import pytest

from tests.wire.clients import ask, logged_in
from tests.wire.stand_in import Wire

SEND = "POST /channels/{channel}/messages"


def _statuses(wire: Wire) -> list[int | None]:
    return [each.status for each in wire.requests("POST", "/channels/*/messages")]


def test_one_client_that_reads_the_headers_never_meets_a_429(wire: Wire) -> None:
    wire.rates.rules[SEND] = (3, 0.3)
    channel = wire.add_channel("log")

    async def send() -> float:
        async with logged_in(wire) as client:
            before = time.monotonic()
            for n in range(7):
                await client.get_partial_messageable(channel).send(str(n))
            return time.monotonic() - before

    assert asyncio.run(send()) >= 0.55
    assert _statuses(wire) == [200] * 7


def test_two_clients_share_a_bucket_that_neither_sees_whole(wire: Wire) -> None:
    wire.rates.rules[SEND] = (3, 1.0)
    channel = wire.add_channel("log")

    async def send(client: discord.Client) -> None:
        for n in range(3):
            await client.get_partial_messageable(channel).send(str(n))

    async def both() -> None:
        async with logged_in(wire) as one, logged_in(wire) as other:
            await asyncio.gather(send(one), send(other))

    asyncio.run(both())
    assert 429 in _statuses(wire)
    assert len(wire.messages(channel)) == 6


def test_channels_have_buckets_of_their_own(wire: Wire) -> None:
    wire.rates.rules[SEND] = (1, 60.0)
    one, other = wire.add_channel("one"), wire.add_channel("two")
    answers = [ask(wire, "POST", f"/channels/{each}/messages", b'{"content": "x"}') for each in (one, other, one)]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert answers[0][1]["X-RateLimit-Remaining"] == "0"
    assert 55 < json.loads(answers[2][2])["retry_after"] <= 60


def test_the_global_limit_spares_interactions(wire: Wire) -> None:
    wire.rates.everywhere = (1, 60.0)
    answers = [ask(wire, "GET", "/users/@me") for _ in range(2)]
    assert [status for status, _, _ in answers] == [200, 429]
    assert answers[1][1]["X-RateLimit-Global"] == "true"
    assert json.loads(answers[1][2])["global"] is True
    status, _, content = ask(wire, "POST", "/interactions/1/token/callback", b'{"type": 5}')
    assert (status, json.loads(content)["code"]) == (404, 10062)


def test_a_third_rename_within_ten_minutes_is_limited(wire: Wire) -> None:
    channel = wire.add_channel("ticket")

    async def rename() -> None:
        async with discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=30.0) as client:
            await client.login(wire.token)
            for n in range(3):
                route = discord.http.Route("PATCH", "/channels/{channel_id}", channel_id=channel)
                await client.http.request(route, json={"name": f"ticket-{n}"})

    with pytest.raises(discord.RateLimited) as limited:
        asyncio.run(rename())
    assert 500 < limited.value.retry_after <= 600
    assert wire.channel_ids() == {"ticket-1": channel}
