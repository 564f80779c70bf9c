"""Settings meet the disk: folders that cannot be written, hostile `.env` files."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from novacore.errors import SettingsError
from novacore.settings import has_token, load_settings
from tests.ground.settings.env_files import TOKEN, fault, faults, write

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("bare_environment")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere: step down for a moment, so that permissions mean something."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# ---- folders --------------------------------------------------------------------------------------------------------


def test_folders_are_made(good: dict[str, str], env_file: Path, tmp_path: Path) -> None:
    load_settings(write(env_file, good | {"LOG_DIR": str(tmp_path / "a" / "b")}))
    assert (tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_found_out_by_writing(
    good: dict[str, str], env_file: Path, tmp_path: Path
) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    write(env_file, good | {"LOG_DIR": str(locked), "DATABASE_PATH": str(locked / "shop.db")}).chmod(0o644)
    with as_nobody():
        found = faults(env_file)
    assert [sentence.split(".")[0] for sentence in found] == [
        "LOG_DIR cannot be used: Permission denied",
        "DATABASE_PATH cannot be used: Permission denied",
    ]


@pytest.mark.parametrize("place", ["/dev/null/logs", "/proc/novacore", "x" * 300])
def test_an_impossible_folder_is_a_sentence(good: dict[str, str], env_file: Path, tmp_path: Path, place: str) -> None:
    assert "LOG_DIR cannot be used" in fault(write(env_file, good | {"LOG_DIR": str(tmp_path / place)}))


def test_a_database_path_that_is_something_else_is_refused(
    good: dict[str, str], env_file: Path, tmp_path: Path
) -> None:
    assert "Is a directory" in fault(write(env_file, good | {"DATABASE_PATH": str(tmp_path)}))
    assert "it is not a file" in fault(write(env_file, good | {"DATABASE_PATH": "/dev/null"}))
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "not a SQLite database" in fault(write(env_file, good | {"DATABASE_PATH": str(photo)}))
    assert photo.stat().st_size == 108


# ---- hostile files --------------------------------------------------------------------------------------------------


def test_quotes_spaces_bom_and_windows_line_ends_do_no_harm(good: dict[str, str], env_file: Path) -> None:
    dressed = [
        " {} = {} ",
        'export {}="{}"',
        "{}='{}'",
        "{}=“{}”",
        '{}=" {} "',
        "{}=\u200b{}\u00a0",
        "\n\n{}={} # mine",
    ]
    lines = [dressed[number % len(dressed)].format(*item) for number, item in enumerate(good.items())]
    env_file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    env_file.chmod(0o600)
    assert load_settings(env_file) == load_settings(write(env_file, good))


def test_a_file_in_the_encoding_of_powershell_is_read(good: dict[str, str], env_file: Path) -> None:
    text = write(env_file, good).read_text()
    env_file.write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    assert load_settings(env_file).main_channel_id == int(good["MAIN_CHANNEL_ID"])


def test_mentions_and_several_roles_are_understood(good: dict[str, str], env_file: Path) -> None:
    roles = "<@&1200000000000000001>, 1200000000000000002;1200000000000000003\t1200000000000000002"
    settings = load_settings(
        write(env_file, good | {"STAFF_ROLE_IDS": roles, "MAIN_CHANNEL_ID": "<#1200000000000000009>"})
    )
    assert settings.staff_role_ids == {1200000000000000000 + n for n in (1, 2, 3)}
    assert settings.main_channel_id == 1200000000000000009


def test_nothing_in_a_file_is_taken_for_a_command_or_another_variable(good: dict[str, str], env_file: Path) -> None:
    settings = load_settings(write(env_file, good | {"SENTRY_ENVIRONMENT": "$(id) ${HOME} `id`x"}))
    assert settings.sentry_environment == "$(id) ${HOME} `id`x"


def test_a_line_that_is_no_setting_is_named_by_its_number(good: dict[str, str], env_file: Path) -> None:
    write(env_file, good)
    env_file.write_text(env_file.read_text() + f"\n\nthis is {TOKEN}\nCURRENCY\n")
    found = faults(env_file)
    assert [sentence.split(" of ")[0] for sentence in found] == [f"Line {len(good) + n}" for n in (3, 4)]
    assert not any(TOKEN in sentence for sentence in found)


def test_a_quote_that_is_never_closed_is_found(good: dict[str, str], env_file: Path) -> None:
    found = fault(write(env_file, good | {"DISCORD_TOKEN": f'"{TOKEN}'}))
    assert "cannot be read. Write it as NAME=value, with every quote closed." in found, "and not that it is missing"
    assert TOKEN not in found


def test_a_quote_that_swallows_the_next_line_is_found(good: dict[str, str], env_file: Path) -> None:
    found = faults(write(env_file, {"SENTRY_ENVIRONMENT": '"live'} | good | {"TIMEZONE": 'UTC"'}))
    assert any(sentence.startswith("SENTRY_ENVIRONMENT holds a line break") for sentence in found)


@pytest.mark.parametrize(
    "value", ['1100000000000000001"', "1100000000000000001\u202e\u202d1", "110000000000000\x001111"]
)
def test_a_damaged_value_is_one_fault(good: dict[str, str], env_file: Path, value: str) -> None:
    assert fault(write(env_file, good | {"MAIN_CHANNEL_ID": value})).startswith("MAIN_CHANNEL_ID ")


def test_one_name_with_two_values_is_refused(good: dict[str, str], env_file: Path) -> None:
    write(env_file, good)
    env_file.write_text(f"CURRENCY=\nCURRENCY=EUR\n{env_file.read_text()}CURRENCY=EUR\nCURRENCY=GBP\n")
    assert f"Line {len(good) + 4} of {env_file} sets CURRENCY a second time" in fault(env_file)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("DISCORD_TOKEN=\xf6\n".encode("latin-1"), "UTF-8"),
        (b"\xff\xfe\x00\x80\x00", "UTF-8"),
        (b"A=" + b"x" * 300_000, "far too large"),
    ],
)
def test_a_file_that_is_no_settings_file(env_file: Path, content: bytes, sentence: str) -> None:
    env_file.write_bytes(content)
    assert sentence in fault(env_file), "of settings that may be in it, none is called missing"
    with pytest.raises(SettingsError, match=sentence):
        has_token(env_file)


def test_a_folder_in_place_of_the_file(env_file: Path) -> None:
    env_file.mkdir()  # what Docker makes of a mount whose file does not exist
    assert "Is a directory" in faults(env_file)[0]


def test_a_misspelt_name_is_noticed(good: dict[str, str], env_file: Path) -> None:
    good["STAF_CHANNEL_ID"] = good.pop("STAFF_CHANNEL_ID")
    hint = "STAF_CHANNEL_ID is not a setting and was ignored. Did you mean STAFF_CHANNEL_ID?"
    assert faults(write(env_file, good))[-1] == hint
    good |= {"STAFF_CHANNEL_ID": good["STAF_CHANNEL_ID"], "POSTGRES_PASSWORD": "x", "WARNINGS": "x"}
    assert load_settings(write(env_file, good)).warnings == (hint,)


def test_what_deserves_a_look_is_a_warning(good: dict[str, str], env_file: Path) -> None:
    write(env_file, good | {"ETH_ADDRESS": good["ETH_ADDRESS"].lower()}).chmod(0o644)
    one, other = load_settings(env_file).warnings
    assert one.startswith("ETH_ADDRESS has no checksum")
    assert f"chmod 600 {env_file}" in other


def test_hostile_files_never_break_out_as_anything_but_a_settings_error(good: dict[str, str], env_file: Path) -> None:
    chance = random.Random(7)
    whole = write(env_file, good).read_bytes()
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(broken))
            broken[place : place + chance.randint(0, 3)] = chance.choice(
                [b"\x00", b'"', b"\n", b"'", b"=", b"#", b"\xc3", b"${"]
            )
        env_file.write_bytes(bytes(broken).replace(b"/", b"_"))  # no folders of its own making
        with suppress(SettingsError):
            load_settings(env_file)
