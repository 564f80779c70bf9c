"""Sees to it that one process alone runs the shop of a SQLite file. `live` asks for it before it opens the shop."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from novacore.errors import NovaCoreError


class ShopIsRunning(NovaCoreError):
    """Another process runs this very shop."""


@contextmanager
def sole_owner(database: Path) -> Iterator[None]:
    """Keep every other process from running the shop of this file as long as the block lasts. Raises ShopIsRunning.

    The lock is on a file beside the database and ends with the process, however that ends; the file itself stays.
    Commands that only look or add (doctor, sample, migrate) do not ask for it.
    """
    path = database.with_name(f"{database.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ShopIsRunning(
                f"Another NovaCore process runs the shop in {database} already. Stop that one first: two would both "
                "answer every press and deliver every order."
            ) from None
        yield
