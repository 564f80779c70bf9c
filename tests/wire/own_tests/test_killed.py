"""A sender killed with -9 at the worst moments: what it sent stands, what it had not sent does not."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.wire.clients import start_sender
from tests.wire.faults import Hold
from tests.wire.stand_in import Wire

SEND = ("POST", "/channels/*/messages")
Start = Callable[[int, str], "subprocess.Popen[str]"]


@pytest.fixture
def start(wire: Wire) -> Iterator[Start]:
    """Starts senders of "goods"; none outlives the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(user_id: int, nonce: str) -> "subprocess.Popen[str]":
        running.append(start_sender(wire, user_id, "goods", nonce))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.faults
@pytest.mark.parametrize("taken", [True, False])
def test_killed_while_its_request_was_held(wire: Wire, start: Start, taken: bool) -> None:
    customer = wire.add_user()
    held = wire.fault(*SEND, Hold(taken=taken))
    process = start(customer, "d:1")
    held.wait_reached()
    process.kill()
    assert process.wait(timeout=10) == -9
    held.wait_lost()
    wire.wait_for(lambda: wire.requests(*SEND)[0].over)
    (request,) = wire.requests(*SEND)
    assert (request.status, request.taken) == (None, taken)
    assert [each.content for each in wire.dms(customer)] == (["goods"] if taken else [])


@pytest.mark.faults
def test_the_process_that_comes_after_finds_what_the_killed_one_sent(wire: Wire, start: Start) -> None:
    customer = wire.add_user()
    held = wire.fault(*SEND, Hold(taken=True))
    first = start(customer, "d:1")
    held.wait_reached()
    first.kill()
    held.wait_lost()
    second = start(customer, "d:1")
    printed, _ = second.communicate(timeout=30)
    (seen,) = wire.dms(customer)
    assert printed.split() == ["sent", str(seen.id)]


@pytest.mark.faults
def test_four_processes_at_once_share_one_discord(wire: Wire, start: Start) -> None:
    customers = [wire.add_user(f"customer {n}") for n in range(4)]
    held = wire.fault(*SEND, Hold(), times=4)
    processes = [start(customer, "d:1") for customer in customers]
    held.wait_reached(4, timeout=60)
    held.release()
    assert [process.wait(timeout=30) for process in processes] == [0] * 4
    assert [len(wire.dms(customer)) for customer in customers] == [1] * 4
