"""This machine's clock without its jumps, until someone else's clock confirms them. `clock` reads the time from here.

A clock that is set wrong and put right again (by a person, a virtual machine, a time server gone mad) would otherwise
let orders expire that have a day left, or hold up for hours what was to be tried again in a minute.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from novacore import systems

STEP: Final = 30.0
"""Seconds. From here on a difference is a jump. Smaller ones (time servers, a frozen process) are followed."""

AGREES: Final = 60.0
"""How many seconds another clock may be off and still mean the same time. Discord tells whole seconds."""

PATIENCE_SECONDS: Final = 600.0
"""After that long a jump that nobody has contradicted is believed."""

log = logging.getLogger(__name__)


class SteadyClock:
    """Compares the clock that tells the time, and can be set, with one that only counts seconds.

    Where they part by more than STEP, the time goes on as it was counted, until another clock agrees with the new time
    (`heard`), or PATIENCE_SECONDS have passed since it was last contradicted. Safe in threads.
    """

    def __init__(
        self, told: Callable[[], float] = time.time, counted: Callable[[], float] = systems.counted_seconds
    ) -> None:
        self._told, self._counted = told, counted
        self._lock = threading.Lock()
        self._origin = self._look()[0]
        """What the telling clock showed when the counting one stood at zero: it changes only by a jump."""
        self._jump: float | None = None
        """The origin after a jump that is not believed yet."""
        self._doubted_at = 0.0
        """When, counted, the jump was noticed or last contradicted."""

    def now(self) -> datetime:
        """Return the time: aware, in UTC."""
        origin, counted = self._look()
        if self._jump is None and abs(origin - self._origin) <= STEP:
            self._origin = origin
        else:
            with self._lock:
                self._judge(origin, counted)
        return datetime.fromtimestamp(self._origin + counted, UTC)

    def is_in_doubt(self) -> bool:
        """Tell whether the machine's clock has jumped, and nobody has said yet which time is right."""
        self.now()
        return self._jump is not None

    def heard(self, said: datetime, *, may_confirm: bool = True) -> None:
        """Take in what another clock says right now. `may_confirm` False: it may stand in this machine, too."""
        if not self.is_in_doubt():
            return
        with self._lock:
            origin, counted = self._look()
            other = said.timestamp() - counted
            if may_confirm and abs(other - origin) <= AGREES:
                self._believe(origin, "another clock agrees")
            elif abs(other - self._origin) <= AGREES:
                self._doubted_at = counted

    def _look(self) -> tuple[float, float]:
        counted = self._counted()
        return self._told() - counted, counted

    def _judge(self, origin: float, counted: float) -> None:
        if abs(origin - self._origin) <= STEP:
            if self._jump is not None:
                log.warning("This machine's clock is back where it was. Nothing has happened by its jump.")
            self._origin, self._jump = origin, None
        elif self._jump is None or abs(origin - self._jump) > STEP:
            self._jump, self._doubted_at = origin, counted
            log.warning(
                "This machine's clock was set %s. The shop goes on by the time as it was, until this is confirmed.",
                _by(origin - self._origin),
            )
        elif counted - self._doubted_at >= PATIENCE_SECONDS:
            self._believe(origin, "nobody has contradicted it")

    def _believe(self, origin: float, why: str) -> None:
        log.warning("The shop's time was set %s: %s.", _by(origin - self._origin), why)
        self._origin, self._jump = origin, None


def _by(jump: float) -> str:
    return f"{'forward' if jump > 0 else 'back'} by {timedelta(seconds=round(abs(jump)))}"
