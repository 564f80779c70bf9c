"""Workers take turns at Discord's limits: together they send no more than one of them might."""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from redis import Redis
from sqlalchemy import select

from novacore.db.models import Send
from novacore.db.unit_of_work import reading
from novacore.discord_facts import rate_limits
from novacore.discord_facts.rate_limits import EDIT_MESSAGE, GIVE_ROLE, POST_MESSAGE, TAKE_ROLE
from novacore.states import SendState
from novacore.tasks.discord import turns
from novacore.tasks.discord.calls import Calls, CallsClosed
from novacore.tasks.discord.clients import RestClient
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.watch import shared_turns
from novacore.tasks.queue.watch.shared_turns import SharedTurns
from novacore.tasks.queue.worker_process import Pace
from novacore.workflows.goods.files import MOST_TOGETHER
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import commands as orders
from tests.faults.paced import PACE
from tests.fixtures.servers.processes import free_port
from tests.fixtures.servers.redis_server import RedisServer, new_redis
from tests.fixtures.shops import STAFF
from tests.tasks.jobs import make_due
from tests.tasks.town import Town
from tests.tasks.views import building
from tests.wire.faults import wait_until
from tests.wire.stand_in import Wire
from tests.wire.world.components import Json

SEND = "POST /channels/{channel}/messages"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """One Redis; the tests use channels of their own."""
    with tempfile.TemporaryDirectory() as folder, new_redis(Path(folder)) as redis:
        yield redis


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Redis]:
    """A line of our own to it."""
    with Redis.from_url(server.url) as line:
        yield line


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, float]]:
    """Begin each test without what others have read from answers."""
    learned: dict[str, tuple[int, float]] = {}
    monkeypatch.setattr(rate_limits, "_learned", learned)
    return learned


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that end within no test, however slow this machine is."""
    monkeypatch.setattr(shared_turns, "MARGIN_SECONDS", 3600.0)


@pytest.mark.usefixtures("endless")
def test_two_processes_have_one_limit(server: RedisServer) -> None:
    one, other = SharedTurns(server.url), SharedTurns(server.url)
    assert [each.wait(EDIT_MESSAGE, 1) for each in (one, other, one, other, one)] == [0.0] * 5
    for each in (one, other):
        assert 0 < each.wait(EDIT_MESSAGE, 1) <= 3605
    assert one.wait(EDIT_MESSAGE, 2) == 0.0, "another channel"
    assert other.wait(POST_MESSAGE, 1) == 0.0, "another route"


def test_a_window_ends(server: RedisServer, nothing_learned: dict[str, tuple[int, float]]) -> None:
    nothing_learned[POST_MESSAGE] = 2, 0.1
    taken = SharedTurns(server.url)
    while taken.wait(POST_MESSAGE, 3) == 0:
        pass
    wait_until(lambda: taken.wait(POST_MESSAGE, 3) == 0, 60, "the next window")


def test_a_count_without_an_end_gets_one(server: RedisServer, redis: Redis) -> None:
    """Whoever left it there: else nobody would ever have a turn again."""
    redis.set(key := f"novacore.turns:{POST_MESSAGE}:7", 99)
    assert SharedTurns(server.url).wait(POST_MESSAGE, 7) > 1
    assert redis.pttl(key) > 0


@pytest.mark.usefixtures("endless")
def test_every_count_has_an_end_from_its_first_turn_on(server: RedisServer, redis: Redis) -> None:
    taken = SharedTurns(server.url)
    for place in (8, 9):
        taken.wait(POST_MESSAGE, place)
        assert 3600 < redis.ttl(f"novacore.turns:{POST_MESSAGE}:{place}") <= 3605


@pytest.mark.usefixtures("endless")
def test_what_is_learned_within_a_window_lets_no_more_through(
    server: RedisServer, nothing_learned: dict[str, tuple[int, float]]
) -> None:
    """Of ten in ten seconds five have gone in the first half: they must not be followed by ten in the second."""
    taken = SharedTurns(server.url)
    assert [taken.wait(POST_MESSAGE, 4) for _ in range(5)] == [0.0] * 5
    nothing_learned[POST_MESSAGE] = 10, 10.0
    assert taken.wait(POST_MESSAGE, 4) > 0


def test_a_limit_beyond_what_discord_takes_at_all_is_none(
    server: RedisServer, nothing_learned: dict[str, tuple[int, float]]
) -> None:
    nothing_learned[POST_MESSAGE] = 1000, 1.0
    taken = SharedTurns(server.url)
    assert [taken.wait(POST_MESSAGE, 5) for _ in range(60)] == [0.0] * 60


def test_while_redis_is_away_everyone_goes_ahead() -> None:
    taken = SharedTurns(f"redis://127.0.0.1:{free_port()}/0")
    assert [taken.wait(POST_MESSAGE, 6) for _ in range(20)] == [0.0] * 20


def test_the_limits_are_read_from_discords_answers(wire: Wire, calls: Calls) -> None:
    wire.rates.rules[SEND] = (7, 9.0)
    channel = wire.add_channel("staff")
    calls.send(channel, building("T1"), "T1")
    limit, window = rate_limits.learned(POST_MESSAGE)
    assert (limit, round(window, 1)) == (7, 9.0)
    calls.send(channel, building("T2"), "T2")
    assert rate_limits.learned(POST_MESSAGE) == (limit, window), "a later answer doesn't tell how long the whole is"


def asked(wire: Wire, *requests: tuple[str, str, Json]) -> list[int]:
    """Ask Discord as its client does, but without waiting, and return the status of each answer."""

    async def ask() -> list[int]:
        traced = [rate_limits.counted(aiohttp.TraceConfig())]
        async with aiohttp.ClientSession(headers={"Authorization": f"Bot {wire.token}"}, trace_configs=traced) as line:
            return [(await line.request(how, wire.url + to, json=body)).status for how, to, body in requests]

    return asyncio.run(ask())


def test_no_more_is_learned_than_turns_are_taken_for(wire: Wire, nothing_learned: dict[str, tuple[int, float]]) -> None:
    """Else each answer to an interaction would stay in memory, with its token."""
    channel, customer, role = wire.add_channel("shop"), wire.add_user(), wire.add_role("Customer")
    press = wire.interact(customer, channel, {"component_type": 2, "custom_id": "nc:shop:open"})
    token, said = press["token"], {"content": "Hello"}
    its_role = f"/guilds/{wire.world.guild_id}/members/{customer}/roles/{role}"
    answers = asked(
        wire,
        ("POST", f"/interactions/{press['id']}/{token}/callback", {"type": 4, "data": said}),
        ("PATCH", f"/webhooks/{press['application_id']}/{token}/messages/@original", said),
        ("POST", f"/channels/{channel}/messages", said),
        ("PUT", its_role, {}),
        ("DELETE", its_role, {}),
    )
    edited = asked(wire, ("PATCH", f"/channels/{channel}/messages/{wire.messages(channel)[-1].id}", said))
    assert answers + edited == [204, 200, 200, 204, 204, 200]
    assert {*nothing_learned} == {POST_MESSAGE, EDIT_MESSAGE, GIVE_ROLE, TAKE_ROLE}


def test_a_refusal_tells_only_what_is_left_of_a_window(
    wire: Wire, nothing_learned: dict[str, tuple[int, float]]
) -> None:
    wire.rates.rules[SEND] = (1, 50.0)
    send = ("POST", f"/channels/{wire.add_channel('staff')}/messages", {"content": "Hello"})
    assert asked(wire, send) == [200]
    known = nothing_learned.pop(POST_MESSAGE)
    assert asked(wire, send) == [429]
    assert (known[0], nothing_learned) == (1, {})


@pytest.mark.usefixtures("endless")
def test_two_workers_in_one_channel_are_never_refused(wire: Wire, server: RedisServer, redis: Redis) -> None:
    """Of eight at once five have a turn; the others have one when the window is over, here and at Discord."""
    wire.rates.rules[SEND] = (5, 0.5)
    channel = wire.add_channel("staff")
    workers = [Calls.rest(wire.token, wire.url, shared=SharedTurns(server.url)) for _ in "12"]

    def send(number: int) -> bool:
        try:
            workers[number % 2].send(channel, building(f"T{number}"), f"T{number}")
        except turns.NotOurTurn:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        first = [*pool.map(send, range(8))]
        assert sorted(first) == [False] * 3 + [True] * 5
        time.sleep(0.6)
        redis.delete(f"novacore.turns:{POST_MESSAGE}:{channel}")
        assert all(pool.map(send, [number for number in range(8) if not first[number]]))
    for each in workers:
        each.close()
    assert [each.status for each in wire.requests("POST", "/channels/*/messages")] == [200] * 8


class NeverOurs:
    """Others have every turn, until they let go."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = threading.Event()

    def wait(self, _route: str, _place: int) -> float:
        self.asked.set()
        return self.seconds


def test_who_waits_for_a_turn_waits_for_no_stop(wire: Wire) -> None:
    others = NeverOurs(turns.PATIENCE_SECONDS / 2)
    calls = Calls(RestClient(wire.token, wire.url), shared=others)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(calls.send, wire.add_channel("staff"), building("T1"), "T1")
        assert others.asked.wait(60)
        calls.close()
        with pytest.raises(CallsClosed):
            sending.result(60)
    assert wire.requests("POST", "/channels/*/messages") == []


@pytest.mark.parametrize("pace", [Pace(), PACE], ids=["production", "the-faults"])
def test_a_lease_outlasts_a_turn_and_the_largest_send(wire: Wire, pace: Pace) -> None:
    """Else a job that waits would be taken for one whose worker has died."""
    with closing(Calls.rest(wire.token, wire.url, pace.send)) as calls:
        assert pace.turn + calls.seconds_to_send(MOST_TOGETHER) < pace.lease


def test_a_send_waits_for_its_turn_only_as_long_as_the_pace_says(wire: Wire) -> None:
    others = NeverOurs(0.2)
    calls = Calls(RestClient(wire.token, wire.url), shared=others, turn_seconds=0.1)
    with closing(calls), pytest.raises(turns.NotOurTurn):
        calls.send(wire.add_channel("staff"), building("T1"), "T1")
    assert wire.requests("POST", "/channels/*/messages") == []


def test_a_turn_that_is_far_off_leaves_the_message_unsent_for_sure(town: Town) -> None:
    """So the next attempt searches for nothing: it sends."""
    order = town.submit(town.place())
    town.work()
    orders.reject(town.shop, STAFF, order.id, Given(reason="No payment."))
    (job_id,) = town.due("tell_customer")
    others = NeverOurs(60)
    with closing(Calls(RestClient(town.wire.token, town.wire.url), shared=others)) as calls:
        crowded = Runtime(town.shop, calls, town.runtime.offload, "worker-2")
        runner.run(crowded, job_id)
        with reading(town.shop.database) as session:
            states = session.execute(select(Send.state).where(Send.purpose == "note")).scalars().all()
        assert states == [SendState.abandoned]
        others.seconds = 0
        make_due(town.shop.database, job_id)
        runner.run(crowded, job_id)
    assert "No payment." in town.wire.dms(town.customer.id or 0)[-1].text
    assert town.wire.requests("GET", "/channels/*/messages") == []
