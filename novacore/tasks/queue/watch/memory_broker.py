"""A broker in memory whose reader sleeps until there is a message. kombu's own looks a hundred times a second.

That was two thirds of what an idle shop took of a processor, and every message waited for the next look.
"""

import socket
import threading
import time
from queue import Empty
from typing import Any, Final

from kombu.transport import TRANSPORT_ALIASES, memory

SCHEME: Final = "wakeful"
"""How addresses of this broker begin: nobody else's `memory://` is changed."""

_LONGEST_SLEEP: Final = 1.0
"""Seconds after which it is looked all the same: a queue may be new."""


class _Arrivals:
    """How many messages have come in this process. Each reader waits for a number other than the one it has seen."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0

    def note(self) -> None:
        """Wake everyone who waits."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Return when there are others than those that were `seen`, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self.count != seen, seconds)


_arrivals = _Arrivals()


class Channel(memory.Channel):
    """Tells of what is put in."""

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        _arrivals.note()


class Transport(memory.Transport):
    """Waits for it."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:  # noqa: ARG002 - kombu's
        """Deliver the next message. Raises TimeoutError when none has come for so many seconds."""
        cycle = self.cycle
        if cycle is None:
            raise RuntimeError("This line to the broker is closed.")
        ends = time.monotonic() + timeout if timeout is not None else None
        while True:
            seen = _arrivals.count  # before the look: what comes after it ends the wait
            try:
                cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = _LONGEST_SLEEP if ends is None else ends - time.monotonic()
                if left <= 0:
                    raise socket.timeout from None  # noqa: UP041 - as kombu's own does
                _arrivals.wait(seen, min(left, _LONGEST_SLEEP))
            else:
                return


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
