"""Celery's worker and beat, patient with a Redis that answers and refuses every write. Named in `celeryconfig`.

Celery waits for a broker that is away, but takes a refusal (a full memory, a full disk, a replica) for the end: its
worker dies with a traceback, and its beat writes one with every sweep.
"""

import logging
import time
from typing import Any

from celery import beat
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu.exceptions import OperationalError

from novacore.tasks.queue.watch import broker
from novacore.telemetry.quiet_log import QuietLog

PAUSE_SECONDS = 1.0
"""Between two looks whether Redis takes writes again."""

log = logging.getLogger(__name__)


class PatientConsumer(Consumer):
    """Connects once Redis takes writes: at the start, and again when it has begun to refuse them."""

    def connect(self) -> Any:
        """Wait, and then connect as ever. Raises WorkerShutdown where the worker is stopped meanwhile."""
        url = str(self.app.conf.broker_url)
        if url.startswith("redis"):
            broker.wait_for_writes(url, _pause)
        return super().connect()


def _pause() -> None:
    maybe_shutdown()
    time.sleep(PAUSE_SECONDS)
    maybe_shutdown()


class PatientScheduler(beat.Scheduler):
    """Says once a minute that no sweep can be sent, in a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._quiet = QuietLog(log)
        super().__init__(*args, **kwargs)

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send what is due, if Redis takes it: the next one comes in seconds. Raises SchedulingError for all else."""
        try:
            return super().apply_async(*args, **kwargs)
        except beat.SchedulingError as error:
            why = broker.refused_writes(error)
            if not why and not isinstance(error.__cause__ or error.__context__, OperationalError | OSError):
                raise
            said = f"Redis accepts no writes, {why}" if why else "Redis is away"
            self._quiet.warning("sweep", "No sweep was sent: %s.", said)
            return None
