"""What the shop tells about itself: log lines, and errors to Sentry. Every process calls both `configure_*` at start.

One line is one event: `time level subject logger: message`, or (LOG_FORMAT=json) an object with those and more. The
subject is the order or ticket at hand. Text from outside cannot forge a line or steer a terminal, and no secret reaches
one (`redaction`).
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType, TracebackType

from novacore import private_files
from novacore.telemetry.log_handlers import Console, OwnFile
from novacore.telemetry.redaction import redact, redacted

__all__ = ["configure_logging", "guard_stderr", "mark_of", "redact", "subject", "tags"]

LOG_FILE = "novacore.log"
"""The bot's file in LOG_DIR, whether it works alone or next to other processes."""

PLAIN, JSON = "plain", "json"
"""What LOG_FORMAT may be."""

NO_SUBJECT = "-"
_FILE_BYTES = 5_000_000
_FILES = 5
_subject: ContextVar[str] = ContextVar("novacore_subject", default=NO_SUBJECT)
_tags: ContextVar[Mapping[str, str]] = ContextVar("novacore_tags", default=MappingProxyType({}))

_LEVELS = {
    # Their DEBUG prints bodies of requests and whole gateway events: tokens of interactions, messages of customers.
    **dict.fromkeys(("discord.http", "discord.gateway", "discord.webhook", "discord.client", "discord.state"), "INFO"),
    # INFO and below print statements.
    **dict.fromkeys(("sqlalchemy.engine", "sqlalchemy.pool", "sqlalchemy.orm"), "WARNING"),
    # The audit log has every arrow already, and the migrations say themselves what they do.
    **dict.fromkeys(("transitions", "alembic"), "WARNING"),
    # A line or two for every job; the job's attempts are in the database. Failures are still told.
    **dict.fromkeys(("celery.worker.strategy", "celery.app.trace", "kombu", "amqp", "redis"), "WARNING"),
    **dict.fromkeys(("celery.beat", "urllib3", "aiohttp", "asyncio", "matplotlib", "PIL", "sentry_sdk"), "WARNING"),
}


@contextmanager
def subject(subject_id: str, **more: str) -> Iterator[None]:
    """Mark what happens inside with an order's or ticket's id, and Sentry's reports with `more` (job_id, job).

    Holds for this thread or asyncio task and what it starts with a copied context (`asyncio.to_thread`).
    """
    subject_token = _subject.set(subject_id)
    tags_token = _tags.set({**_tags.get(), **more})
    try:
        yield
    finally:
        _tags.reset(tags_token)
        _subject.reset(subject_token)


def mark_of(kind: str, subject_id: str) -> str:
    """Return what marks the lines about a subject: its id, with its kind where that is a bare number."""
    return f"{kind}:{subject_id}" if subject_id.isdigit() else subject_id


def tags() -> dict[str, str]:
    """What marks the work at hand: the subject (when there is one) and the tags around it."""
    current = _subject.get()
    return {**({} if current == NO_SUBJECT else {"subject": current}), **_tags.get()}


def configure_logging(log_dir: Path | None, level: str = "INFO", log_format: str = PLAIN) -> None:
    """Log to stdout, and to `novacore.log` in `log_dir` (5 files of 5 MB). Calling it again replaces the first call.

    `log_format` is PLAIN or JSON, for both.

    Two processes may not turn over one file: the file is the bot's, of which there is one. Workers and beat pass no
    `log_dir` and leave stdout to whoever runs them. A forked child writes on in its parent's file but never turns it
    over.

    Celery would put handlers of its own on top, and print every line twice: connect this to its `setup_logging` signal
    (Celery then keeps out) and leave worker_hijack_root_logger off. `discord.Client.run` wants `log_handler=None`.
    """
    # Whatever handler someone else adds: what it can't write is not printed raw.
    logging.raiseExceptions = False
    # Python would write warnings of libraries to stderr as they are.
    logging.captureWarnings(True)
    formatter = JsonFormatter() if log_format == JSON else LineFormatter()
    handlers: list[logging.Handler] = [_ours(Console(sys.stdout), formatter)]
    if log_dir is not None:
        private_files.make_folder(log_dir)
        path = log_dir / LOG_FILE
        handlers.append(_ours(OwnFile(path, maxBytes=_FILE_BYTES, backupCount=_FILES - 1), formatter))
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if getattr(handler, "is_novacore", False)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    _quieten(level)
    sys.excepthook, threading.excepthook = _log_uncaught, _log_uncaught_in_thread


def guard_stderr() -> None:
    """Let nothing raw reach stderr from a command that sets up no logging: for `cli`, at its start."""
    logging.raiseExceptions = False
    logging.lastResort = Console(sys.stderr)
    logging.lastResort.setLevel(logging.WARNING)
    logging.lastResort.setFormatter(LineFormatter())


def _ours(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    handler.is_novacore = True  # type: ignore[attr-defined]
    return handler


def _quieten(level: str) -> None:
    chosen = logging.getLevelNamesMapping()[level]
    for name, quiet in _LEVELS.items():
        logging.getLogger(name).setLevel(max(chosen, logging.getLevelNamesMapping()[quiet]))


class LineFormatter(logging.Formatter):
    """One event a line; the lines of a traceback follow, indented, so that none can pass for an event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished text: secrets hidden, control characters spelt out."""
        head = f"{_moment(record)} {record.levelname} {_subject.get()} {record.name}: "
        lines = [printable(redacted(head + _message(record)))]
        for block in (_traceback(self, record), record.stack_info):
            if block:
                lines += [f"    | {printable(line)}" for line in redacted(block).split("\n")]
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """One event a line as a JSON object, in ASCII alone: whatever a console can write, each line can be read back."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object. What is empty is left out; secrets are hidden before quotes and lines are escaped."""
        said = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **tags(),
            "traceback": _traceback(self, record),
            "stack": record.stack_info,
        }
        return json.dumps({name: redacted(value) for name, value in said.items() if value})


def _moment(record: logging.LogRecord) -> str:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    # `msecs` can round up to 1000 when the clock stands just before the next second.
    return f"{moment}.{min(int(record.msecs), 999):03d}Z"


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    """Return the traceback; `exc_text` would be another handler's, with its secrets, and is only the fallback."""
    if record.exc_info and record.exc_info[0]:
        return formatter.formatException(record.exc_info)
    return record.exc_text


def _message(record: logging.LogRecord) -> str:
    """Return the message. Arguments that do not fit must not throw: `logging` would print them unseen to stderr."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  whatever someone's __str__ raises
        said = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        return f"{said} (its arguments do not fit)"


def printable(text: str) -> str:
    """Spell out newlines, escape codes, text-direction marks and the like, as in a Python string."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None, where: str = "the main thread"
) -> None:
    """Take the place of Python's own printing, which knows of no secrets."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    logging.getLogger("novacore").critical("Uncaught error in %s", where, exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        name = args.thread.name if args.thread else "a thread"
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback, where=name)
