"""The key that encrypts the goods: as SECRET_KEY gives it, or from a file next to the SQLite database.

`Settings.goods_keys` calls it. The file is written whole or not at all, and by one process only, however many start at
once: two keys would leave half of the goods unreadable.
"""

import os
import re
from pathlib import Path

from novacore import private_files
from novacore.crypto import new_key
from novacore.errors import SettingsError

NEW_KEY_COMMAND = "novacore new-key"
_FERNET_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_MOST_CHARS = 45 * 1000
"""A thousand keys; someone else's file may be endless."""


def is_key(text: str) -> bool:
    """Tell whether the text is a key that `new_key` could have made: 32 bytes in URL-safe base64."""
    return _FERNET_KEY.fullmatch(text) is not None


def read_or_create(path: Path) -> tuple[str, ...]:
    """Return the keys in the file, the first one being that which encrypts. Raises SettingsError.

    Without a file one is made (mode 0600), with one key.
    """
    try:
        if not path.exists():
            _create(path, new_key())
        return _read(path)
    except OSError as error:
        raise _unusable(path, error) from None


def create(path: Path, key: str) -> None:
    """Make the file with this very key. Raises SettingsError where it can't be made, or is there by now."""
    try:
        _create(path, key)
        keys = _read(path)
    except OSError as error:
        raise _unusable(path, error) from None
    if keys != (key,):
        raise SettingsError([f"The key file {path} was made by another process meanwhile. Run this once more."])


def put_in_front(path: Path, key: str) -> None:
    """Let `key` encrypt from now on; those in the file still decrypt. The file is the old one or the whole new one."""
    keys = (key, *read_or_create(path))
    draft = _draft(path, "".join(f"{one}\n" for one in keys))
    try:
        draft.replace(path)
        private_files.settle(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _unusable(path: Path, error: OSError) -> SettingsError:
    fix = "Fix that, or set SECRET_KEY instead."
    return SettingsError([f"The key file {path} cannot be used: {error.strerror}. {fix}"])


def _create(path: Path, key: str) -> None:
    """Write a complete file under a name of our own, then link it into place: the first process wins, atomically."""
    private_files.make_folder(path.parent)
    draft = _draft(path, key + "\n")
    try:
        path.hardlink_to(draft)
        private_files.settle(path.parent)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _draft(path: Path, content: str) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    private_files.write_new(draft, content.encode())
    return draft


def _read(path: Path) -> tuple[str, ...]:
    with path.open(encoding="ascii", errors="replace") as file:
        state = os.fstat(file.fileno())
        keys = tuple(file.read(_MOST_CHARS).split())
    if private_files.is_open(state.st_mode):
        raise SettingsError([f"The key file {path} can be read by others on this machine. Run: chmod 600 {path}"])
    if not keys or not all(is_key(key) for key in keys):
        raise SettingsError(
            [f"The key file {path} holds no key. Put back the file that belongs to this database, from your backup."]
        )
    return keys
