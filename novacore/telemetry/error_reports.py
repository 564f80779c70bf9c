"""Errors to Sentry: where it broke and on which order, never what was in it.

`configure_sentry` is called by every process at start; without SENTRY_DSN it does nothing. A report is built again from
an allow-list, because nobody can list what may hold a code, a token, a proof or a payment reference.

Sentry's integrations for Celery and SQLAlchemy stay off. Celery's adds headers to every message and reports the same
errors as our own lines do; SQLAlchemy's costs 47 microseconds a statement (five times an easy statement itself) for
breadcrumbs alone. What they would tell is here: job and order as tags, a database error's code and statement.
"""

import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from novacore import __version__
from novacore.settings import Settings
from novacore.telemetry import tags
from novacore.telemetry.redaction import redact, redacted

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions, KeyValueCollectionBehaviour, MonitorConfig
    from sentry_sdk.types import Event, Hint

WITHHELD = "(text withheld: it may quote goods or a payment)"
_KEPT = frozenset(
    {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "server_name", "sdk"}
)
_KEPT_OF_CHECK_IN = frozenset(
    {
        "event_id",
        "type",
        "check_in_id",
        "monitor_slug",
        "monitor_config",
        "status",
        "duration",
        "release",
        "environment",
    }
)
_KEPT_CONTEXTS = frozenset({"runtime", "os", "trace"})
_KEPT_OF_FRAME = frozenset(
    {"filename", "abs_path", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context"}
)
_OWN_TEXT = ("novacore.", "discord.")
"""Modules whose exceptions quote nobody: ours by house rule, discord.py's up to Discord's own words."""
_DISCORDS_WORDS = re.compile(r"(\(error code: \d+\)).*", re.DOTALL)
"""What follows the code may quote what was sent: `Value "..." is not snowflake.`"""
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_HARMLESS = frozenset(
    {"AttributeError", "ImportError", "NameError", "NotImplementedError", "RecursionError", "TypeError"}
)
"""Python's own exceptions whose text is about code, not about data."""

_OFF: "KeyValueCollectionBehaviour" = {"mode": "off"}
_COLLECT_NOTHING: "DataCollectionUserOptions" = {
    "user_info": False,
    "cookies": _OFF,
    "http_headers": {"request": _OFF},
    "http_bodies": [],
    "url_query_params": _OFF,
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}
"""What `send_default_pii=False` and `include_local_variables=False` said before they were deprecated, and more."""


MONITOR = "novacore-sweep"
"""The cron monitor's name at Sentry. It is made by the first check-in."""
_CHECK_IN_SECONDS = 60.0
"""Sentry's shortest interval. Each process that sweeps keeps to it; several together only make it safer."""
_MONITOR_CONFIG: "MonitorConfig" = {
    "schedule": {"type": "interval", "value": 1, "unit": "minute"},
    "checkin_margin": 2,
    "max_runtime": 5,
    "failure_issue_threshold": 2,
    "recovery_threshold": 1,
}


def configure_sentry(settings: Settings, process_name: str) -> bool:
    """Report errors from here on; tell whether it is switched on."""
    if settings.sentry_dsn is None:
        return False
    import sentry_sdk  # noqa: PLC0415 - 4 MB, and most shops have no SENTRY_DSN

    redact(*settings.secret_values())
    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        release=f"novacore@{__version__}",
        environment=settings.sentry_environment,
        server_name=process_name,
        auto_enabling_integrations=False,
        data_collection=_COLLECT_NOTHING,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=scrubbed,
        before_breadcrumb=lambda _crumb, _hint: None,
    )
    return True


class _LastCheckIn:
    """When this process last told Sentry of a sweep; jobs and sweeps run in many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = -_CHECK_IN_SECONDS

    def is_due(self, now: float) -> bool:
        """Tell whether it is time, and take the turn."""
        with self._lock:
            if now - self._at < _CHECK_IN_SECONDS:
                return False
            self._at = now
            return True

    def forget(self) -> None:
        """Let the next sweep be told at once: for tests."""
        self._at = -_CHECK_IN_SECONDS


last_check_in = _LastCheckIn()


def check_in(seconds: float) -> None:
    """Tell Sentry's cron monitor, at most once a minute, that a sweep has run: beat, broker and a worker are alive.

    When no check-in comes for two minutes, Sentry raises the alarm by itself.
    """
    sentry_sdk = sys.modules.get("sentry_sdk")  # not loaded is not switched on
    if sentry_sdk and sentry_sdk.get_client().transport is not None and last_check_in.is_due(time.monotonic()):
        from sentry_sdk.crons import capture_checkin  # noqa: PLC0415 - see configure_sentry
        from sentry_sdk.crons.consts import MonitorStatus  # noqa: PLC0415

        capture_checkin(MONITOR, status=MonitorStatus.OK, duration=seconds, monitor_config=_MONITOR_CONFIG)


def scrubbed(event: "Event", hint: "Hint | None" = None) -> "Event":
    """Build the report again from what cannot hold goods, tokens, proofs or references."""
    contexts: Mapping[str, Any] = event.get("contexts") or {}
    kept_contexts = {name: value for name, value in contexts.items() if name in _KEPT_CONTEXTS}
    if event.get("type") == "check_in":
        check: dict[str, Any] = {name: value for name, value in event.items() if name in _KEPT_OF_CHECK_IN}
        return cast("Event", check | {"contexts": kept_contexts})
    report: dict[str, Any] = {name: value for name, value in event.items() if name in _KEPT}
    report["contexts"] = kept_contexts | _database(hint)
    report["tags"] = tags()
    if entry := event.get("logentry"):
        report["logentry"] = {"message": _template(str(event.get("logger")), entry)}
    if exceptions := event.get("exception"):
        report["exception"] = {"values": [_exception(one) for one in exceptions.get("values") or ()]}
    return cast("Event", report)


def _database(hint: "Hint | None") -> dict[str, Any]:
    """Tell which statement the database refused and why: placeholders stand for its values, its own words are left out.

    PostgreSQL's DETAIL would quote the row: `Key (reference)=(...) already exists.`
    """
    for error in _chain(hint):
        statement, cause = getattr(error, "statement", None), getattr(error, "orig", None)
        if cause is not None:
            code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
            return {"database": {"code": code, "statement": _QUOTED.sub("'...'", str(statement))}}
    return {}


def _chain(hint: "Hint | None") -> Iterator[BaseException]:
    error = ((hint or {}).get("exc_info") or (None, None, None))[1]
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _template(logger: str, entry: Mapping[str, Any]) -> str:
    """Return the message without its arguments, and only ours: others join theirs before they log (asyncio does)."""
    return redacted(str(entry.get("message", ""))) if f"{logger}.".startswith("novacore.") else WITHHELD


def _exception(one: Mapping[str, Any]) -> dict[str, Any]:
    kind, module = str(one.get("type")), str(one.get("module") or "")
    is_open = f"{module}.".startswith(_OWN_TEXT) or (kind in _HARMLESS and not module)
    frames = (one.get("stacktrace") or {}).get("frames") or ()
    return {
        "type": kind,
        "module": module,
        "mechanism": {"type": "generic", "handled": (one.get("mechanism") or {}).get("handled")},
        "value": redacted(_DISCORDS_WORDS.sub(r"\1", str(one.get("value")))) if is_open else WITHHELD,
        "stacktrace": {"frames": [_frame(frame) for frame in frames]},
    }


def _frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Where it was, with the lines of code around; never what the variables held."""
    return {name: value for name, value in frame.items() if name in _KEPT_OF_FRAME}
