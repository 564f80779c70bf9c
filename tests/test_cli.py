"""The command line: each verb does its thing, and what is wrong is said in a sentence without a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from novacore import cli
from novacore.db.engine import Database
from novacore.db.schema import require_current
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
    assert "samples belong into an empty database" in said
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
    for name in ("MAIN_CHANNEL_ID", "STAFF_CHANNEL_ID", "OWNER_ROLE_ID", "PAYPAL_EMAIL", "BTC_ADDRESS"):
        assert name in said
    assert "abcdefghijklmnopqrstuvwxyz" not in said
    assert "Traceback" not in said


def test_a_separate_bot_without_a_broker_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bot"]) == 1
    assert "CELERY_BROKER_URL" in capsys.readouterr().err


def test_help_lists_the_verbs() -> None:
    said = subprocess.run([sys.executable, "-m", "novacore", "--help"], capture_output=True, text=True, check=True)
    for verb in ("run", "rehearse", "bot", "migrate", "sample", "states", "new-key"):
        assert verb in said.stdout


def test_a_verb_that_needs_no_discord_loads_none() -> None:
    code = (
        "import json, sys; from novacore import cli; cli.main(['new-key']); print(json.dumps('discord' in sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout.splitlines()[-1]) is False
