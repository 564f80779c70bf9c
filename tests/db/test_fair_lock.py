"""Writers stand in line: whoever came first goes first, and nobody waits behind someone who came later."""

import threading
from functools import partial

import pytest

from novacore.db.fair_lock import FairLock, OutOfTurn
from tests.wire.faults import wait_until

PEOPLE = 20

PATIENCE = 60.0


def test_whoever_came_first_goes_first() -> None:
    line, served = FairLock(), list[int]()

    def stand(number: int) -> None:
        with line.turn(PATIENCE):
            served.append(number)

    people = [threading.Thread(target=stand, args=(number,)) for number in range(PEOPLE)]
    with line.turn(PATIENCE):
        for number, person in enumerate(people):
            person.start()
            wait_until(partial(_has, line, number + 1), PATIENCE, "the next one in line")
        assert served == []
    for person in people:
        person.join(PATIENCE)
    assert served == [*range(PEOPLE)]


def _has(line: FairLock, count: int) -> bool:
    return len(line._waiting) == count


def test_whoever_is_called_away_leaves_the_line() -> None:
    """What Ctrl-C does to a thread that waits, done by hand: it arrives before its turn, or just after."""
    line = FairLock()
    with line.turn(PATIENCE):
        early = threading.Lock()
        line._waiting.append(early)
        line._leave(early)
        assert not line._waiting
    with line.turn(PATIENCE):
        pass
    line._is_taken = True  # handed over to someone who has gone
    line._leave(early)
    assert not line._is_taken


def test_whoever_has_waited_long_enough_leaves_the_line_and_keeps_nobody_back() -> None:
    line = FairLock()
    with line.turn(PATIENCE):
        with pytest.raises(OutOfTurn), line.turn(0.01):
            raise AssertionError("two at a time")
        assert not line._waiting
        assert line._is_taken
    with line.turn(0.01):
        pass


def test_an_error_inside_lets_the_next_one_in() -> None:
    line = FairLock()
    with pytest.raises(ZeroDivisionError), line.turn(PATIENCE):
        1 / 0  # noqa: B018
    with line.turn(PATIENCE):
        assert line._is_taken
    assert not line._is_taken


def test_only_one_is_inside_however_many_push() -> None:
    line, inside, most = FairLock(), 0, 0

    def push() -> None:
        nonlocal inside, most
        for _ in range(200):
            with line.turn(PATIENCE):
                inside += 1
                most = max(most, inside)
                inside -= 1

    people = [threading.Thread(target=push) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE)
    assert (most, inside) == (1, 0)
