"""Putting values into a `.env` that people write, too."""

import os
import stat
from pathlib import Path

import pytest

from novacore import systems
from novacore.errors import SettingsError
from novacore.settings.env_file import read_env_file
from novacore.settings.env_writing import put


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        ("A=1\n", {"a": "2"}, "A=2\n"),
        ("# A=1\nB=x", {"a": "2"}, "# A=1\nB=x\nA=2\n"),
        (
            "\n\nexport A = 'one two'  # why\r\nB=1\r\n",
            {"a": "2", "c": "3"},
            "\n\nexport A = 2  # why\r\nB=1\r\nC=3\r\n",
        ),
        ("A=\nB=\n", {"b": "2"}, "A=\nB=2\n"),
        ("a=1\n", {"a": "2"}, "a=2\n"),
        ("A=1\nB=0\nA=1\n", {"a": "2"}, "A=2\nB=0\nA=2\n"),
        ("A=x#y # z\n", {"a": "o'b #c"}, "A='o\\'b #c' # z\n"),
        ("\ufeffA=1\n", {"a": "2"}, "A=2\n"),
        ("A\n", {"a": "2"}, "A=2\n"),
    ],
)
def test_a_value_takes_its_place_and_the_rest_stays(
    tmp_path: Path, before: str, values: dict[str, str], after: str
) -> None:
    file = tmp_path / ".env"
    file.write_bytes(before.encode())
    put(file, values)
    assert file.read_bytes().decode() == after
    read = read_env_file(file).values
    assert {name: read[name.upper()] for name in values} == values


def test_the_file_becomes_its_owners_alone_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.env", tmp_path / ".env"
    real.write_text("A=1\n")
    real.chmod(0o644)
    link.symlink_to(real)
    (tmp_path / "real.env.new").write_text("of a process that was killed")
    put(link, {"a": "2"})
    assert link.is_symlink()
    assert real.read_text() == "A=2\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == [".env", "real.env"]


def give_away(place: Path) -> None:
    """Let someone else have it, or skip the test: not every user can, nor root in every container."""
    if not systems.is_root():
        pytest.skip("only root can give files away")
    try:
        os.chown(place, 12345, 12346)
    except OSError:
        pytest.skip("root may give nothing away here")


def test_root_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")
    give_away(file)
    put(file, {"a": "2"})
    after = file.stat()
    assert (file.read_text(), after.st_uid, after.st_gid) == ("A=2\n", 12345, 12346)
    assert stat.S_IMODE(after.st_mode) == 0o600
    file.unlink()
    give_away(tmp_path)
    put(file, {"a": "3"})
    assert file.stat().st_uid == 12345


def test_a_file_that_another_user_would_lose_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(systems, "give", refused)
    monkeypatch.setattr(systems, "is_mine", lambda _: False)
    with pytest.raises(SettingsError, match="sudo -u"):
        put(file, {"a": "2"})
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [(".env", "A=1\n")]


def test_a_new_file_begins_with_the_projects_example_where_that_is_at_hand(tmp_path: Path) -> None:
    file, example = tmp_path / ".env", tmp_path / ".env.example"
    example.write_text("# Another program's settings\nA=\n")
    put(file, {"a": "1"})
    assert file.read_text().splitlines()[-1] == "A=1"
    assert "Another" not in file.read_text()
    file.unlink()
    example.write_text(Path(".env.example").read_text())
    put(file, {"main_channel_id": "123456789012345678"})
    wanted = Path(".env.example").read_text().replace("MAIN_CHANNEL_ID=\n", "MAIN_CHANNEL_ID=123456789012345678\n", 1)
    assert file.read_text() == wanted


def test_a_file_that_would_be_misread_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("B='open\n")
    with pytest.raises(SettingsError, match="quote there that is not closed"):
        put(file, {"a": "1"})
    assert file.read_text() == "B='open\n"
    assert [each.name for each in tmp_path.iterdir()] == [".env"]
