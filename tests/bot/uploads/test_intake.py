"""What people send is in memory within bounds: of one person one file after the other, of all together a few."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from novacore.bot.uploads import intake
from novacore.bot.uploads.intake import LARGE_AT_ONCE, LARGE_BYTES, SHARE, SMALL_AT_ONCE, Intake
from novacore.errors import BadInput, Busy, LimitReached
from novacore.media.artwork import sample_receipt
from novacore.media.proofs import ProcessedProof

ALICE, BOB = 1, 2
LARGE = LARGE_BYTES + 1


class Crowd:
    """People who send files that stay until they are let go."""

    def __init__(self) -> None:
        self.intake = Intake()
        self.inside: list[int] = []
        self.go = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    def send(self, person: int, size: int = LARGE) -> "asyncio.Task[None]":
        self.tasks.append(asyncio.create_task(self._hold(person, size)))
        return self.tasks[-1]

    async def _hold(self, person: int, size: int) -> None:
        async with self.intake.room(person, size):
            self.inside.append(person)
            await self.go.wait()
            self.inside.remove(person)

    async def settle(self) -> None:
        """Let everyone come as far as they can without time passing."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def finish(self) -> list[BaseException | None]:
        self.go.set()
        return list(await asyncio.gather(*self.tasks, return_exceptions=True))

    def look(self, person: int, size: int = LARGE) -> "asyncio.Task[None]":
        """Someone is shown files of so many bytes."""
        self.tasks.append(asyncio.create_task(self._show(person, size)))
        return self.tasks[-1]

    async def _show(self, person: int, size: int) -> None:
        async with self.intake.way_out(person, size):
            self.inside.append(person)
            await self.go.wait()
            self.inside.remove(person)


@asynccontextmanager
async def crowded() -> AsyncIterator[Crowd]:
    """Open a room for a crowd; whatever they did there, nothing of it stays."""
    crowd = Crowd()
    yield crowd
    await crowd.finish()
    assert crowd.inside == []
    assert crowd.intake._people == crowd.intake._lookers == {}
    assert crowd.intake._large._value == LARGE_AT_ONCE
    assert crowd.intake._small._value == SMALL_AT_ONCE
    crowd.intake.close()


async def test_one_person_has_one_file_here_a_few_in_line_and_the_rest_refused() -> None:
    async with crowded() as crowd:
        for _ in range(60):
            crowd.send(ALICE)
        await crowd.settle()
        assert crowd.inside == [ALICE]
        refused = [task.exception() for task in crowd.tasks if task.done()]
        assert len(refused) == 60 - SHARE
        assert all(isinstance(each, LimitReached) for each in refused)
        assert "send it again" in str(refused[0])
        done = await crowd.finish()
        assert done.count(None) == SHARE, "those in line came in one after the other"


async def test_others_come_in_next_to_someone_who_sends_too_much() -> None:
    async with crowded() as crowd:
        for _ in range(60):
            crowd.send(ALICE)
        crowd.send(BOB)
        crowd.send(BOB + 1, size=1000)
        await crowd.settle()
        assert sorted(crowd.inside) == [ALICE, BOB, BOB + 1]


async def test_all_together_have_so_many_large_files_and_so_many_small_ones() -> None:
    async with crowded() as crowd:
        for person in range(40):
            crowd.send(person)
            crowd.send(100 + person, size=LARGE_BYTES)
        await crowd.settle()
        assert len([each for each in crowd.inside if each < 100]) == LARGE_AT_ONCE
        assert len([each for each in crowd.inside if each >= 100]) == SMALL_AT_ONCE
        assert await crowd.finish() == [None] * 80


async def test_whoever_has_no_room_for_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async with crowded() as crowd:
        monkeypatch.setattr(intake, "WAIT_SECONDS", 0.01)
        for person in range(LARGE_AT_ONCE):
            crowd.send(person)
        await crowd.settle()
        with pytest.raises(Busy, match="A lot of files are coming in"):
            await crowd.send(77)
        with pytest.raises(Busy):
            await crowd.send(0)
        await crowd.finish()
        async with asyncio.timeout(60), crowd.intake.room(77, LARGE):
            pass


async def test_who_sends_files_is_shown_others_all_the_same() -> None:
    async with crowded() as crowd:
        for _ in range(SHARE):
            crowd.send(ALICE)
        crowd.look(ALICE)
        await crowd.settle()
        assert crowd.inside == [ALICE, ALICE]
        for _ in range(SHARE):
            crowd.look(ALICE)
        await crowd.settle()
        (refused,) = [task.exception() for task in crowd.tasks if task.done()]
        assert "on their way already" in str(refused)


async def test_who_gives_up_in_line_leaves_nothing_behind() -> None:
    async with crowded() as crowd:
        for person in range(LARGE_AT_ONCE):
            crowd.send(person)
        for waiting in (crowd.send(77), crowd.send(0)):
            await crowd.settle()
            waiting.cancel()
            await crowd.settle()
            assert waiting.cancelled()


async def test_a_refusal_inside_gives_the_room_back() -> None:
    async with crowded() as crowd:
        for _ in range(2 * SHARE):
            with pytest.raises(BadInput):
                async with crowd.intake.room(ALICE, LARGE):
                    raise BadInput("no")


async def test_pictures_are_looked_at_one_at_a_time_and_not_on_the_loop() -> None:
    busy, most = 0, 0

    def look(content: bytes) -> ProcessedProof:
        nonlocal busy, most
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        busy += 1
        most = max(most, busy)
        busy -= 1
        return ProcessedProof(content, "image/jpeg", 1, 1, 0)

    here = Intake(look)
    found = await asyncio.gather(*(here.process(bytes([n])) for n in range(20)))
    assert [each.picture for each in found] == [bytes([n]) for n in range(20)]
    assert most == 1
    here.close()


async def test_without_anything_better_they_are_looked_at_here() -> None:
    here = Intake()
    assert (await here.process(sample_receipt("$1", "shop", "X"))).width == 720
    with pytest.raises(BadInput, match="damaged"):
        await here.process(sample_receipt("$1", "shop", "X")[:200])
    here.close()


async def test_files_are_shown_to_one_person_after_the_other() -> None:
    async with crowded() as crowd:
        crowd.look(ALICE)
        crowd.look(BOB)
        crowd.send(BOB + 1)
        await crowd.settle()
        assert sorted(crowd.inside) == [ALICE, BOB + 1], "what comes in has room of its own"


async def test_goods_without_files_wait_for_nobody() -> None:
    async with crowded() as crowd:
        for person in (ALICE, BOB, BOB, BOB, BOB):
            crowd.look(person, 0)
        await crowd.settle()
        assert len(crowd.inside) == 5


async def test_who_presses_again_and_again_is_told_that_files_are_on_their_way() -> None:
    async with crowded() as crowd:
        for _ in range(SHARE + 1):
            crowd.look(ALICE)
        await crowd.settle()
        results = await crowd.finish()
    assert [str(one) for one in results if isinstance(one, LimitReached)] == [intake._SHOWN]
