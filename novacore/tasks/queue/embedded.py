"""Worker and beat inside the bot's own process, on a broker in memory: the shop that needs nothing else installed."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from celery import Celery, beat
from celery.worker import state as celery_state

from novacore.db import unit_of_work
from novacore.db.signs import sign_of_life
from novacore.db.signs.sign_of_life import NoSign, SignOfLife
from novacore.db.unit_of_work import writing
from novacore.tasks.queue import runner, sweep
from novacore.tasks.queue.celery_app import MEMORY, add_tasks, make_app, put_deliveries_first
from novacore.tasks.queue.dispatch import Dispatcher
from novacore.tasks.queue.handlers import LEASE_SECONDS, Runtime
from novacore.tasks.queue.watch import dead_workers
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName, Queue
from novacore.workflows.machine.shop import Shop

THREADS = 16
"""Jobs at a time: at 150 ms a call they ask for more than Discord's 50 requests a second."""

MEDIA_THREADS = 2
"""Pictures at a time: one in the child process, one being read or written. They must not take the others' threads."""

STOP_SECONDS = 10.0
"""How long jobs in flight have to finish at a stop; then they are queued again."""

_JOIN_SECONDS = 8.0
_RESTART_SECONDS = 1.0
_BEAT_SECONDS = 1
"""How long beat sleeps at most: a stop waits for it."""

log = logging.getLogger(__name__)


_NAME = "embedded@"


def worker_name() -> str:
    """Return the name under which this process books its attempts."""
    return f"{_NAME}{socket.gethostname()}:{os.getpid()}"


def release_dead_claims(shop: Shop) -> int:
    """End the leases of an embedded process that was killed, so that its jobs begin at once; returns how many.

    Only on SQLite, where this process alone may run the shop (`db.ownership`): then whoever booked them is dead. On
    PostgreSQL it may run on another machine; there its sign of life tells.
    """
    if not shop.database.is_sqlite:
        return 0
    with writing(shop.database) as tx:
        return dead_workers.release(tx, _NAME)


def show(shop: Shop) -> SignOfLife:
    """Show others that this process lives, where there may be others: not on SQLite. Connects to the database."""
    return NoSign() if shop.database.is_sqlite else sign_of_life.show(shop.database, LEASE_SECONDS)


class EmbeddedWorker:
    """A Celery worker and beat in threads. Start it once, stop it once; it takes no signals and prints nothing."""

    def __init__(self, runtime: Runtime, threads: int = THREADS) -> None:
        self._runtime = runtime
        self._app = _app(threads)
        add_tasks(self._app, self._run, lambda: sweep.sweep(runtime))
        self._dispatcher = Dispatcher(self._app)
        self._media = ThreadPoolExecutor(MEDIA_THREADS, "media")
        self._ready = threading.Event()
        self._beat: beat.Service | None = None
        self._undo: list[Callable[[], object]] = []
        self._threads = [
            threading.Thread(target=self._keep, args=(target,), name=name, daemon=True)
            for name, target in (("worker", self._work), ("beat", self._tick))
        ]

    def start(self, seconds: float = 20.0) -> None:
        """Start working, and take up at once what is due. Blocks until the worker listens (under a second)."""
        # Celery's pool threads look a task up in the app that is the process's default.
        self._app.set_default()
        sweep.forget_wake_ups(self._runtime)
        self._undo = [
            unit_of_work.on_commit(self._dispatcher.wake),
            put_deliveries_first(self._app, self._runtime.in_flight),
        ]
        for thread in self._threads:
            thread.start()
        if not self._ready.wait(seconds):
            raise RuntimeError("The worker did not start; the log says why.")
        self._dispatcher.sweep_now()

    def sweep_now(self) -> None:
        """Take up what is due without waiting for beat: for a clock that has jumped."""
        self._dispatcher.sweep_now()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Take no new job, give those in flight so many seconds, queue the rest again, and end.

        Call it from a thread of its own, before the client is closed: on the bot's event loop it would wait for jobs
        that wait for that loop. The runtime's calls, heavy work and sign of life are closed with it.
        """
        self._runtime.in_flight.stopping = True
        if self._beat is not None:
            self._beat.stop()
        _ask_worker_to_stop(True)
        runner.finish_or_hand_back(self._runtime, seconds)
        # Celery's loop looks up when a message comes, or after 2 s, and does so twice on its way out.
        self._dispatcher.sweep_now()
        self._dispatcher.sweep_now()
        self._end()

    def _end(self) -> None:
        for undo in self._undo:
            undo()
        self._runtime.calls.close()
        self._runtime.close_heavy()
        self._media.shutdown(wait=True, cancel_futures=True)
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        self._runtime.sign.close()
        self._dispatcher.stop()
        _ask_worker_to_stop(False)

    def _keep(self, target: Callable[[], None]) -> None:
        """Begin again when Celery gives up by itself."""
        while not self._runtime.in_flight.stopping:
            try:
                target()
            except Exception:
                log.exception("The embedded worker broke.")
            if not self._runtime.in_flight.stopping:
                log.error("The embedded worker ended by itself and is started again.")
                time.sleep(_RESTART_SECONDS)

    def _work(self) -> None:
        controller = self._app.WorkController(
            hostname=f"embedded@{socket.gethostname()}",
            pool_cls="threads",
            queues=[queue.value for queue in Queue],
            ready_callback=lambda _: self._ready.set(),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        controller.start()

    def _tick(self) -> None:
        self._beat = beat.Service(self._app, max_interval=_BEAT_SECONDS, scheduler_cls=beat.Scheduler)
        self._beat.start()

    def _run(self, name: JobName, job_id: int) -> None:
        if KINDS[name].queue is Queue.media:
            self._media.submit(self._run_media, job_id)
        else:
            runner.run_in_turn(self._runtime, job_id)

    def _run_media(self, job_id: int) -> None:
        try:
            runner.run(self._runtime, job_id)
        except Exception:
            log.exception("Job %s could not be run.", job_id)


def _ask_worker_to_stop(ask: bool) -> None:
    # What Celery's own signal handlers set; its loop looks at it between messages. False asks for nothing.
    celery_state.should_stop = 0 if ask else None  # type: ignore[assignment]


def _app(threads: int) -> Celery:
    app = make_app(MEMORY)
    app.conf.update(
        worker_concurrency=threads,
        # No limit: outside an event loop Celery acknowledges only between messages, and with a limit it would wait
        # 2 s for the next one. Nothing is taken from anybody: there is no other worker.
        worker_prefetch_multiplier=0,
        worker_enable_remote_control=False,
    )
    return app
