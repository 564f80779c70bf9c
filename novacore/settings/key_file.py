"""The key that encrypts the goods: as SECRET_KEY gives it, or from a file beside the SQLite database.

`Settings.goods_keys` calls it. The file is written whole or not at all, and by one process only, however many start at
once: two keys would leave half of the goods unreadable.
"""

import os
import re
import stat
from pathlib import Path

from novacore.crypto import new_key
from novacore.errors import SettingsError

NEW_KEY_COMMAND = "novacore new-key"
_FERNET_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")


def is_key(text: str) -> bool:
    """Tell whether the text is a key that `new_key` could have made: 32 bytes in URL-safe base64."""
    return _FERNET_KEY.fullmatch(text) is not None


def read_or_create(path: Path) -> str:
    """Return the key in the file; make the file (mode 0600) when there is none. Raises SettingsError."""
    try:
        if not path.exists():
            _create(path)
        return _read(path)
    except OSError as error:
        raise SettingsError(
            [f"The key file {path} cannot be used: {error.strerror}. Mend that, or set SECRET_KEY instead."]
        ) from None


def _create(path: Path) -> None:
    """Write a complete file under a name of our own, then link it into place: the first process wins, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(descriptor)
        _link(draft, path)
    finally:
        draft.unlink()


def _link(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> str:
    with path.open(errors="replace") as file:
        state = os.fstat(file.fileno())
        text = file.read(200).strip()
    if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError([f"The key file {path} can be read by others on this machine. Run: chmod 600 {path}"])
    if not is_key(text):
        raise SettingsError(
            [f"The key file {path} holds no key. Put back the file that belongs to this database, from your backup."]
        )
    return text
