"""The Discord window: what SimCord's page is shown, and when. The page is asked over HTTP, as a browser asks it."""

import time
from typing import Any, Self

import aiohttp
import pytest
from simcord import SetupError

from novacore.rehearsal.window import Window
from tests.rehearsal.stage import Stage, play
from tests.rehearsal.toy_shop import card


class PageOfSimCord:
    """Reads the state that an open page of SimCord's would read twice a second."""

    def __init__(self, window: Window) -> None:
        self._origin, self._headers = window.origin, {"X-Simcord-Capability": window.capability or ""}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers)
        async with self._session.post(f"{self._origin}/api/pages", json={}) as answer:
            opened = await answer.json()
        self._session.headers["X-Simcord-Context"] = opened["context"]["id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def state(self) -> Any:
        async with self._session.get(f"{self._origin}/api/state") as answer:
            return await answer.json()

    async def texts(self) -> list[str]:
        return [message["content"] for message in (await self.state())["messages"].values()]


def test_what_the_worker_sends_appears_by_itself() -> None:
    async def act(stage: Stage) -> None:
        await stage.window.open(stage.sight("customer", "shop"))
        async with PageOfSimCord(stage.window) as page:
            await stage.bot.channel("shop").send("from the worker")
            assert "from the worker" not in await page.texts(), "SimCord alone does not show it"
            await stage.window.watch()
            assert "from the worker" in await page.texts()

    play(act)


def test_a_change_of_buttons_alone_appears_too() -> None:
    async def act(stage: Stage) -> None:
        await stage.window.open(stage.sight("customer", "support"))
        async with PageOfSimCord(stage.window) as page:
            before = (await page.state())["publishedRevision"]
            async for message in stage.bot.channel("support").history():
                await message.edit(view=card("Trouble?"))
            await stage.window.watch()
            assert (await page.state())["publishedRevision"] > before

    play(act)


def test_nothing_is_published_while_nothing_changes_here() -> None:
    async def act(stage: Stage) -> None:
        await stage.window.open(stage.sight("customer", "shop"))
        async with PageOfSimCord(stage.window) as page:
            before = (await page.state())["publishedRevision"]
            await stage.bot.channel("staff-review").send("elsewhere")
            for _ in range(3):
                await stage.window.watch()
            assert (await page.state())["publishedRevision"] == before

    play(act)


def test_times_are_renewed_but_not_under_the_hands_of_someone_who_presses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Stage) -> None:
        await stage.window.open(stage.sight("customer", "shop"))
        later = time.monotonic() + 60
        async with PageOfSimCord(stage.window) as page:
            before = (await page.state())["publishedRevision"]
            with monkeypatch.context() as patch:
                patch.setattr("novacore.rehearsal.window.time.monotonic", lambda: later)
                stage.window.pressed()
                await stage.window.watch()
                assert (await page.state())["publishedRevision"] == before
            with monkeypatch.context() as patch:
                patch.setattr("novacore.rehearsal.window.time.monotonic", lambda: later + 40)
                await stage.window.watch()
            assert (await page.state())["publishedRevision"] > before

    play(act)


def test_a_place_that_is_taken_away_is_shown_as_closed() -> None:
    async def act(stage: Stage) -> None:
        await stage.window.open(stage.sight("staff", "staff-review"))
        async with PageOfSimCord(stage.window) as page:
            review = stage.bot.channel("staff-review")
            role = review.guild.get_role(stage.world.roles["Staff"].id)
            assert role
            await review.set_permissions(role, view_channel=False)
            await stage.window.watch()
            assert (await page.state())["status"] == "access_denied"

    play(act)


def test_opening_another_place_ends_the_first_and_its_secret() -> None:
    async def act(stage: Stage) -> None:
        await stage.window.open(stage.sight("customer", "shop"))
        first = stage.window.capability
        await stage.window.open(stage.sight("staff", "staff-review"))
        assert stage.window.capability not in {first, None}
        await stage.window.close()
        assert (stage.window.origin, stage.window.sight) == (None, None)
        await stage.window.watch()

    play(act)


def test_nobody_opens_what_they_may_not_see() -> None:
    async def act(stage: Stage) -> None:
        hidden = stage.sight("staff", "staff-review")
        guest = stage.world.people["customer"]
        with pytest.raises(SetupError, match="access"):
            await stage.window.open(type(hidden)(guest, hidden.channel))

    play(act)
