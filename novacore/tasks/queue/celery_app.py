"""Makes the Celery app: a task for each job name, and the sweep. The settings of Celery are in `celeryconfig.py`.

`production` makes the one of the worker and beat processes, the embedded shop one of its own on a broker in memory.
"""

from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from sqlalchemy import URL, make_url

from novacore.tasks.queue import celeryconfig
from novacore.tasks.queue.handlers import InFlight, load_handlers
from novacore.tasks.queue.names import SWEEP, task_name
from novacore.tasks.queue.watch import broker, memory_broker
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName

MEMORY = f"{memory_broker.SCHEME}://localhost/"
"""The broker of the embedded shop: nothing to install, and gone with the process. The job rows stay."""


def make_app(broker_url: str, *, current: bool = False) -> Celery:
    """Make an app that can publish; with `add_tasks` it can work, too. `current`: the one of Celery's commands."""
    app = Celery("novacore", broker=broker_url, set_as_current=current)
    app.config_from_object(celeryconfig)
    app.conf.broker_transport_options = _transport_options(make_url(broker_url))
    app.conf.broker_use_ssl = broker.tls(broker_url)
    return app


def add_tasks(app: Celery, run: Callable[[JobName, int], None], sweep: Callable[[], object]) -> None:
    """Register a task for each job name, whose only argument is the job's id, and the sweep."""
    load_handlers()
    for name in JobName:
        _add_task(app, name, run)

    @app.task(name=SWEEP, shared=False)
    def sweep_task() -> None:
        sweep()


def _add_task(app: Celery, name: JobName, run: Callable[[JobName, int], None]) -> None:
    @app.task(name=task_name(name), shared=False)
    def job_task(job_id: int) -> None:
        run(name, job_id)


def put_deliveries_first(app: Celery, in_flight: InFlight) -> Callable[[], object]:
    """Note each delivery when its message comes in: the next free thread does it before what came in earlier.

    Celery's pool of threads does what it has been handed in its order, and is handed more than it can do at once.
    Returns what ends it.
    """
    deliveries = {task_name(name) for name, kind in KINDS.items() if kind.is_delivery}

    def note(request: Any, **_: Any) -> None:
        if request.app is app and request.name in deliveries:
            in_flight.deliveries.extend(request.args[:1])

    signals.task_received.connect(note, weak=False)
    return lambda: signals.task_received.disconnect(note)


def _transport_options(url: URL) -> dict[str, Any]:
    return {} if url.drivername == memory_broker.SCHEME else dict(celeryconfig.REDIS_OPTIONS)
