"""What Discord's answers tell of its limits, and how often it has told this process to slow down.

discord.py waits and tries again, and says nothing of it.
"""

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import aiohttp

SCOPES: Final = ("user", "shared", "global")
"""What a limit holds for, by Discord's own word: this bot at one address, everybody there, or this bot everywhere."""

UNNAMED: Final = "none"
"""Without that word it wasn't Discord's API that refused, but what stands before it: the machine is shut out."""

_TOO_MANY: Final = 429
_heard: Counter[str] = Counter()

POST_MESSAGE: Final = "POST /channels/*/messages"
EDIT_MESSAGE: Final = "PATCH /channels/*/messages/*"
GIVE_ROLE: Final = "PUT /guilds/*/members/*/roles/*"
TAKE_ROLE: Final = "DELETE /guilds/*/members/*/roles/*"
"""The routes on which many jobs meet, and whose limits are learned. Discord counts each by channel or server."""

_SHARED: Final = (POST_MESSAGE, EDIT_MESSAGE, GIVE_ROLE, TAKE_ROLE)

USUAL: Final = (5, 5.0)
"""Requests, and in how many seconds: for messages of a channel it has been so for years. Until an answer says more."""

EVERYWHERE: Final = 50.0
"""Requests a second that Discord takes of a bot at all its addresses together."""

_ID: Final = re.compile(r"/\d+(?=/|$)")
_VERSION: Final = re.compile(r"^.*/api(?:/v\d+)?(?=/)")
_LONGEST_WINDOW: Final = 60.0
_learned: dict[str, tuple[int, float]] = {}


def learned(route: str) -> tuple[int, float]:
    """Return how many requests Discord takes on one of the routes above, and in how many seconds."""
    return _learned.get(route, USUAL)


def counted(trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Have the requests that this traces counted as well, and return it: the option `http_trace` of discord.py."""
    trace.on_request_end.append(_note)
    return trace


def heard() -> Mapping[str, int]:
    """Return how often it has happened so far, by scope."""
    return {scope: _heard[scope] for scope in (*SCOPES, UNNAMED)}


async def _note(_session: aiohttp.ClientSession, _context: Any, what: aiohttp.TraceRequestEndParams) -> None:
    if what.response.status == _TOO_MANY:
        # It tells what is left of a window, not how long one is.
        scope = what.response.headers.get("X-RateLimit-Scope", "")
        _heard[scope if scope in SCOPES else UNNAMED] += 1
    elif (route := f"{what.method} {_ID.sub('/*', _VERSION.sub('', what.url.path))}") in _SHARED:
        # No other: the address of an answer to an interaction has its token in it, and there is no end of them.
        _learn(route, what.response.headers)


def _learn(route: str, said: Mapping[str, str]) -> None:
    """Read limit and window from the first answer of a window: only that one tells how long the whole one is."""
    limit, left = said.get("X-RateLimit-Limit", ""), said.get("X-RateLimit-Remaining", "")
    if not (limit.isdigit() and left.isdigit() and int(left) == int(limit) - 1):
        return
    with suppress(ValueError):
        window = float(said.get("X-RateLimit-Reset-After", ""))
        if 0 < window <= _LONGEST_WINDOW:
            _learned[route] = int(limit), window
