"""Secrets in files of their own, as container hosts give them: read, refused with a sentence, and never quoted."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from novacore.errors import SettingsError
from novacore.settings import has_token, load_settings, secret_files
from novacore.settings.model import Settings
from tests.ground.settings.env_files import TOKEN, fault, write

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with the token, and the line break that an editor puts at its end."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\r\n")
    return path


def test_every_secret_setting_may_stand_in_a_file() -> None:
    secrets = {
        str(field.validation_alias or name)
        for name, field in Settings.model_fields.items()
        if SecretStr.__name__ in str(field.annotation)
    }
    assert secrets == {*secret_files.NAMES}


@pytest.mark.parametrize("is_in_environment", [True, False])
def test_the_file_is_read(
    good: dict[str, str], env_file: Path, secret: Path, monkeypatch: pytest.MonkeyPatch, is_in_environment: bool
) -> None:
    del good["DISCORD_TOKEN"]
    write(env_file, good if is_in_environment else good | {"DISCORD_TOKEN_FILE": str(secret)})
    if is_in_environment:
        monkeypatch.setenv("DISCORD_TOKEN_FILE", str(secret))
    settings = load_settings(env_file)
    assert settings.discord_token.get_secret_value() == TOKEN
    assert not [warning for warning in settings.warnings if "TOKEN" in warning]
    assert has_token(env_file)


def test_the_environment_goes_before_the_settings_file(
    good: dict[str, str], env_file: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(env_file, good | {"DISCORD_TOKEN": TOKEN.replace("G", "H")})
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(secret))
    assert load_settings(env_file).discord_token.get_secret_value() == TOKEN


def test_a_secret_is_given_once(good: dict[str, str], env_file: Path, secret: Path) -> None:
    write(env_file, good | {"DISCORD_TOKEN_FILE": str(secret)})
    assert fault(env_file) == "DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set. Keep one of them."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b" \n", "the file is empty"),
        (b"\xff\xfe\x00", "the file is not plain text"),
        (b"x" * 20_000, "the file is far too large for a secret"),
        (None, "the file can't be read (No such file or directory)"),
    ],
)
def test_a_file_of_no_use_is_one_sentence(
    good: dict[str, str], env_file: Path, tmp_path: Path, content: bytes | None, why: str
) -> None:
    del good["DISCORD_TOKEN"]
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    assert (
        fault(write(env_file, good | {"DISCORD_TOKEN_FILE": str(path)})) == f"DISCORD_TOKEN_FILE cannot be used: {why}."
    )


@pytest.mark.parametrize(("path", "why"), [(".", "it isn't a file"), ("a" * 300, "the file can't be read")])
def test_what_cannot_be_a_file_is_one_sentence(good: dict[str, str], env_file: Path, path: str, why: str) -> None:
    del good["DISCORD_TOKEN"]
    assert why in fault(write(env_file, good | {"DISCORD_TOKEN_FILE": path}))


def test_what_a_file_holds_is_checked_like_any_value_and_not_quoted(
    good: dict[str, str], env_file: Path, secret: Path
) -> None:
    del good["DISCORD_TOKEN"]
    secret.write_text("hunter2\nand a second line")
    with pytest.raises(SettingsError) as refusal:
        load_settings(write(env_file, good | {"DISCORD_TOKEN_FILE": str(secret)}))
    assert "DISCORD_TOKEN holds a line break" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
