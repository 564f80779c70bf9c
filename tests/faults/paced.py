"""The worker and beat of production at a quicker pace, for `celery -A tests.faults.paced`: leases of seconds.

Nothing is replaced: the app is made by the function that makes it in production, with other numbers.
"""

from celery import Celery

from novacore.tasks.queue.app import production_app
from novacore.tasks.queue.worker_process import Pace

LEASE = 5.5
"""Seconds after which the jobs of a dead worker go to another one."""

SWEEP = 0.5
"""Seconds between two sweeps."""

PACE = Pace(lease=LEASE, send=2.0, turn=1.0, wake_again=1.5, patience=1.0, stop=1.0)
"""A lease outlasts a turn and the largest send, and a send a busy machine."""


def _make() -> Celery:
    app = production_app(PACE)
    app.conf.beat_schedule["sweep"] |= {"schedule": SWEEP, "options": {"expires": 4 * SWEEP}}
    app.conf.beat_max_loop_interval = SWEEP
    return app


def __getattr__(name: str) -> Celery:
    if name == "app":
        return _make()
    raise AttributeError(name)
