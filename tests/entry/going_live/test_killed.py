"""Killed between any two steps: the next run goes on, and in the end everything is there once."""

import os
import pty
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import IO, Any

import discord
import pytest

from novacore import private_files
from tests.entry.going_live.conftest import CHANNELS, PAYPAL, ROLES, Stage
from tests.fixtures.servers.forked import Forked
from tests.wire.faults import Hold

MOST_STEPS = 100
ROOT = Path(__file__).parents[3]


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
    assert not stage.env.with_name(".env.new").exists()


def start(stage: Stage, *options: str, **streams: Any) -> "subprocess.Popen[str]":
    """Start the command in a process of its own, in the shop's folder."""
    left_out = ("DISCORD_TOKEN", "COLUMNS")
    env = {name: value for name, value in os.environ.items() if name not in left_out} | {"PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "novacore", "go-live", f"--pay=paypal={PAYPAL}", *options]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "stdin": subprocess.DEVNULL} | streams
    return Forked(argv, env=env, cwd=stage.env.parent, **given)


def read_until(stream: IO[str], words: str) -> str:
    """Read what a process says until it has said this, a character at a time: a prompt has no end of its line."""
    said = ""
    while words not in said:
        said += (one := stream.read(1))
        assert one, f"It ended without saying {words!r}: {said}"
    return said


def on_screen(terminal: int) -> str:
    """Return what a terminal shows whose program has ended, and close it."""
    try:
        return os.read(terminal, 10_000).decode()
    except OSError:  # nothing
        return ""
    finally:
        os.close(terminal)


def test_a_real_process_is_killed_at_a_terminal_and_the_next_one_goes_on(stage: Stage) -> None:
    held = stage.wire.fault("POST", "/guilds/*/channels", Hold(taken=True), nth=2)
    ours, theirs = pty.openpty()
    with start(stage, stdin=theirs, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        read_until(process.stderr, "it is not shown):")
        os.write(ours, stage.wire.token.encode() + b"\n")
        said = read_until(process.stdout, "Go ahead? [Y/n]")
        os.write(ours, b"yes\n")
        held.wait_reached(timeout=60)
        process.kill()
        told = process.stderr.read()
    held.release()
    os.close(theirs)
    assert stage.wire.token not in said + told + on_screen(ours)
    begun = stage.channels()
    assert sorted(begun) == ["Tickets", f"novacore-{stage.wire.bot_id}-shop"]

    with start(stage, "--yes") as process:
        said, told = process.communicate()
    assert (process.returncode, told) == (0, "")
    assert "finish the channel #shop, which was begun before" in said
    assert stage.channels() == {name: stage.id_of(setting) for setting, name in CHANNELS.items()}
    assert {*begun.values()} <= {*stage.channels().values()}
