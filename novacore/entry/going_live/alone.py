"""Sees to it that one `go-live` works in a folder at a time: two would make everything twice. `go_live` asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from novacore import private_files, systems
from novacore.errors import NovaCoreError


@contextmanager
def alone(env_file: Path) -> Iterator[None]:
    """Keep every other run out as long as the block lasts. Raises NovaCoreError.

    The lock is on a file next to `.env` and ends with the process, however that ends; the file itself may stay.
    """
    path = env_file.absolute().with_name(f"{env_file.name}.lock")
    lock = FileLock(path, mode=private_files.FILE_MODE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise NovaCoreError("Another `novacore go-live` is at work in this folder. Wait until it has ended.") from None
    except OSError as error:
        raise NovaCoreError(
            f"{path} can't be opened ({error.strerror}). Run this as the user whom the shop's folder belongs to."
        ) from None
    try:
        with suppress(OSError):  # for whoever runs it next, as root may have made it
            systems.give(path, path.parent.stat())
        yield
    finally:
        lock.release()
