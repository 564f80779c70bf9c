"""Sees to it that one process alone runs the shop of a SQLite file. `live` asks for it before it opens the shop."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

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
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ShopIsRunning(
                f"Another NovaCore process runs the shop in {database} already. Stop that one first: two would both "
                "answer every press and deliver every order."
            ) from None
        yield


def _opened(path: Path) -> TextIOWrapper:
    try:
        return open(path, "a", opener=private_files.opener)
    except OSError as error:
        raise NovaCoreError(
            f"{path} can't be opened ({error.strerror}). It belongs to whoever started the shop first: start it as "
            "that user, or remove the file while the shop is stopped."
        ) from None
