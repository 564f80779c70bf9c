"""Wakes the workers after a commit. The only caller of Celery: everything else inserts a job row.

A wake-up may be lost at any time, for the sweep finds every row that is due. So nothing here waits or raises: the
committing thread drops ids into a bounded queue, and a thread of its own publishes them.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from celery import Celery
from kombu.exceptions import OperationalError

from novacore.db import unit_of_work
from novacore.db.unit_of_work import Wake
from novacore.tasks.queue.names import SWEEP, task_name
from novacore.tasks.queue.watch import broker
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName, Queue

CAPACITY = 10_000
"""Wake-ups in waiting, more than any one commit leaves. Some 2 MB."""

FIRST, LATER = 0, 6
"""Celery's priorities: in Redis what has 0 is taken before what has more. Deliveries and sweeps have it."""

_QUIET_SECONDS = 60.0
"""How often a broker that is away is worth a line in the log."""

_STALE_SECONDS = 10.0
"""When the sweep that a start asks for is worth nothing any more: beat has asked for others."""

_PAUSE_SECONDS = 1.0
"""After a failure: a broker that has just died is not asked for each wake-up in turn."""

log = logging.getLogger(__name__)


class _Item(NamedTuple):
    """A message to be sent: whose turn is earlier goes first, and else who came first."""

    turn: int
    number: int
    name: str
    job_id: int | None
    queue: str


class Dispatcher:
    """Publishes wake-ups in a thread that starts with the first one: in each process its own, after any fork."""

    def __init__(self, app: Celery, capacity: int = CAPACITY) -> None:
        self._app = app
        self._waiting: queue.PriorityQueue[_Item] = queue.PriorityQueue(capacity)
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._logged_at = -_QUIET_SECONDS
        self.dropped = 0

    def wake(self, wakes: Sequence[Wake]) -> None:
        """Publish wake-ups soon, or drop them. The waker for `unit_of_work.on_commit`."""
        for wake in wakes:
            turn = FIRST if KINDS[JobName(wake.name)].is_delivery else LATER
            self._put(_Item(turn, next(self._numbers), task_name(wake.name), wake.job_id, wake.queue))

    def sweep_now(self) -> None:
        """Ask for a sweep before beat does."""
        self._put(_Item(FIRST, next(self._numbers), SWEEP, None, Queue.discord))

    def stop(self, seconds: float = 2.0) -> None:
        """Stop publishing; what waits is dropped. Waits for the thread no longer than `seconds`."""
        self._stopped.set()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _put(self, item: _Item) -> None:
        if self._thread is None:
            self._start()
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            self._drop(1, "too many are waiting")

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._publish_all, name="dispatch", daemon=True)
                self._thread.start()

    def _publish_all(self) -> None:
        while not self._stopped.is_set():
            try:
                item = self._waiting.get(timeout=0.5)
            except queue.Empty:
                continue
            try:
                self._publish(item)
            except Exception as error:  # noqa: BLE001 - each broker has errors of its own
                self._failed(error)

    def _publish(self, item: _Item) -> None:
        args = () if item.job_id is None else (item.job_id,)
        self._app.send_task(item.name, args, queue=item.queue, priority=item.turn, retry=False, ignore_result=True)

    def _failed(self, error: Exception) -> None:
        if why := broker.refused_writes(error):
            self._drop(1 + self._drain(), f"the broker accepts no writes: {why}")
        elif isinstance(error, OperationalError | OSError):
            self._drop(1 + self._drain(), f"the broker is away ({type(error).__name__})")
        else:
            log.error("A wake-up could not be published.", exc_info=error)
            return
        self._stopped.wait(_PAUSE_SECONDS)

    def _drain(self) -> int:
        """Throw away what waits: the sweep will bring it, once the broker is back."""
        dropped = 0
        while not self._waiting.empty():
            self._waiting.get_nowait()
            dropped += 1
        return dropped

    def _drop(self, count: int, why: str) -> None:
        self.dropped += count
        if time.monotonic() - self._logged_at >= _QUIET_SECONDS:
            self._logged_at = time.monotonic()
            log.warning("Wake-ups dropped so far: %s, as %s. The sweep makes up for them.", self.dropped, why)


def sweep_once(app: Celery) -> None:
    """Ask for a sweep before beat does, without waiting for the broker: a worker has started."""

    def ask() -> None:
        try:
            app.send_task(SWEEP, queue=Queue.discord, retry=False, ignore_result=True, expires=_STALE_SECONDS)
        except (OperationalError, OSError) as error:
            log.warning("No sweep could be asked for (%s): beat is going to.", type(error).__name__)

    threading.Thread(target=ask, name="first sweep", daemon=True).start()


def start_waking(app: Celery) -> Callable[[], None]:
    """Publish a wake-up after each commit of this process that leaves work due; returns what ends it."""
    dispatcher = Dispatcher(app)
    forget = unit_of_work.on_commit(dispatcher.wake)

    def stop() -> None:
        forget()
        dispatcher.stop()

    return stop
