"""The command line: each verb does its thing, and what is wrong is said in a sentence without a traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from novacore import cli
from novacore.db.engine import Database
from novacore.db.schema import require_current
from novacore.entry import called_as
from novacore.workflows.upkeep.diagrams import states_page

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_migrate_makes_the_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrate"]) == 0
    assert "at this release's schema" in capsys.readouterr().out
    database = Database(f"sqlite:///{tmp_path / 'data' / 'shop.db'}")
    require_current(database)
    database.close()


def test_sample_fills_an_empty_database_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample"]) == 0
    assert "11 sample products are on sale" in capsys.readouterr().out
    assert cli.main(["sample"]) == 1
    said = capsys.readouterr().err
    assert "samples belong in an empty database" in said
    assert "Traceback" not in said


def test_states_writes_the_page(tmp_path: Path) -> None:
    assert cli.main(["states", "--to", str(tmp_path / "docs" / "states.md")]) == 0
    assert (tmp_path / "docs" / "states.md").read_text() == states_page()


def test_new_key_prints_a_key_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new-key"]) == 0
    Fernet(capsys.readouterr().out.strip())


def test_run_names_every_fault_of_a_live_shop_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=MTAx.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789ab\n")
    assert cli.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "novacore go-live` sets up what is missing" in said.splitlines()[-1], "after what is wrong"
    for name in ("MAIN_CHANNEL_ID", "STAFF_CHANNEL_ID", "OWNER_ROLE_ID", "PAYPAL_EMAIL", "BTC_ADDRESS"):
        assert name in said
    assert "abcdefghijklmnopqrstuvwxyz" not in said
    assert "Traceback" not in said


def test_a_separate_bot_without_a_broker_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bot"]) == 1
    assert "CELERY_BROKER_URL" in capsys.readouterr().err


def test_help_lists_the_verbs_and_those_of_developers_last(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    for_owners, for_developers = capsys.readouterr().out.split("for developers of NovaCore:\n")
    assert re.findall(r"^  ([a-z-]+) ", for_developers, re.MULTILINE) == ["states", "columns"]
    verbs = set(re.findall(r"^  ([a-z][a-z-]+) ", for_owners, re.MULTILINE))
    assert verbs >= {"run", "rehearse", "go-live", "bot", "migrate", "sample", "new-key", "doctor"}


@pytest.mark.parametrize(
    ("settings", "said", "verbs"),
    [
        (None, "No shop is set up in this folder yet.", ["rehearse", "go-live"]),
        ("CURRENCY=USD\n", "its .env has no DISCORD_TOKEN", ["go-live", "rehearse"]),
        ("DISCORD_TOKEN=abc\n", "The shop in this folder is set up.", ["run", "doctor"]),
    ],
)
def test_without_a_verb_it_says_what_to_do_next(
    settings: str | None, said: str, verbs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if settings is not None:
        (tmp_path / ".env").write_text(settings)
    assert cli.main([]) == 0
    greeting = capsys.readouterr().out
    assert said in greeting
    assert re.findall(r"^  \S+ -m novacore ([a-z-]+)  ", greeting, re.MULTILINE) == verbs


@pytest.mark.parametrize("verb", ["rehearse", "run"])
def test_a_rehearsal_that_is_not_installed_says_what_to_do(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(called_as, "has_rehearsal", lambda: False)
    assert cli.main([verb]) == 1
    said = capsys.readouterr().err
    assert said.startswith("No DISCORD_TOKEN is set. Set up the live shop with `")
    assert re.search(r' -m pip install "simcord\[preview\][^"]*"$', said.strip())
    assert cli.main([]) == 0
    assert "rehearse" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("called", "on_the_path", "typed"),
    [
        (".venv/bin/novacore", False, ".venv/bin/novacore"),
        (".venv/bin/novacore", True, "novacore"),
        ("main.py", False, ".venv/bin/python -m novacore"),
        ("site-packages/novacore/__main__.py", True, ".venv/bin/python -m novacore"),
    ],
)
def test_a_command_is_named_as_it_is_typed_here(
    called: str, on_the_path: bool, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "novacore").touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / called)])
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.setenv("PATH", str(programs if on_the_path else tmp_path))
    assert called_as.program() == typed
    assert called_as.here("Run `novacore migrate`, then `make run`.") == f"Run `{typed} migrate`, then `make run`."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("docter", "doctor"), ("RUN", "run"), ("setup", "go-live"), ("golve", "go-live"), ("x\x1b[31m", "")],
)
def test_a_mistyped_verb_suggests_the_nearest(typed: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([typed]) == cli.WRONG_USE
    said = capsys.readouterr().err
    assert ("Did you mean" in said) == bool(meant)
    assert not meant or f"`novacore {meant}`?" in said
    assert said.isascii()
    assert "\x1b" not in said


def test_a_verb_that_needs_no_discord_loads_none() -> None:
    code = (
        "import json, sys; from novacore import cli; cli.main(['new-key']); print(json.dumps('discord' in sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout.splitlines()[-1]) is False
