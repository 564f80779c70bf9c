"""Writing `.env` files for tests, and reading what is said about them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from novacore.errors import SettingsError
from novacore.settings import load_settings

TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GabcdE.mhBV-jR0uPq1s2t3u4v5w6x7y8z9A0B1C2D3E4"


def write(path: Path, values: Mapping[str, str]) -> Path:
    """Write a `.env` file that nobody else may read."""
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(0o600)
    return path


def faults(path: Path, **options: bool) -> tuple[str, ...]:
    """Return every fault that `load_settings` finds."""
    with pytest.raises(SettingsError) as refusal:
        load_settings(path, **options)
    return refusal.value.faults


def fault(path: Path, **options: bool) -> str:
    """Return the one fault that `load_settings` finds."""
    found = faults(path, **options)
    assert len(found) == 1, found
    return found[0]
