"""The shop's own clock. Every due time, expiry and timestamp is read from here, so that the rehearsal can move it."""

from collections.abc import Callable
from datetime import UTC, datetime


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """Return the shop's present instant, aware, in UTC, whole microseconds."""
    return _source()


def set_source(source: Callable[[], datetime] | None) -> None:
    """Read the time from `source` from now on; None goes back to the machine's clock. For the rehearsal and tests."""
    global _source
    _source = source or _system_time
