"""Killed between any two steps: the next run goes on, and in the end everything is there once."""

from collections import Counter
from pathlib import Path
from typing import Any

import discord
import pytest

from novacore import private_files
from tests.entry.going_live.conftest import CHANNELS, ROLES, Stage

MOST_STEPS = 100


class Killed(BaseException):
    """What a kill -9 is to the process: nothing catches it."""


class Fuse:
    """Ends the process right after its next step: a change at Discord, a draft of `.env`, or the draft in its place."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[str] = []
        request, write, replace = discord.http.HTTPClient.request, private_files.write_new, Path.replace

        async def asked(client: Any, route: discord.http.Route, **more: Any) -> Any:
            answer = await request(client, route, **more)
            if route.method != "GET":
                self._burn(f"{route.method} {route.path}")
            return answer

        def written(path: Path, content: bytes) -> None:
            write(path, content)
            self._burn("draft")

        def replaced(path: Path, target: Path) -> Path:
            answer = replace(path, target)
            if path.name == ".env.new":
                self._burn("kept")
            return answer

        monkeypatch.setattr(discord.http.HTTPClient, "request", asked)
        monkeypatch.setattr(private_files, "write_new", written)
        monkeypatch.setattr(Path, "replace", replaced)

    def _burn(self, step: str) -> None:
        if step == "draft" == next(reversed(self.steps), ""):
            return  # it was killed here before: the same draft once more
        self.steps.append(step)
        raise Killed


def run_until_it_ends(stage: Stage) -> None:
    """Start it again after each kill; every run gets one step further."""
    for _ in range(MOST_STEPS):
        try:
            stage.run()
        except Killed:
            continue
        return
    raise AssertionError("It never came to its end.")


def test_killed_after_every_single_step(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))
    fuse = Fuse(monkeypatch)
    run_until_it_ends(stage)
    assert Counter(fuse.steps) == Counter(
        {
            "PATCH /applications/@me": 1,
            "POST /guilds/{guild_id}/roles": 3,
            "PATCH /guilds/{guild_id}/roles/{role_id}": 3,
            "POST /guilds/{guild_id}/channels": 6,
            "PATCH /channels/{channel_id}": 6,
            "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}": 1,
            "kept": 12,
            "draft": 12,
        }
    )
    assert stage.code == 0
    assert stage.channels() == {name: stage.id_of(setting) for setting, name in CHANNELS.items()}
    made = {name: each for name, each in stage.roles().items() if name not in ("@everyone", "NovaCore")}
    assert made == {name: stage.id_of(setting) for setting, name in ROLES.items()}
    assert [one.name for one in stage.env.parent.glob(".env*")] == [".env"]
