"""Every fault that a test can script, and what real discord.py makes of it."""

import asyncio
import time

import aiohttp
import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.faults import Answer, Drop, Hold, Limited, Slow, matches
from tests.wire.stand_in import Wire

SEND = ("POST", "/channels/*/messages")


async def _send(wire: Wire, channel: int, content: str = "goods") -> discord.Message:
    async with logged_in(wire) as client:
        return await client.get_partial_messageable(channel).send(content, nonce="d:1")


def _statuses(wire: Wire) -> list[int | None]:
    return [each.status for each in wire.requests(*SEND)]


@pytest.mark.parametrize("status", [500, 502, 504])
def test_discord_py_repeats_these_by_itself(wire: Wire, status: int) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Answer(status))
    asyncio.run(_send(wire, channel))
    assert _statuses(wire) == [status, 200]
    assert len(wire.messages(channel)) == 1


def test_a_timeout_after_the_message_was_taken_is_healed_by_the_nonce(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Answer(504, taken=True))
    sent = asyncio.run(_send(wire, channel))
    assert _statuses(wire) == [504, 200]
    assert [each.id for each in wire.messages(channel)] == [sent.id]


def test_discord_py_does_not_repeat_503(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Answer(503))
    with pytest.raises(discord.DiscordServerError):
        asyncio.run(_send(wire, channel))
    assert _statuses(wire) == [503]


@pytest.mark.parametrize(("status", "code"), [(403, 50007), (400, 40003), (403, 50001)])
def test_a_scripted_refusal_reaches_the_caller_with_its_code(wire: Wire, status: int, code: int) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Answer(status, code))
    with pytest.raises(discord.HTTPException) as refused:
        asyncio.run(_send(wire, channel))
    assert (refused.value.status, refused.value.code) == (status, code)
    assert wire.requests(*SEND)[0].code == code
    assert wire.messages(channel) == []


def test_a_rate_limit_is_waited_out(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Limited(0.2))
    before = time.monotonic()
    asyncio.run(_send(wire, channel))
    assert _statuses(wire) == [429, 200]
    assert time.monotonic() - before >= 0.2


def test_a_rate_limit_without_via_reads_like_a_ban(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Limited(0.2, via=False))
    with pytest.raises(discord.HTTPException) as refused:
        asyncio.run(_send(wire, channel))
    assert refused.value.status == 429
    assert _statuses(wire) == [429]


def test_a_global_rate_limit_stops_the_other_routes_too(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Limited(0.6, everywhere=True))

    async def send_and_look() -> None:
        async with logged_in(wire) as client:
            sending = asyncio.create_task(client.get_partial_messageable(channel).send("goods"))
            await asyncio.to_thread(wire.wait_for, lambda: 429 in _statuses(wire))
            await asyncio.sleep(0.2)
            await client.fetch_user(wire.owner_id)
            await sending

    asyncio.run(send_and_look())
    (looked,) = wire.requests("GET", f"/users/{wire.owner_id}")
    assert (looked.at - wire.requests(*SEND)[0].at).total_seconds() >= 0.6


def test_a_line_dropped_before_the_message_was_taken_leaves_nothing(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Drop())
    with pytest.raises(aiohttp.ServerDisconnectedError):
        asyncio.run(_send(wire, channel))
    assert _statuses(wire) == [None]
    assert wire.messages(channel) == []


def test_a_line_dropped_after_the_message_was_taken_leaves_the_message(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Drop(taken=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        asyncio.run(_send(wire, channel))
    (request,) = wire.requests(*SEND)
    assert (request.status, request.taken, request.over) == (None, True, True)
    assert len(wire.messages(channel)) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_a_held_request_waits_for_the_test(wire: Wire, taken: bool) -> None:
    channel = wire.add_channel("dm")
    held = wire.fault(*SEND, Hold(taken=taken))

    async def send() -> int:
        sending = asyncio.create_task(_send(wire, channel))
        await asyncio.to_thread(held.wait_reached)
        stored = len(wire.messages(channel))
        assert not sending.done()
        held.release()
        await sending
        return stored

    assert asyncio.run(send()) == int(taken)
    assert _statuses(wire) == [200]
    assert len(wire.messages(channel)) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_a_slow_answer_comes_late(wire: Wire, taken: bool) -> None:
    channel = wire.add_channel("dm")
    wire.fault(*SEND, Slow(0.3, taken=taken))
    before = time.monotonic()
    asyncio.run(_send(wire, channel))
    assert time.monotonic() - before >= 0.3


def test_a_client_that_gave_up_on_a_slow_request_never_sent_it(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    slow = wire.fault(*SEND, Slow(1.0))

    async def give_up() -> None:
        async with logged_in(wire) as client:
            sending = asyncio.create_task(client.get_partial_messageable(channel).send("goods"))
            await asyncio.to_thread(wire.wait_for, lambda: slow.hits)
            sending.cancel()

    asyncio.run(give_up())
    wire.wait_for(lambda: wire.requests(*SEND)[0].over)
    assert wire.messages(channel) == []


def test_nth_and_times_choose_the_requests(wire: Wire) -> None:
    channel = wire.add_channel("dm")
    refusals = wire.fault(*SEND, Answer(403, 50013), nth=2, times=2)

    async def send_five() -> None:
        async with logged_in(wire) as client:
            for n in range(5):
                try:
                    await client.get_partial_messageable(channel).send(str(n))
                except discord.Forbidden:
                    continue

    asyncio.run(send_five())
    assert [each.content for each in wire.messages(channel)] == ["0", "3", "4"]
    assert refusals.hits == 2


def test_a_fault_for_one_channel_leaves_the_others_alone(wire: Wire) -> None:
    broken, whole = wire.add_channel("broken"), wire.add_channel("whole")
    wire.fault("POST", f"/channels/{broken}/messages", Answer(503), times=None)
    asyncio.run(_send(wire, whole))
    for _ in range(2):
        with pytest.raises(discord.DiscordServerError):
            asyncio.run(_send(wire, broken))
    wire.faults.clear()
    asyncio.run(_send(wire, broken))
    assert len(wire.messages(broken)) == 1


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("*", "*", True),
        ("POST", "/channels/*/messages", True),
        ("POST", "/channels/1/messages", True),
        ("GET", "/channels/*/messages", False),
        ("POST", "/channels/*", False),
        ("POST", "/channels/2/messages", False),
    ],
)
def test_a_star_is_one_segment_or_everything(method: str, path: str, expected: bool) -> None:
    assert matches(method, path, "POST", "/channels/1/messages") is expected
