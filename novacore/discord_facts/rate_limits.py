"""How often Discord has told this process to slow down. discord.py waits and tries again, and says nothing of it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import aiohttp

SCOPES: Final = ("user", "shared", "global")
"""What a limit holds for, by Discord's own word: this bot at one address, everybody there, or this bot everywhere."""

UNNAMED: Final = "none"
"""Without that word it wasn't Discord's API that refused, but what stands before it: the machine is shut out."""

_TOO_MANY: Final = 429
_heard: Counter[str] = Counter()


def counted(trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Have the requests that this traces counted as well, and return it: the option `http_trace` of discord.py."""
    trace.on_request_end.append(_note)
    return trace


def heard() -> Mapping[str, int]:
    """Return how often it has happened so far, by scope."""
    return {scope: _heard[scope] for scope in (*SCOPES, UNNAMED)}


async def _note(_session: aiohttp.ClientSession, _context: Any, what: aiohttp.TraceRequestEndParams) -> None:
    if what.response.status == _TOO_MANY:
        scope = what.response.headers.get("X-RateLimit-Scope", "")
        _heard[scope if scope in SCOPES else UNNAMED] += 1
