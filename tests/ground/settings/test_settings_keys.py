"""The key of the goods: given, rotated, or in a file that is made once and for nobody else."""

import subprocess
import sys
from pathlib import Path

import pytest

from novacore.crypto import GoodsCipher, new_key
from novacore.errors import SettingsError
from novacore.settings import Settings, rehearsal_settings

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    return rehearsal_settings(tmp_path, {})


def test_keys_rotate(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    before = rehearsal_settings(tmp_path, {"SECRET_KEY": old})
    after = rehearsal_settings(tmp_path, {"SECRET_KEY": f" {new} , {old}"})
    sealed = GoodsCipher(before.goods_keys()).seal("CODE-1")
    assert after.goods_keys() == (new, old)
    assert GoodsCipher(after.goods_keys()).open(sealed) == "CODE-1"


def test_the_key_file_is_made_once_and_for_nobody_else(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "novacore.db.key"
    assert not file.exists()
    key = shop.goods_keys()
    assert shop.goods_keys() == key == (file.read_text().strip(),)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*.key*")] == [file.name]


RACE = """
import os, sys, time
from pathlib import Path
from novacore.settings.key_file import read_or_create

start = time.time() + 0.3
for child in range(16):
    if os.fork() == 0:
        time.sleep(max(0, start - time.time()))
        os.write(1, (read_or_create(Path(sys.argv[1]))[0] + "\\n").encode())
        os._exit(0)
sys.exit(sum(os.wait()[1] for child in range(16)))
"""


def test_many_processes_that_start_at_once_get_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACE, str(tmp_path / "key")]
    keys = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
    assert len(keys) == 16
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_key_file_that_others_can_read_is_refused(shop: Settings, tmp_path: Path) -> None:
    shop.goods_keys()
    file = tmp_path / "novacore.db.key"
    for mode in (0o640, 0o604, 0o644):
        file.chmod(mode)
        with pytest.raises(SettingsError, match=f"chmod 600 {file}"):
            shop.goods_keys()


@pytest.mark.parametrize("content", [b"", b"hunter2", b"\xff\xfe", bytes(44)])
def test_a_key_file_without_a_key_is_never_replaced(shop: Settings, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "novacore.db.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="from your backup"):
        shop.goods_keys()
    assert file.read_bytes() == content


def test_a_key_file_that_cannot_be_made_is_a_sentence(shop: Settings, tmp_path: Path) -> None:
    (tmp_path / "novacore.db.key").symlink_to(tmp_path / "gone")
    with pytest.raises(SettingsError, match="or set SECRET_KEY instead"):
        shop.goods_keys()
