"""Makes the app of the worker and beat processes, and says what they do when they start and end.

`app` asks for it, which Celery's commands name.
"""

import logging
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import Celery, beat, signals
from celery.apps import worker as apps_worker
from sqlalchemy.exc import DBAPIError

from novacore import systems, telemetry
from novacore.db import diagnosis
from novacore.db.schema import SchemaMismatch
from novacore.db.signs.early_look import EarlyLook
from novacore.errors import SettingsError
from novacore.settings import Settings
from novacore.tasks.queue import celeryconfig, runner
from novacore.tasks.queue import sweep as housekeeping
from novacore.tasks.queue.celery_app import add_tasks, make_app, put_deliveries_first
from novacore.tasks.queue.dispatch import start_waking, sweep_once
from novacore.tasks.queue.watch import broker
from novacore.tasks.queue.worker_process import Pace, ProcessRuntime
from novacore.telemetry import vital_signs
from novacore.telemetry.error_reports import configure_sentry
from novacore.workflows.machine.jobs import Queue

log = logging.getLogger(__name__)


def app_of(settings: Settings, broker_url: str, early_look: EarlyLook, pace: Pace | None) -> Celery:
    """Make the app of this process, with its tasks and what is done at its start and end."""
    app = make_app(broker_url, current=True)
    process = ProcessRuntime(settings, partial(start_waking, app), pace or Pace(), early_look.away_since)
    add_tasks(
        app,
        run=lambda _, job_id: runner.run_in_turn(process.runtime(), job_id),
        sweep=lambda: housekeeping.sweep(process.runtime()),
    )
    put_deliveries_first(app, process.in_flight)
    if settings.log_format == telemetry.JSON:
        _without_banners(app)
    _connect_signals(settings, process, broker_url)
    signals.worker_init.connect(partial(_end_unless_it_sweeps, early_look), weak=False)
    signals.beat_init.connect(lambda **_: early_look.end(), weak=False)
    return app


def _without_banners(app: Celery) -> None:
    """Let Celery's commands print nothing past the log: their banners, and that they were asked to stop."""
    for name in ("Worker", "Beat"):
        setattr(app, name, partial(_quietly, getattr(app, name)))
    setattr(apps_worker, "safe_say", lambda *_: None)  # noqa: B010 - a name of Celery's own, which its types lack


def _quietly(make: Callable[..., Any], *given: Any, **options: Any) -> Any:
    return make(*given, **{**options, "quiet": True})


def _connect_signals(settings: Settings, process: ProcessRuntime, broker_url: str) -> None:
    def set_up_logging(**_: Any) -> None:
        telemetry.configure_logging(None, settings.log_level, settings.log_format)
        configure_sentry(settings, "worker")

    def look_at_servers(look: Callable[[], None], **_: Any) -> None:
        _require_broker(broker_url)
        _look_at_shop(look)

    def in_a_child(**_: Any) -> None:
        process.become_child()

    def begin_to_stop(**_: Any) -> None:
        process.begin_to_stop()

    def prepare_beat(sender: beat.Service, **_: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, partial(_end_beat, sender))
        signals.after_task_publish.connect(lambda **_: vital_signs.give("beat"), weak=False)

    def shut_down(**_: Any) -> None:
        process.close()

    signals.setup_logging.connect(set_up_logging, weak=False)
    signals.worker_process_init.connect(in_a_child, weak=False)
    signals.worker_init.connect(partial(look_at_servers, process.look_before_jobs), weak=False)
    signals.beat_init.connect(partial(look_at_servers, process.look_at_shop), weak=False)
    signals.worker_init.connect(_choose_pool, weak=False)
    signals.worker_init.connect(_greet_nobody, weak=False)
    signals.worker_ready.connect(_sweep_at_once, weak=False)
    signals.heartbeat_sent.connect(lambda **_: vital_signs.give("worker"), weak=False)
    signals.beat_init.connect(prepare_beat, weak=False)
    signals.worker_shutting_down.connect(begin_to_stop, weak=False)
    signals.worker_shutdown.connect(shut_down, weak=False)


def _end_beat(service: beat.Service, *_: Any) -> None:
    """End beat now, or, where the exception is lost on its way (in redis-py 8 while it reads), before its next sweep.

    Celery's own handler only raises: beat would go on as if nobody had asked.
    """
    service.stop()
    raise SystemExit


def _look_at_shop(look: Callable[[], None]) -> None:
    """End a process that meets the database of another release, or hasn't its key. One that is away is waited for."""
    try:
        look()
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
        sender.concurrency = systems.processors()


def _end_unless_it_sweeps(early_look: EarlyLook, sender: Any, **_: Any) -> None:
    """Look for nobody in a worker whose jobs are others: it is going to fork, and children inherit what is open."""
    if Queue.discord not in sender.app.amqp.queues.consume_from:
        early_look.end()


def _greet_nobody(sender: Any, **_: Any) -> None:
    """Start without asking the other workers which tasks were revoked: nothing here revokes one, and it takes 1 s."""
    sender.options["without_mingle"] = True
