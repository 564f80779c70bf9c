"""One delivery is one message: killed, refused, timed out, overtaken or asked twice."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import discord
import pytest

from novacore.db.models import Job
from novacore.db.signs.sign_of_life import NoSign
from novacore.db.unit_of_work import writing
from novacore.discord_facts.error_codes import UNKNOWN_CHANNEL
from novacore.states import JobState, SendState
from novacore.tasks.discord.calls import Calls, Outgoing
from novacore.tasks.discord.clients import RestClient
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import HANDLERS, Handler, Runtime, Work
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson, send_once
from tests.tasks.jobs import ANY, Fallbacks, job_row, lapse, make_due, outcomes, queue_job, sends
from tests.tasks.killable import Start, starting
from tests.tasks.seller import selling
from tests.tasks.views import goods
from tests.wire.faults import Answer, Drop, Hold, Slow
from tests.wire.stand_in import Wire

ROOT = Path(__file__).resolve().parents[3]
SEND = ("POST", "/channels/*/messages")
HISTORY = ("GET", "/channels/*/messages")
Do = Callable[[Handler], int]


@pytest.fixture
def do(online: Runtime, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Lend `do(handler)`, which queues a job, runs it once with the handler, and returns its id."""

    def run(handler: Handler) -> int:
        monkeypatch.setitem(HANDLERS, ANY, handler)
        job_id = queue_job(online.shop.database)
        runner.run(online, job_id)
        return job_id

    return run


def run_again(runtime: Runtime, job_id: int) -> None:
    """Let the job's wait be over, and run it."""
    make_due(runtime.shop.database, job_id)
    runner.run(runtime, job_id)


def forget_nonces(wire: Wire) -> None:
    """Let Discord's memory of nonces be over, as it is after some minutes."""
    wire.world.nonce_window = 0


def test_a_message_is_sent_and_recorded_with_its_id(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    job_id = do(selling(customer))
    (seen,) = wire.dms(customer)
    assert job_row(online.shop.database, job_id).outcome == f"{seen.id} new"
    (send,) = sends(online.shop.database)
    assert (send.key, send.purpose, send.state) == ("delivery:NC-1", "delivery", SendState.sent)
    assert (send.subject_kind, send.subject_id) == ("order", "NC-1")
    assert (send.channel_id, send.message_id) == (seen.channel_id, seen.id)
    assert send.token in seen.text
    assert [request.body["nonce"] for request in wire.requests(*SEND)] == [send.token]


def test_what_was_sent_is_not_sent_by_another_job_of_the_same_delivery(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    do(selling(customer))
    forget_nonces(wire)
    second = do(selling(customer))
    (seen,) = wire.dms(customer)
    assert job_row(online.shop.database, second).outcome == f"{seen.id} again"


def test_another_key_is_another_message_with_a_token_of_its_own(wire: Wire, online: Runtime, do: Do) -> None:
    channel = wire.add_channel("staff")

    def handler(work: Work) -> str:
        for key in ("a", "b"):
            send_once(work, key, "card", ToChannel(channel), goods)
        return "Done."

    do(handler)
    assert len(wire.messages(channel)) == 2
    assert len({send.token for send in sends(online.shop.database)}) == 2


def test_a_message_that_does_not_show_its_token_is_not_sent(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    job_id = do(lambda work: str(send_once(work, "a", "x", ToPerson(customer), lambda _: goods("none"))))
    assert outcomes(online.shop.database, job_id) == ["bug"]
    assert wire.dms(customer) == []


def test_a_token_in_a_files_name_is_enough(wire: Wire, do: Do) -> None:
    channel = wire.add_channel("staff")

    def build(token: str) -> Outgoing:
        return Outgoing(goods("none").view, [discord.File(__file__, f"{token}.txt")])

    do(lambda work: str(send_once(work, "a", "x", ToChannel(channel), build)))
    assert len(wire.messages(channel)) == 1


# Refused.


def test_closed_dms_are_refused_for_good_and_leave_nothing_to_look_for(
    wire: Wire, online: Runtime, do: Do, fallbacks: Fallbacks
) -> None:
    customer = wire.add_user()
    wire.close_dms(customer)
    job_id = do(selling(customer))
    assert fallbacks.fired == [(job_id, "dead", "Their DMs are closed to the shop.")]
    assert [send.state for send in sends(online.shop.database)] == [SendState.abandoned]


def test_after_a_refusal_the_delivery_is_sent_again_without_a_search(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    wire.close_dms(customer)
    do(selling(customer))
    wire.close_dms(customer, closed=False)
    do(selling(customer))
    assert len(wire.dms(customer)) == 1
    assert wire.requests(*HISTORY) == []
    assert [send.state for send in sends(online.shop.database)] == [SendState.sent]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_a_message_that_was_refused_is_known_not_to_have_gone_out(
    wire: Wire, online: Runtime, do: Do, status: int
) -> None:
    wire.fault(*SEND, Answer(status))
    do(selling(wire.add_user()))
    assert [send.state for send in sends(online.shop.database)] == [SendState.abandoned]


@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503])
def test_any_other_error_leaves_it_open_whether_the_message_went_out(
    wire: Wire, online: Runtime, do: Do, status: int
) -> None:
    wire.fault(*SEND, Answer(status, taken=True), times=None)
    do(selling(wire.add_user()))
    assert [send.state for send in sends(online.shop.database)] == [SendState.begun]


# Unknown.


def test_a_second_try_after_a_refusal_is_recorded_as_begun_and_found_by_the_third(
    wire: Wire, online: Runtime, do: Do
) -> None:
    """The DMs were closed; staff press again once they are open, and that worker dies after the send."""
    customer = wire.add_user()
    wire.close_dms(customer)
    do(selling(customer))
    (refused,) = sends(online.shop.database)
    wire.close_dms(customer, closed=False)
    wire.fault(*SEND, Drop(taken=True))
    job_id = do(selling(customer))
    (again,) = sends(online.shop.database)
    assert (again.state, again.token) == (SendState.begun, refused.token)
    assert again.begun_at > refused.begun_at
    forget_nonces(wire)
    run_again(online, job_id)
    (seen,) = wire.dms(customer)
    assert job_row(online.shop.database, job_id).outcome == f"{seen.id} again"
    assert len(wire.requests(*HISTORY)) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_a_line_that_dropped_is_looked_into_before_anything_is_sent(
    wire: Wire, online: Runtime, do: Do, taken: bool
) -> None:
    customer = wire.add_user()
    wire.fault(*SEND, Drop(taken=taken))
    job_id = do(selling(customer))
    assert outcomes(online.shop.database, job_id) == ["later"]
    forget_nonces(wire)
    run_again(online, job_id)
    (seen,) = wire.dms(customer)
    assert job_row(online.shop.database, job_id).outcome == f"{seen.id} {'again' if taken else 'new'}"
    assert len(wire.requests(*HISTORY)) >= 1


def test_an_answer_that_came_too_late_is_looked_for(wire: Wire, online: Runtime, do: Do) -> None:
    online.calls.send_seconds = 0.3
    customer = wire.add_user()
    wire.fault(*SEND, Slow(1.0, taken=True))
    job_id = do(selling(customer))
    assert outcomes(online.shop.database, job_id) == ["later"]
    forget_nonces(wire)
    run_again(online, job_id)
    assert len(wire.dms(customer)) == 1


def test_a_ban_by_the_cdn_may_have_come_after_a_send_that_worked(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    wire.fault(*SEND, Answer(429, taken=True))
    job_id = do(selling(customer))
    forget_nonces(wire)
    run_again(online, job_id)
    assert len(wire.dms(customer)) == 1


def test_a_search_that_fails_sends_nothing(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    wire.fault(*SEND, Drop(taken=True))
    job_id = do(selling(customer))
    forget_nonces(wire)
    fault = wire.fault(*HISTORY, Answer(503), times=None)
    run_again(online, job_id)
    assert len(wire.requests(*SEND)) == 1
    assert fault.hits == 1
    wire.faults.clear()
    run_again(online, job_id)
    assert len(wire.dms(customer)) == 1


def test_a_dm_channel_that_discord_does_not_know_for_a_while_gets_no_second_message(
    wire: Wire, online: Runtime, do: Do
) -> None:
    customer = wire.add_user()
    wire.fault(*SEND, Drop(taken=True))
    job_id = do(selling(customer))
    forget_nonces(wire)
    wire.fault(*HISTORY, Answer(404, UNKNOWN_CHANNEL), times=None)
    run_again(online, job_id)
    assert [send.state for send in sends(online.shop.database)] == [SendState.begun]
    wire.faults.clear()
    do(selling(customer))
    assert len(wire.dms(customer)) == 1
    assert [send.state for send in sends(online.shop.database)] == [SendState.sent]


def test_many_failures_in_a_row_end_in_one_message(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()
    for nth, act in enumerate([Answer(503), Drop(), Answer(503, taken=True), Drop(taken=True)]):
        wire.fault(*SEND, act, nth=nth + 1)
    job_id = do(selling(customer))
    for _ in range(6):
        forget_nonces(wire)
        run_again(online, job_id)
    assert job_row(online.shop.database, job_id).state is JobState.done
    assert len(wire.dms(customer)) == 1


# Overtaken.


def test_who_has_lost_the_lease_records_and_sends_nothing(wire: Wire, online: Runtime, do: Do) -> None:
    customer = wire.add_user()

    def overtaken(work: Work) -> str:
        with writing(work.shop.database) as tx:
            tx.session.get_one(Job, work.job.id).fence += 1
        return str(send_once(work, "a", "x", ToPerson(customer), goods))

    do(overtaken)
    assert sends(online.shop.database) == []
    assert wire.dms(customer) == []


def test_who_slept_too_long_before_the_send_does_not_send(wire: Wire, online: Runtime, do: Do) -> None:
    channel = wire.add_channel("staff")
    work_here: list[Work] = []

    class Sleepy(RestClient):
        def ready(self) -> tuple[discord.Client, asyncio.AbstractEventLoop]:
            work_here[0].job.lease.ends -= 70
            return super().ready()

    sleepy = Runtime(online.shop, Calls(Sleepy(wire.token, wire.url)), online.offload, "sleepy")

    def handler(work: Work) -> str:
        work_here.append(work)
        return str(send_once(Work(sleepy, work.job), "a", "x", ToChannel(channel), goods))

    do(handler)
    sleepy.calls.close()
    assert wire.messages(channel) == []


def test_two_attempts_at_once_end_in_one_message(wire: Wire, online: Runtime, do: Do) -> None:
    """The first one hangs in its send until the lease is over and another process has done the work."""
    customer = wire.add_user()
    held = wire.fault(*SEND, Hold())
    other = Runtime(online.shop, Calls.rest(wire.token, wire.url), online.offload, "worker-2")

    def overtake(job_id: int) -> None:
        held.wait_reached()
        lapse(online.shop.database, job_id)
        runner.run(other, job_id)
        held.release()

    def first(work: Work) -> str:
        overtaker = threading.Thread(target=overtake, args=(work.job.id,))
        overtaker.start()
        answer = selling(customer)(work)
        overtaker.join()
        return answer

    def handler(work: Work) -> str:
        return selling(customer)(work) if work.runtime is other else first(work)

    job_id = do(handler)
    other.calls.close()
    (seen,) = wire.dms(customer)
    assert job_row(online.shop.database, job_id).outcome == f"{seen.id} new"
    assert len(wire.requests(*SEND)) == 2
    assert outcomes(online.shop.database, job_id) == ["killed", "done"]


class OutOfSight(NoSign):
    """The session of a worker that slept has ended, which it has yet to notice."""

    name = "server:before:1"


def test_who_may_count_as_dead_looks_again_before_it_sends(wire: Wire, online: Runtime, do: Do) -> None:
    channel = wire.add_channel("staff")
    slept = replace(online, sign=OutOfSight())
    job_id = do(lambda work: str(send_once(Work(slept, work.job), "a", "x", ToChannel(channel), goods)))
    row = job_row(online.shop.database, job_id)
    assert (row.state, row.last_error) == (
        JobState.queued,
        "The database lost sight of this worker just before the send.",
    )
    assert wire.messages(channel) == []


# Killed in the middle of the send: see `test_dead_workers`.


@pytest.fixture
def start(wire: Wire) -> Iterator[Start]:
    """Lend `start(database url, job, user, die)`: a worker in a process of its own."""
    with starting(wire) as start:
        yield start


@pytest.mark.faults
def test_killed_after_the_record(
    wire: Wire, online: Runtime, shop_url: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = wire.add_user()
    job_id = queue_job(online.shop.database)
    assert start(shop_url, job_id, customer, "after the record").wait(30) == -9
    assert len(wire.dms(customer)) == 1
    forget_nonces(wire)
    lapse(online.shop.database, job_id)
    monkeypatch.setitem(HANDLERS, ANY, selling(customer))
    runner.run(online, job_id)
    (seen,) = wire.dms(customer)
    assert job_row(online.shop.database, job_id).outcome == f"{seen.id} again"
    assert wire.requests(*HISTORY) == []
