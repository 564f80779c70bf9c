"""A complete `.env`, and an environment that says nothing."""

from pathlib import Path

import pytest

from novacore.settings import secret_files
from novacore.settings.reading import _LIVE, _SETTINGS
from novacore.states import PaymentMethod
from tests.ground.settings.env_files import TOKEN


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take every setting out of the environment, and stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in (*_SETTINGS, *secret_files.FILE_NAMES):
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """Everything that a live shop needs."""
    ids = {name.upper(): str(1_100_000_000_000_000_000 + n) for n, name in enumerate(_LIVE) if "_id" in name}
    return ids | {
        "DISCORD_TOKEN": TOKEN,
        **{method.row.setting.upper(): method.row.example for method in PaymentMethod},
        "DATABASE_PATH": str(tmp_path / "data" / "shop.db"),
        "LOG_DIR": str(tmp_path / "logs"),
    }


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """Where the `.env` of this test is."""
    return tmp_path / ".env"
