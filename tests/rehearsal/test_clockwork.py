"""The rehearsal's time: real seconds pass by themselves, the buttons jump, and everybody reads the same clock."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from novacore.rehearsal.clockwork import Clockwork, every, set_to_real_time
from tests.rehearsal.stage import Stage, play


async def _nothing(by: timedelta) -> None:
    """A shop that has nothing to sweep."""


def test_the_clock_starts_at_the_real_time_and_keeps_pace() -> None:
    async def act(stage: Stage) -> None:
        await set_to_real_time(stage.env)
        assert abs(stage.env.now() - datetime.now(UTC)) < timedelta(seconds=1)
        clockwork, before = Clockwork(stage.env, stage.lock), stage.env.now()
        await asyncio.sleep(0.2)
        await clockwork.tick()
        assert timedelta(seconds=0.2) <= stage.env.now() - before < timedelta(seconds=1)

    play(act)


def test_a_jump_moves_everything_at_once() -> None:
    async def act(stage: Stage) -> None:
        clockwork, before = Clockwork(stage.env, stage.lock), stage.env.now()
        swept: list[tuple[timedelta, timedelta]] = []

        async def sweep(by: timedelta) -> None:
            assert stage.lock.locked(), "nothing may come between the jump and the sweep"
            swept.append((by, stage.env.now() - before))

        await clockwork.jump(timedelta(days=1), sweep)
        (jump,) = swept
        assert jump[0] == timedelta(days=1)
        assert timedelta(days=1) <= jump[1] < timedelta(days=1, seconds=5)
        message = await stage.bot.channel("shop").send("later")
        assert abs(message.created_at - stage.env.now()) < timedelta(seconds=1)

    play(act)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_no_jump_goes_back_or_far_into_the_future(days: int) -> None:
    async def act(stage: Stage) -> None:
        clockwork, before = Clockwork(stage.env, stage.lock), stage.env.now()
        with pytest.raises(ValueError, match="forward by up to 366 days"):
            await clockwork.jump(timedelta(days=days), _nothing)
        assert stage.env.now() == before

    play(act)


def test_a_bot_that_is_busy_holds_the_clock_up_only_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    async def act(stage: Stage) -> None:
        stage.env.settle_timeout = 0.2
        clockwork = Clockwork(stage.env, stage.lock)
        release, before = asyncio.Event(), stage.env.now()

        async def wait(_message: object) -> None:
            await release.wait()

        stage.bot.on_message = wait  # type: ignore[attr-defined]
        await stage.bot.channel("shop").send("this keeps the bot waiting")
        await clockwork.jump(timedelta(hours=1), _nothing)
        assert stage.env.now() - before < timedelta(minutes=1)
        assert "the bot is busy" in caplog.text
        release.set()
        await clockwork.tick()
        assert stage.env.now() - before >= timedelta(hours=1)

    play(act)


def test_a_chore_that_fails_is_told_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    async def run() -> None:
        often = asyncio.Event()

        async def fails() -> None:
            calls.append(len(calls))
            if len(calls) == 3:
                often.set()
            raise LookupError("no such thing")

        chore = asyncio.create_task(every(0.01, fails))
        await often.wait()
        chore.cancel()
        await asyncio.gather(chore, return_exceptions=True)

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert "the rehearsal could not fails" in caplog.text
