"""The file that a healthy process touches: whose it is, how long it holds, and that it never speaks for the dead."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from novacore import systems
from novacore.telemetry import vital_signs


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop in a folder of its own, on a machine with an empty temporary folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(vital_signs, "_last", {})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def the_file(folder: Path) -> Path:
    (file,) = (each for each in folder.rglob("*") if each.is_file())
    return file


def test_a_sign_holds_for_its_process_alone(folder: Path) -> None:
    assert not vital_signs.is_well("bot")
    vital_signs.give("bot")
    assert vital_signs.is_well("bot")
    assert not vital_signs.is_well("worker")
    assert (the_file(folder).stat().st_mode | the_file(folder).parent.stat().st_mode) & 0o077 == 0


def test_a_shop_in_another_folder_has_signs_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vital_signs.give("bot")
    (folder / "another").mkdir()
    monkeypatch.chdir(folder / "another")
    assert not vital_signs.is_well("bot")


@pytest.mark.parametrize("age", [vital_signs.FRESH_SECONDS, -60.0])
def test_an_old_sign_or_one_from_the_future_says_nothing(folder: Path, age: float) -> None:
    vital_signs.give("bot")
    when = time.time() - age
    os.utime(the_file(folder), (when, when))
    assert not vital_signs.is_well("bot")


def test_nothing_speaks_for_the_dead(folder: Path) -> None:
    vital_signs.give("beat")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    the_file(folder).write_text(str(dead.pid))
    assert not vital_signs.is_well("beat")


@pytest.mark.parametrize("content", ["", "-1", "0", "no number", "9" * 30])
def test_a_broken_file_says_nothing(folder: Path, content: str) -> None:
    vital_signs.give("worker")
    the_file(folder).write_text(content)
    assert not vital_signs.is_well("worker")


def test_a_heart_that_beats_often_touches_it_seldom(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    vital_signs.give("worker")
    the_file(folder).unlink()
    vital_signs.give("worker")
    assert not vital_signs.is_well("worker")
    monkeypatch.setattr(time, "monotonic", lambda: 1011.0)
    vital_signs.give("worker")
    assert vital_signs.is_well("worker")


@pytest.mark.parametrize("trap", ["a link to a folder", "a folder that others may open", "a file"])
def test_what_someone_else_put_there_is_not_touched(folder: Path, trap: str) -> None:
    place = folder / f"novacore-{systems.user()}"
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(0o700)
    if trap == "a link to a folder":
        place.symlink_to(elsewhere)
    elif trap == "a file":
        place.touch()
    else:
        place.mkdir()
        place.chmod(0o777)
    vital_signs.give("bot")
    assert not vital_signs.is_well("bot")
    assert [*elsewhere.iterdir()] == []
    assert not place.is_dir() or [*place.iterdir()] == []


def test_a_draft_that_is_a_link_is_not_followed(folder: Path) -> None:
    vital_signs.give("bot")
    file, precious = the_file(folder), folder / "precious"
    precious.write_text("a key")
    file.with_suffix(f".{os.getpid()}").symlink_to(precious)
    vital_signs._last.clear()
    vital_signs.give("bot")
    assert precious.read_text() == "a key"
    assert vital_signs.is_well("bot")


def test_a_disk_that_takes_nothing_is_no_harm(folder: Path) -> None:
    file = folder / "a file"
    file.touch()
    tempfile.tempdir = str(file)  # put back by the fixture
    vital_signs.give("bot")
    assert not vital_signs.is_well("bot")
