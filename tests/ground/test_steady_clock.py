"""A machine's clock that jumps: the time goes on as it was counted, until another clock says which is right."""

from datetime import UTC, datetime, timedelta

import pytest

from novacore.steady_clock import PATIENCE_SECONDS, SteadyClock

HOUR, TWO_DAYS = timedelta(hours=1), timedelta(days=2)
JUMPS = [-HOUR, TWO_DAYS, -timedelta(days=9000), timedelta(minutes=1)]


class Machine:
    """A machine with a clock that can be set and one that can't."""

    def __init__(self) -> None:
        self.true = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.off = timedelta(0)
        self.counted = 1000.0
        self.clock = SteadyClock(self.told, lambda: self.counted)

    def told(self) -> float:
        """What the clock shows that can be set."""
        return (self.true + self.off).timestamp()

    def run(self, **time: float) -> None:
        """Let time pass, in which the clock is read now and then."""
        for _ in range(100):
            part = timedelta(**time) / 100
            self.true += part
            self.counted += part.total_seconds()
            self.clock.now()


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_it_tells_the_time(machine: Machine) -> None:
    assert machine.clock.now() == machine.true
    machine.run(days=400)
    assert machine.clock.now() == machine.true
    assert not machine.clock.is_in_doubt()


def test_small_steps_of_a_time_server_are_followed(machine: Machine) -> None:
    for _ in range(10):
        machine.off += timedelta(seconds=20)
        machine.run(minutes=1)
    assert machine.clock.now() == machine.true + timedelta(seconds=200)
    assert not machine.clock.is_in_doubt()


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_there_and_back_again_is_nothing(machine: Machine, jump: timedelta, caplog: pytest.LogCaptureFixture) -> None:
    machine.off = jump
    machine.run(minutes=9)
    assert machine.clock.now() == machine.true
    assert machine.clock.is_in_doubt()
    machine.off = timedelta(0)
    assert machine.clock.now() == machine.true
    assert not machine.clock.is_in_doubt()
    first, second = (one.getMessage() for one in caplog.records)
    assert f"was set {'forward' if jump > timedelta(0) else 'back'} by {abs(jump)}. The shop goes on" in first
    assert "is back where it was" in second


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_is_believed_when_nobody_contradicts_it(machine: Machine, jump: timedelta) -> None:
    machine.off = jump
    machine.run(seconds=PATIENCE_SECONDS + 10)
    assert machine.clock.now() == machine.true + jump
    assert not machine.clock.is_in_doubt()
    machine.off = timedelta(0)
    machine.run(seconds=PATIENCE_SECONDS - 10)
    assert machine.clock.now() == machine.true + jump


@pytest.mark.parametrize("jump", JUMPS[:3], ids=str)
def test_another_clock_confirms_a_jump_at_once_and_contradicts_it_for_as_long_as_it_does(
    machine: Machine, jump: timedelta
) -> None:
    machine.off = jump
    for _ in range(5):
        machine.run(minutes=9)
        machine.clock.heard(machine.true + timedelta(seconds=2))
        assert machine.clock.now() == machine.true
    machine.clock.heard(machine.true + jump, may_confirm=False)
    assert machine.clock.now() == machine.true, "the database's clock stands in the same machine"
    machine.clock.heard(machine.true + jump - timedelta(seconds=2))
    assert machine.clock.now() == machine.true + jump


def test_a_clock_that_agrees_with_neither_says_nothing(machine: Machine) -> None:
    machine.off = TWO_DAYS
    machine.run(minutes=9)
    machine.clock.heard(machine.true - TWO_DAYS)
    assert machine.clock.now() == machine.true
    machine.run(minutes=2)
    assert machine.clock.now() == machine.true + TWO_DAYS


def test_a_second_jump_is_waited_for_again(machine: Machine) -> None:
    machine.off = TWO_DAYS
    machine.run(minutes=9)
    machine.off = 2 * TWO_DAYS
    machine.run(minutes=9)
    assert machine.clock.now() == machine.true
