"""The Celery app: a task for each job name, and the sweep. The settings of Celery are in `celeryconfig.py`.

In production `celery -A novacore.tasks.queue.app worker -Q discord` (or `-Q media`, or `beat`) reads the shop's
settings and asks for `app`. The embedded shop makes an app of its own (`make_app`) on a broker in memory.
"""

import logging
import os
import signal
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from celery import Celery, beat, signals
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError

from novacore import memory, private_files, telemetry
from novacore.db import diagnosis
from novacore.db.schema import SchemaMismatch
from novacore.errors import SettingsError
from novacore.settings import Settings, load_settings
from novacore.tasks.queue import celeryconfig, runner
from novacore.tasks.queue import sweep as housekeeping
from novacore.tasks.queue.dispatch import start_waking, sweep_once
from novacore.tasks.queue.handlers import InFlight, load_handlers
from novacore.tasks.queue.names import SWEEP, task_name
from novacore.tasks.queue.watch import broker
from novacore.tasks.queue.worker_process import Pace, ProcessRuntime
from novacore.telemetry.error_reports import configure_sentry
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName, Queue

MEMORY = "memory://localhost/"
"""The broker of the embedded shop: nothing to install, and gone with the process. The job rows stay."""

log = logging.getLogger(__name__)


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
    kind = "memory" if url.drivername == "memory" else "redis"
    return dict(celeryconfig.TRANSPORT_OPTIONS[kind])


@cache
def production_app(pace: Pace = Pace()) -> Celery:  # noqa: B008  frozen
    """Make the app of a worker or beat process from the settings. Wrong ones end the process with a sentence."""
    private_files.guard_process()
    memory.give_back_at_once()
    settings, broker_url = _settings()
    private_files.tighten(settings.own_files())
    telemetry.redact(*settings.secret_values())
    app = make_app(broker_url, current=True)
    process = ProcessRuntime(settings, partial(start_waking, app), pace)
    add_tasks(
        app,
        run=lambda _, job_id: runner.run_in_turn(process.runtime(), job_id),
        sweep=lambda: housekeeping.sweep(process.runtime()),
    )
    put_deliveries_first(app, process.in_flight)
    _connect_signals(settings, process, broker_url)
    return app


def _settings() -> tuple[Settings, str]:
    try:
        settings = load_settings(require_broker=True)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    if settings.celery_broker_url is None:
        raise SystemExit("CELERY_BROKER_URL is not set: this worker would listen to nobody.")
    return settings, settings.celery_broker_url.get_secret_value()


def _connect_signals(settings: Settings, process: ProcessRuntime, broker_url: str) -> None:
    def set_up_logging(**_: Any) -> None:
        telemetry.configure_logging(None, settings.log_level)
        configure_sentry(settings, "worker")

    def look_at_servers(**_: Any) -> None:
        _require_broker(broker_url)
        _look_at_shop(process)

    def in_a_child(**_: Any) -> None:
        process.become_child()

    def begin_to_stop(**_: Any) -> None:
        process.begin_to_stop()

    def prepare_beat(sender: beat.Service, **_: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, partial(_end_beat, sender))

    def shut_down(**_: Any) -> None:
        process.close()

    signals.setup_logging.connect(set_up_logging, weak=False)
    signals.worker_process_init.connect(in_a_child, weak=False)
    signals.worker_init.connect(look_at_servers, weak=False)
    signals.beat_init.connect(look_at_servers, weak=False)
    signals.worker_init.connect(_choose_pool, weak=False)
    signals.worker_init.connect(_greet_nobody, weak=False)
    signals.worker_ready.connect(_sweep_at_once, weak=False)
    signals.beat_init.connect(prepare_beat, weak=False)
    signals.worker_shutting_down.connect(begin_to_stop, weak=False)
    signals.worker_shutdown.connect(shut_down, weak=False)


def _end_beat(service: beat.Service, *_: Any) -> None:
    """End beat now, or, where the exception is lost on its way (in redis-py 8 while it reads), before its next sweep.

    Celery's own handler only raises: beat would go on as if nobody had asked.
    """
    service.stop()
    raise SystemExit


def _look_at_shop(process: ProcessRuntime) -> None:
    """End a process that meets the database of another release, or hasn't its key. One that is away is waited for."""
    try:
        process.look_at_shop()
    except (SchemaMismatch, SettingsError) as refusal:
        raise SystemExit(str(refusal)) from None
    except DBAPIError as error:
        sentence = diagnosis.sentence(error)
        if sentence is None:
            raise
        log.warning("Jobs wait until the database is there. %s", sentence)


def _require_broker(url: str) -> None:
    try:
        broker.require_usable(url)
    except SettingsError as fault:
        raise SystemExit(str(fault)) from None


def _sweep_at_once(sender: Any, **_: Any) -> None:
    """Sweep without waiting for beat: most often a worker that starts follows one that was killed."""
    sweep_once(sender.app)


def _choose_pool(sender: Any, **_: Any) -> None:
    """Threads for a worker that takes `discord`, processes (one a processor) for one that takes only `media`.

    Celery's default is prefork for all, and its configuration knows one pool for every worker. `-P solo` and `-c` on
    the command line are left as they are, except `-c 16` (our default) for `media`.
    """
    if "prefork" not in str(sender.pool_cls):
        return
    if Queue.discord in sender.app.amqp.queues.consume_from:
        sender.pool_cls = "threads"
    elif sender.concurrency == celeryconfig.worker_concurrency:
        sender.concurrency = len(os.sched_getaffinity(0))


def _greet_nobody(sender: Any, **_: Any) -> None:
    """Start without asking the other workers which tasks were revoked: nothing here revokes one, and it takes 1 s."""
    sender.options["without_mingle"] = True


def __getattr__(name: str) -> Celery:
    """Make `app` when Celery's commands ask for it, and not when someone imports this module."""
    if name == "app":
        return production_app()
    raise AttributeError(name)
