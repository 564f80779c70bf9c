"""The shop's own name and colour: as an owner writes them, `#` and all, and what is no name or no colour."""

from pathlib import Path

import pytest

from novacore.settings import face_given, load_settings
from tests.ground.settings.env_files import fault, write

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_without_them_the_shop_has_neither(good: dict[str, str], env_file: Path) -> None:
    settings = load_settings(write(env_file, good))
    assert (settings.shop_name, settings.shop_colour) == ("", None)
    assert face_given(env_file) == {}


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#5865F2", 0x5865F2),
        ("5865f2", 0x5865F2),
        ("0x5865F2", 0x5865F2),
        ('"#58F"', 0x5588FF),
        ("Purple", 0x9B59B6),
        ("#FFFFFE", 0xFFFFFE),
        ("#000000", 0x010101),
        ("black", 0x010101),
        ("#000", 0x010101),
    ],
)
def test_a_colour_as_people_write_it(good: dict[str, str], env_file: Path, written: str, colour: int) -> None:
    """Black is the darkest that is one: Discord takes 0 for no colour."""
    assert load_settings(write(env_file, good | {"SHOP_COLOUR": written})).shop_colour == colour


@pytest.mark.parametrize("written", ["blurpel", "#12345", "#1234567", "rgb(1,2,3)", "#12345g", "-1", "１２３"])
def test_what_is_no_colour_is_refused_with_those_that_are(good: dict[str, str], env_file: Path, written: str) -> None:
    said = fault(write(env_file, good | {"SHOP_COLOUR": written}))
    assert said.startswith("SHOP_COLOUR is not a colour. Write it like #5865F2, or one of black, blue, blurple")
    assert written not in said


@pytest.mark.parametrize("name", ["Moonlight Store", "月光商店", "K&B *Keys*", "x" * 50, "🎮 Games"])
def test_a_name_is_kept_as_it_was_written(good: dict[str, str], env_file: Path, name: str) -> None:
    assert load_settings(write(env_file, good | {"SHOP_NAME": f"  {name} "})).shop_name == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("x" * 51, "has 51 characters; the limit is 50"),
        ("🎮" * 25 + "x", "has 51 characters"),
        ("***", "has neither a letter nor a digit"),
        ("Moon\u202elight", "an invisible character"),
        ("Moon\u200blight", "an invisible character"),
    ],
)
def test_what_is_no_name_is_refused(good: dict[str, str], env_file: Path, name: str, why: str) -> None:
    assert why in fault(write(env_file, good | {"SHOP_NAME": name}))


def test_a_rehearsal_looks_like_the_shop(good: dict[str, str], env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(env_file, good | {"SHOP_NAME": "Moonlight Store", "SHOP_COLOUR": "#123456"})
    monkeypatch.setenv("SHOP_NAME", "Sunshine Store")
    assert face_given(env_file) == {"SHOP_NAME": "Sunshine Store", "SHOP_COLOUR": "#123456"}
