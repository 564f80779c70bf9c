"""How the child processes of a `media` worker hear that it stops, and how what they are at is cut off.

Celery tells them nothing and waits for as long as their jobs last. (Killed, it takes them along.)
"""

import os
import threading
from collections.abc import Callable

from novacore import systems
from novacore.tasks.queue.handlers import InFlight
from novacore.tasks.queue.offload.offload import OffloadStopped


class Lifeline:
    """A pipe of which the worker holds the one end and its children the other; the worker lets go when it stops."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self._is_cut = False

    def cut(self) -> None:
        """Let every child know that the worker stops."""
        if not self._is_cut:
            self._is_cut = True
            os.close(self._writing)

    def watch(self, then: Callable[[], None]) -> None:
        """Call `then` in a thread of its own when the worker stops. For a child, which was just forked."""
        self.cut()  # our copy of the worker's end
        threading.Thread(target=self._watch, args=(then,), name="lifeline", daemon=True).start()

    def _watch(self, then: Callable[[], None]) -> None:
        os.read(self._reading, 1)
        then()


def let_be_cut_off(in_flight: InFlight) -> None:
    """Let `cut_off` reach the job at hand. On the main thread, where a child does its jobs."""

    def stop() -> None:
        if in_flight.jobs:
            raise OffloadStopped("The shop is stopping.")

    systems.let_be_interrupted(stop)


def cut_off() -> None:
    """Raise OffloadStopped in the job at hand, which was handed back by now.

    Should it hear nothing, it ends with the worker.
    """
    systems.interrupt()
