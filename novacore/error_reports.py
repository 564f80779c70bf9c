"""Errors to Sentry: where it broke and on which order, never what was in it.

`configure_sentry` is called by every process at start; without SENTRY_DSN it does nothing. A report is built anew from
an allow-list, because nobody can list what may hold a code, a token, a proof or a payment reference.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import sentry_sdk
from sentry_sdk.integrations import Integration
from sentry_sdk.types import Event, Hint

from novacore.redaction import redact, redacted
from novacore.settings import Settings
from novacore.telemetry import tags

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions, KeyValueCollectionBehaviour

WITHHELD = "(text withheld: it may quote goods or a payment)"
_KEPT = frozenset(
    {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "server_name", "sdk"}
)
_KEPT_CONTEXTS = frozenset({"runtime", "os", "trace"})
_KEPT_OF_FRAME = frozenset(
    {"filename", "abs_path", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context"}
)
_OWN_TEXT = ("novacore.", "discord.")
"""Modules whose exceptions quote nobody: ours by house rule, discord.py's tell Discord's answer."""
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


def configure_sentry(settings: Settings, process_name: str, integrations: Sequence[Integration] = ()) -> bool:
    """Report errors from here on; tell whether it is switched on. `integrations`: Celery's, from a worker."""
    if settings.sentry_dsn is None:
        return False
    redact(*settings.secret_values())
    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.sentry_environment,
        server_name=process_name,
        integrations=list(integrations),
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


def scrubbed(event: Event, _hint: Hint | None = None) -> Event:
    """Build the report anew from what cannot hold goods, tokens, proofs or references."""
    report: dict[str, Any] = {name: value for name, value in event.items() if name in _KEPT}
    contexts: Mapping[str, Any] = event.get("contexts") or {}
    report["contexts"] = {name: value for name, value in contexts.items() if name in _KEPT_CONTEXTS}
    report["tags"] = tags()
    if entry := event.get("logentry"):
        report["logentry"] = {"message": _template(str(event.get("logger")), entry)}
    if exceptions := event.get("exception"):
        report["exception"] = {"values": [_exception(one) for one in exceptions.get("values") or ()]}
    return cast(Event, report)


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
        "value": redacted(str(one.get("value"))) if is_open else WITHHELD,
        "stacktrace": {"frames": [_frame(frame) for frame in frames]},
    }


def _frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Where it was, with the lines of code around; never what the variables held."""
    return {name: value for name, value in frame.items() if name in _KEPT_OF_FRAME}
