"""The shop's own clock. Every due time, expiry and timestamp is read from here, so that the rehearsal can move it.

Left to itself it is this machine's clock, but for jumps that nobody has confirmed (`steady_clock`).
"""

from collections.abc import Callable
from datetime import datetime

from novacore.steady_clock import SteadyClock

_machine = SteadyClock()
_source: Callable[[], datetime] = _machine.now


def now() -> datetime:
    """Return the shop's present instant, aware, in UTC, whole microseconds."""
    return _source()


def machine_now() -> datetime:
    """Return this machine's time, wherever the shop's was moved to: for leases, and what Discord has the time of."""
    return _machine.now()


def is_in_doubt() -> bool:
    """Tell whether the shop goes by a clock that has jumped, and nobody has said yet which time is right."""
    return _source == _machine.now and _machine.is_in_doubt()


def heard(said: datetime, *, may_confirm: bool = True) -> None:
    """Take in what another clock says right now: it settles a doubt. `may_confirm`: see `SteadyClock.heard`."""
    _machine.heard(said, may_confirm=may_confirm)


def set_source(source: Callable[[], datetime] | None) -> None:
    """Read the time from `source` from now on; None goes back to the machine's clock. For the rehearsal and tests."""
    global _source
    _source = source or _machine.now
