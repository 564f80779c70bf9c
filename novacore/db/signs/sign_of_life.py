"""Shows other processes that this worker lives, by a lock that ends with its process and with nothing else.

A claim is booked under the name of its worker's sign (`jobs.held_by`). Whoever finds that the lock of that name is
gone knows that the worker is dead, and need not wait for its lease. A frozen worker keeps its lock. Where no lock can
be had, or its owner can't be judged from here, nothing is said, and the lease decides.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol

from novacore.db.engine import Database
from novacore.db.signs.file_sign import FileSign
from novacore.db.signs.session_sign import PATIENCE, SessionSign


class SignOfLife(Protocol):
    """One for each process that claims jobs. Safe to use from several threads."""

    @property
    def name(self) -> str | None:
        """What claims are booked under; None while nothing shows that this process lives."""

    def holds(self, name: str) -> bool:
        """Tell whether this process is shown by this name right now. Quick: asks only this machine."""

    def dead(self, names: Collection[str]) -> frozenset[str]:
        """Return those whose process has certainly died. May take seconds. Raises Unavailable."""

    def close(self) -> None:
        """Take the sign away. What is still booked under its name counts as a dead worker's."""


class NoSign:
    """For processes that need none: nothing is shown, and nobody is judged."""

    name: str | None = None

    def holds(self, name: str) -> bool:  # noqa: ARG002 - as the others
        """There is nothing to hold."""
        return False

    def dead(self, names: Collection[str]) -> frozenset[str]:  # noqa: ARG002 - as the others
        """Leave everybody to their leases."""
        return frozenset()

    def close(self) -> None:
        """Nothing was taken."""


def show(
    database: Database,
    lease_seconds: float,
    patience: float = PATIENCE,
    away_since: Callable[[], Mapping[str, float]] = dict,
) -> SignOfLife:
    """Show that this process lives, from now on until it ends or closes the sign.

    `patience`: for how many seconds another one's sign has to be away, where that alone doesn't prove a death.
    `away_since`: tells who has been away without a break for how long already; see `EarlyLook`.
    """
    if not database.is_sqlite:
        return SessionSign(database, lease_seconds, patience, away_since)
    file = database.engine.url.database
    return FileSign(Path(file)) if file and not file.startswith(("file:", ":")) else NoSign()
