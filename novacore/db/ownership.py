"""Sees to it that one process alone runs the shop of a SQLite file. `live` asks for it before it opens the shop."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from novacore import private_files
from novacore.errors import NovaCoreError


class ShopIsRunning(NovaCoreError):
    """Another process runs this very shop."""


@contextmanager
def sole_owner(database: Path) -> Iterator[None]:
    """Keep every other process from running the shop of this file as long as the block lasts. Raises ShopIsRunning.

    The lock is on a file next to the database and ends with the process, however that ends; the file itself stays.
    Commands that only look or add (doctor, sample, migrate) do not ask for it.
    """
    path = database.with_name(f"{database.name}.lock")
    private_files.make_folder(path.parent)
    lock = FileLock(path, mode=private_files.FILE_MODE)
    _take(lock, path, database)
    try:
        yield
    finally:
        lock.release()


def _take(lock: BaseFileLock, path: Path, database: Path) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ShopIsRunning(
            f"Another NovaCore process runs the shop in {database} already. Stop that one first: two would both "
            "answer every press and deliver every order."
        ) from None
    except OSError as error:
        raise NovaCoreError(
            f"{path} can't be opened ({error.strerror}). It belongs to whoever started the shop first: start it as "
            "that user, or remove the file while the shop is stopped."
        ) from None
