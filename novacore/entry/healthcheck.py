"""`novacore doctor --quick`: whether one process of this machine does its work. The healthcheck of each container.

Runs every minute in every container, so it loads only what it needs: neither discord.py nor, for the bot, Celery.
"""

from enum import StrEnum

from novacore import clock
from novacore.db.engine import Database
from novacore.doctor import work
from novacore.doctor.findings import Finding, Level, fault, ok, warning
from novacore.errors import SettingsError
from novacore.settings import Settings, load_settings
from novacore.telemetry.redaction import redact
from novacore.workflows.machine.jobs import Queue


class Process(StrEnum):
    """A process of its own in production."""

    bot = "bot"
    worker = "worker"
    beat = "beat"


def check(process: Process) -> list[Finding]:
    """Look at database and process. Discord is not asked, so that its bad days do not make containers unhealthy."""
    try:
        settings = load_settings(require_broker=process is not Process.bot)
    except SettingsError as refusal:
        return [fault("Settings", sentence) for sentence in refusal.faults]
    redact(*settings.secret_values())
    database = Database(settings.database_url.render_as_string(hide_password=False), pool_size=1)
    try:
        answers = work.database(database)
        if answers.level is Level.fault:
            return [answers]
        return [answers, *_PROCESSES[process](settings, database)]
    finally:
        database.close()


def _bot(_settings: Settings, database: Database) -> list[Finding]:
    found = work.bot(database, clock.now())
    return [found if found.level is Level.ok else fault(found.about, found.text, found.fix)]


def _worker(settings: Settings, _database: Database) -> list[Finding]:
    try:
        present = sorted(_present(settings, here=True))
    except work.BrokerAway as away:
        return [work.broker_away(away)]
    if not present:
        return [fault("Worker", "None on this machine answers.", "Restart it; its log says what it was doing.")]
    return [ok("Worker", f"{', '.join(present)} answers.")]


def _beat(settings: Settings, database: Database) -> list[Finding]:
    """A sweep that is missing is beat's fault only while someone is there to run it."""
    swept = work.sweep(database, clock.now())
    if swept.level is Level.ok:
        return [swept]
    try:
        someone = any(Queue.discord in queues for queues in _present(settings).values())
    except work.BrokerAway as away:
        return [work.broker_away(away)]
    if someone:
        return [fault("Beat", "Workers wait, and no sweep comes.", "Restart beat.")]
    return [warning("Beat", "Nobody is there to run its sweeps.", "Start a worker on the queue `discord`.")]


def _present(settings: Settings, *, here: bool = False) -> work.Workers:
    from novacore.tasks.queue.watch.roll_call import roll_call  # noqa: PLC0415 - loads Celery, which the bot's check does without

    url = settings.celery_broker_url
    return roll_call(url.get_secret_value(), here=here)() if url else {}


_PROCESSES = {Process.bot: _bot, Process.worker: _worker, Process.beat: _beat}
