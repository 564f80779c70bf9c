"""What an error means for the job that met it: later, never, or a bug. Pure functions, called by the runner.

*Later*: Discord or the database is away or busy; waiting helps. *Never*: Discord says no for good. *Bug*: nobody
expected it; a few tries, then the job is dead and staff are told.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import aiohttp
import discord
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore import full_disk
from novacore.crypto import GoodsUnreadable
from novacore.db.trouble import refusal_of
from novacore.discord_facts import error_codes
from novacore.errors import Busy, DatabaseFull, OutcomeUnknown, RowsHeld, TookTooLong, Unavailable
from novacore.tasks.discord.calls import CallsClosed
from novacore.tasks.queue.leases import Past
from novacore.tasks.queue.offload.offload import OffloadStopped


class Kind(StrEnum):
    """The three kinds; names are those of `AttemptOutcome`."""

    later = "later"
    never = "never"
    bug = "bug"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to make of an error. `sentence` is for staff; `wait` (seconds) where Discord said how long."""

    kind: Kind
    sentence: str
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Try again after `wait`, or None: let it die."""

    wait: timedelta | None


REFUSED_FOR_GOOD = {
    error_codes.UNKNOWN_CHANNEL: "The channel is gone.",
    error_codes.UNKNOWN_SERVER: "The server is gone, or the bot is not in it any more.",
    error_codes.UNKNOWN_MEMBER: "They have left the server.",
    error_codes.UNKNOWN_MESSAGE: "The message is gone.",
    error_codes.UNKNOWN_ROLE: "The role is gone.",
    error_codes.UNKNOWN_USER: "Their Discord account is gone.",
    error_codes.MISSING_ACCESS: "The bot cannot see that channel.",
    error_codes.DMS_CLOSED: "Their DMs are closed to the shop.",
    error_codes.MISSING_PERMISSION: "The bot lacks a permission for that.",
    error_codes.TOO_LARGE: "The files are too large for Discord.",
    error_codes.NO_SERVER_IN_COMMON: "They share no server with the bot any more.",
}
"""Discord's error codes after which trying again changes nothing, in words for staff."""

DM_WAIT = 600.0
"""Seconds. Bots that go on opening DMs after OPENING_DMS_TOO_FAST get flagged."""

LONGEST_WAIT = 3600.0
"""Seconds that we let Discord (or whoever answers in its place) tell us to wait at most."""

_BASE, _CAP = 2.0, 300.0
_BUG_BASE, _BUG_CAP = 5.0, 300.0
_TOKEN_WAIT = 60.0
PATIENCE = timedelta(hours=24)
"""How long Discord may be away before a job is given up."""


DATABASE_AWAY = (Unavailable, OperationalError, InterfaceError, PoolTimeoutError)
"""What is raised while the database cannot do what we ask; within a transaction it is SQLAlchemy's own errors."""

_UNREACHABLE: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((CallsClosed, OffloadStopped), "The shop was stopped in the middle of it"),
    ((aiohttp.ClientError, TimeoutError, ConnectionError), "Discord could not be reached"),
    ((Busy, RowsHeld), "Someone else was at the same rows"),
    ((TookTooLong,), "The database took too long"),
    ((OutcomeUnknown,), "The database was lost at the very moment of saving"),
    ((DatabaseFull,), "The disk is full"),
    ((Unavailable,), "The database could not be reached"),
)
_NOT_ACCEPTED = Verdict(Kind.later, "Discord does not accept DISCORD_TOKEN.", _TOKEN_WAIT)


def classify(error: BaseException) -> Verdict:
    """Say what the error means."""
    if isinstance(error, discord.HTTPException):
        return _discord(error)
    if isinstance(error, discord.RateLimited):
        return Verdict(Kind.later, "Discord asks us to slow down.", _bounded(error.retry_after))
    if isinstance(error, discord.LoginFailure):
        return _NOT_ACCEPTED
    if isinstance(error, GoodsUnreadable):
        return Verdict(Kind.never, "The goods need a key that the shop doesn't have. `/doctor` says more.")
    meant = DatabaseFull() if full_disk.is_full(error) else refusal_of(error) or error
    for classes, sentence in _UNREACHABLE:
        if isinstance(meant, classes):
            return Verdict(Kind.later, f"{sentence} ({type(meant).__name__}).")
    return Verdict(Kind.bug, f"{type(error).__name__} at {_place(error)}.")


def decide(
    verdict: Verdict, past: Past, now: datetime, max_bugs: int, chance: Callable[[], float] = random.random
) -> Decision:
    """Say when to try again. `past` leaves the present attempt out; `chance` gives numbers from 0 to 1."""
    if verdict.kind is Kind.never:
        return Decision(None)
    if verdict.kind is Kind.bug:
        again = past.bugs + 1 < max_bugs
        return Decision(_backoff(past.bugs, _BUG_BASE, _BUG_CAP, chance) if again else None)
    if now - (past.first_later or now) >= PATIENCE:
        return Decision(None)
    if verdict.wait is not None:
        # A little more, and not all at the same moment.
        return Decision(timedelta(seconds=verdict.wait * (1 + 0.1 * chance()) + chance()))
    return Decision(_backoff(past.laters, _BASE, _CAP, chance))


def _backoff(earlier: int, base: float, cap: float, chance: Callable[[], float]) -> timedelta:
    """Exponential with full jitter, but never at once: seconds from 1 to the cap."""
    return timedelta(seconds=max(1.0, chance() * min(cap, base * 2.0 ** min(earlier, 30))))


def _discord(error: discord.HTTPException) -> Verdict:
    status, code = error.status, error.code
    if code in REFUSED_FOR_GOOD:
        return Verdict(Kind.never, REFUSED_FOR_GOOD[code])
    later = _asked_to_wait(error, status, code)
    if later:
        return later
    if status in (403, 404):
        return Verdict(Kind.never, f"Discord refuses it (status {status}, code {code}).")
    return Verdict(Kind.bug, f"Discord did not understand us (status {status}, code {code}).")


def _asked_to_wait(error: discord.HTTPException, status: int, code: int) -> Verdict | None:
    if code == error_codes.OPENING_DMS_TOO_FAST:
        return Verdict(Kind.later, "Discord asks us to open fewer DMs for a while.", DM_WAIT)
    if status == 429:
        return Verdict(Kind.later, "Discord asks us to slow down.", _retry_after(error))
    if status == 401:
        return _NOT_ACCEPTED
    if status >= 500 or (status in (403, 404) and code == 0):
        # Without a code of Discord's own it is someone on the way (a proxy, the CDN) who says no.
        return Verdict(Kind.later, f"Discord is not well (status {status}).")
    return None


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return _bounded(float(error.response.headers.get("Retry-After", "")))
    except ValueError:
        return None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else LONGEST_WAIT


def _place(error: BaseException) -> str:
    """File and line where it was raised. The error's own text may hold anything, a code included, and is left out."""
    trace = error.__traceback__
    if trace is None:
        return "an unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} ({code.co_name})"
