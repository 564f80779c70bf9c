"""What docs/operations.md tells people to type can be typed, and the unit of systemd starts what is there."""

import re
import shlex
from configparser import RawConfigParser

import pytest
from ruamel.yaml import YAML

import novacore
from novacore.cli import _parser
from novacore.db.base import Base
from novacore.telemetry.error_reports import MONITOR
from novacore.workflows.machine.jobs import Queue
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
TYPED = {*re.findall(r"`([^`\n]+)`", PAGE), *(line.split(" #")[0].strip() for line in BLOCKS.splitlines())}
SERVICES = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"]


def _commands_of(program: str) -> list[str]:
    """Return every call of a program, by whatever path, up to the end of its line."""
    calls = (re.search(rf"(?:^|[.]venv/bin/|exec bot )({program} [a-z-].*)$", each) for each in TYPED)
    found = sorted({call.group(1) for call in calls if call})
    assert found
    return found


@pytest.mark.parametrize("command", _commands_of("novacore"))
def test_every_verb_of_novacore_exists(command: str) -> None:
    assert vars(_parser().parse_args(shlex.split(command)[1:]))["verb"]


@pytest.mark.parametrize("command", _commands_of("docker compose"))
def test_every_service_that_is_named_exists(command: str) -> None:
    words = [word for word in shlex.split(command)[2:] if not word.startswith("-")]
    verb, *rest = words
    named = {"exec": rest[:1], "stop": rest, "restart": rest, "ps": rest, "logs": rest}.get(verb, [])
    assert set(named) <= set(SERVICES), command
    for scaled in re.findall(r"--scale ([\w-]+)=\d", command):
        assert scaled in SERVICES


def test_the_image_is_that_of_this_release() -> None:
    assert set(re.findall(r"novacore:(\d[\w.]*)", PAGE)) == {novacore.__version__}


def test_the_workers_are_named_as_in_the_compose_file() -> None:
    said = {command for command in _commands_of("celery") if " worker " in command}
    assert said == {" ".join(SERVICES[f"worker-{queue}"]["command"]).split(" -c ")[0] for queue in Queue}


def test_the_monitor_is_named_as_in_the_code() -> None:
    assert f"`{MONITOR}`" in PAGE


def test_the_unit_starts_what_is_there_and_waits_for_it() -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "docs" / "novacore.service")
    service = unit["Service"]
    program, *words = service["ExecStart"].split()
    assert program == f"{service['WorkingDirectory']}/.venv/bin/novacore"
    assert vars(_parser().parse_args(words))["verb"]
    assert int(service["TimeoutStopSec"]) >= 30
    assert service["User"] != "root"
    assert service["KillMode"] == "mixed", "the child that draws pictures is ended by its parent"
    for folder in ("data", "logs"):
        assert f"{service['WorkingDirectory']}/{folder}" in service["ReadWritePaths"]


def test_every_table_is_named_with_what_bounds_it() -> None:
    chapter = PAGE.split("## What is stored, and what bounds it")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(Base.metadata.tables)
