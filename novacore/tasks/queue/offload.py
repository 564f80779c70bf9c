"""Runs pure picture and chart functions where they slow nothing down: a child process beside the bot, or right here.

In the bot's process the interpreter's lock would hold up the gateway's heartbeat. A prefork `media` worker is a
process of its own already.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import ParamSpec, Protocol, TypeVar

from novacore.errors import NovaCoreError

SECONDS = 60.0
"""For one picture or chart; none takes two."""

_NICENESS = 10
"""The child gives way to the bot, whose heartbeat must be on time."""

P = ParamSpec("P")
T = TypeVar("T")


class HeavyFailed(NovaCoreError):
    """The child died or took too long: most likely for what it was given."""


class HeavyStopped(NovaCoreError):
    """The process is stopping: the call was cut off, or not begun."""


class Heavy(Protocol):
    """A place to compute."""

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a module-level function with arguments that can be pickled. Raises what it raises, or HeavyFailed."""

    def close(self) -> None:
        """End the child, if there is one."""


class Inline:
    """Right here: for processes that do nothing else."""

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it."""
        return function(*args, **kwargs)

    def close(self) -> None:
        """Nothing was started."""


class Child:
    """One child process, started with the first call and again when it has died. One call at a time, in turn."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._pid: int | None = None
        self._closed = False

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it in the child, which is killed when it takes too long; waiting for one's turn does not count."""
        with self._turn:
            try:
                return self._ready().submit(function, *args, **kwargs).result(self._seconds)
            except (BrokenProcessPool, CancelledError):
                self._end()
                self._require_open()
                raise HeavyFailed(f"The process that ran {function.__name__} died.") from None
            except TimeoutError:
                self._end()
                raise HeavyFailed(f"{function.__name__} took longer than {self._seconds:g} seconds.") from None

    def close(self) -> None:
        """Kill the child, in the middle of something or not; whoever waits for it gets HeavyStopped."""
        self._closed = True
        self._kill()
        with self._turn:
            self._end()

    def _ready(self) -> ProcessPoolExecutor:
        self._require_open()
        if self._pool is None:
            # spawn: a fork of a process with threads may copy a lock that nobody will ever open.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_prepare_child)
            self._pid = self._pool.submit(os.getpid).result(self._seconds)
        return self._pool

    def _require_open(self) -> None:
        if self._closed:
            raise HeavyStopped("The shop is stopping.")

    def _end(self) -> None:
        self._kill()
        pool, self._pool, self._pid = self._pool, None, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _kill(self) -> None:
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)


def _prepare_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its child itself
    os.nice(_NICENESS)
