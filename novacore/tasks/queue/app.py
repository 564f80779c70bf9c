"""The app that Celery's commands name: `celery -A novacore.tasks.queue.app worker -Q discord` (`-Q media`, or `beat`).

Loading what a worker needs takes seconds on a busy machine. One that follows a killed worker uses them: it looks for
that one's sign of life meanwhile. So little is imported up here.
"""

from functools import cache
from typing import TYPE_CHECKING

from celery import Celery

from novacore import memory, private_files, telemetry
from novacore.db.signs.early_look import EarlyLook
from novacore.errors import SettingsError
from novacore.settings import Settings, load_settings

if TYPE_CHECKING:
    from novacore.tasks.queue.worker_process import Pace


@cache
def production_app(pace: "Pace | None" = None) -> Celery:
    """Make the app of a worker or beat process from the settings. Wrong ones end the process with a sentence."""
    private_files.guard_process()
    memory.give_back_at_once()
    settings, broker_url = _settings()
    private_files.tighten(settings.own_files())
    telemetry.redact(*settings.secret_values())
    # Celery asks for it as well, after it has warned about this and that on stderr.
    telemetry.configure_logging(None, settings.log_level, settings.log_format)
    early_look = EarlyLook(settings.database_url.render_as_string(hide_password=False))
    with memory.loading():
        from novacore.tasks.queue import production  # noqa: PLC0415 - the look goes on while this is loaded

        return production.app_of(settings, broker_url, early_look, pace)


def _settings() -> tuple[Settings, str]:
    try:
        settings = load_settings(require_broker=True)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    if settings.celery_broker_url is None:
        raise SystemExit("CELERY_BROKER_URL is not set: this worker would listen to nobody.")
    return settings, settings.celery_broker_url.get_secret_value()


def __getattr__(name: str) -> Celery:
    """Make `app` when Celery's commands ask for it, and not when someone imports this module."""
    if name == "app":
        return production_app()
    raise AttributeError(name)
