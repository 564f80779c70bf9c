"""What a test can make go wrong on the wire: a short list of (method, path, which request) and what then happens.

Every act has its moment: before the request is taken (nothing happened at Discord), or after
(`taken=True`: the message stands, but the client never learns it, or learns something else).
"""

import asyncio
import fnmatch
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web

from tests.wire.server.errors import DiscordError, RateLimited

_LONGEST_PAUSE = 0.1
"""Seconds between two looks at something slow: the looks take processor time from what is waited for."""


def wait_until(holds: Callable[[], object], timeout: float, what: str) -> None:
    """Blocks the calling thread until the condition holds; raises TimeoutError naming what was waited for."""
    deadline, pause = time.monotonic() + timeout, 0.005
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {timeout} s for nothing for {what}")
        time.sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)


class LineDropped(Exception):
    """The connection is gone: no answer will be read."""


@dataclass
class Act:
    """What happens to a matching request. `hits` counts those that it happened to."""

    taken: bool = field(default=False, kw_only=True)
    hits: int = field(default=0, init=False)

    async def strike(self, request: web.Request) -> None:
        """Returns to let the request go on, or raises what the client gets instead."""
        raise NotImplementedError


@dataclass
class Answer(Act):
    """This answer instead of the real one. With `taken`, as when a gateway times out after the work was done."""

    status: int
    code: int = 0
    message: str = "Scripted by the test"

    async def strike(self, request: web.Request) -> None:
        """Raises the scripted refusal."""
        raise DiscordError(self.status, self.code, self.message)


@dataclass
class Limited(Act):
    """429. Without `via` it looks like a ban by the CDN, which discord.py does not wait out."""

    retry_after: float = 0.05
    everywhere: bool = field(default=False, kw_only=True)
    via: bool = field(default=True, kw_only=True)

    async def strike(self, request: web.Request) -> None:
        """Raises the rate limit."""
        raise RateLimited(self.retry_after, everywhere=self.everywhere, via=self.via)


@dataclass
class Slow(Act):
    """The request goes on after this many seconds; with `taken` it is stored at once and answered late."""

    seconds: float

    async def strike(self, request: web.Request) -> None:
        """Waits; raises if the client has gone meanwhile."""
        await asyncio.sleep(self.seconds)
        if gone(request):
            raise LineDropped


@dataclass
class Drop(Act):
    """The line is closed without an answer.

    aiohttp itself repeats a GET, PUT or DELETE once if a kept-alive line drops; a POST it never repeats.
    """

    async def strike(self, request: web.Request) -> None:
        """Closes the line."""
        if request.transport is not None:
            request.transport.close()
        raise LineDropped


@dataclass
class Hold(Act):
    """The request waits until the test releases it, or until the client dies.

    Without `taken`, a request whose client died while it was held never reaches Discord.
    """

    lost: int = field(default=0, init=False)
    released: threading.Event = field(default_factory=threading.Event, init=False, repr=False)

    async def strike(self, request: web.Request) -> None:
        """Waits; raises if the client has gone."""
        # A test releases it from its own thread, and a client by dying: nothing that could be awaited.
        while not (gone(request) or self.released.is_set()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        if gone(request):
            self.lost += 1
            raise LineDropped

    def wait_reached(self, count: int = 1, timeout: float = 20.0) -> None:
        """Blocks the test until so many requests have been held; raises TimeoutError."""
        wait_until(lambda: self.hits >= count, timeout, f"{count} requests at the hold")

    def wait_lost(self, count: int = 1, timeout: float = 20.0) -> None:
        """Blocks the test until the server has seen so many of the held clients go; raises TimeoutError."""
        wait_until(lambda: self.lost >= count, timeout, f"{count} held clients gone")

    def release(self) -> None:
        """Lets the held requests, and all later ones, go on."""
        self.released.set()


def gone(request: web.Request) -> bool:
    """Whether the client has closed its end, or died."""
    return request.transport is None or request.transport.is_closing()


def matches(method: str, path: str, asked_method: str, asked_path: str) -> bool:
    """Whether a request is meant: `*` as method or path is all of them, `*` within a path is one segment."""
    pattern = ".*" if path == "*" else "[^/]+".join(re.escape(each) for each in path.split("*"))
    return fnmatch.fnmatch(asked_method, method) and re.fullmatch(pattern, asked_path) is not None


@dataclass
class Fault:
    """An act and the requests that it is for: of those that match, the nth and as many after it as `times` says."""

    method: str
    path: str
    act: Act
    nth: int = 1
    times: int | None = 1
    seen: int = 0

    def due(self, method: str, path: str) -> bool:
        """Counts the request if it matches; whether the act is for it."""
        if not matches(self.method, self.path, method, path):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


A = TypeVar("A", bound=Act)


class Faults:
    """The list. Every fault counts every request that matches it, whatever the others do to that request."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, method: str, path: str, act: A, nth: int = 1, times: int | None = 1) -> A:
        """Adds a fault and returns its act, to ask for its hits or to release a hold.

        One that stands in a list of parameters is used by a test after the other: its hits begin again.
        """
        act.hits = 0
        self._faults.append(Fault(method, path, act, nth, times))
        return act

    def clear(self) -> None:
        """Everything works again; what is held goes on."""
        faults, self._faults = self._faults, []
        for each in faults:
            if isinstance(each.act, Hold):
                each.act.release()

    def due(self, method: str, path: str) -> list[Act]:
        """The acts for this request, in the order in which they were added."""
        return [each.act for each in list(self._faults) if each.due(method, path)]


async def strike(acts: list[Act], request: web.Request, *, taken: bool) -> None:
    """Lets happen what is scripted for this moment of the request."""
    for act in acts:
        if act.taken == taken:
            act.hits += 1
            await act.strike(request)
