"""Passes the browser's requests on to SimCord's preview, one press at a time.

SimCord allows one operation at a time and answers an overlapping press with an error that its page does not get over:
so presses, clock moves and publications share one lock. Everything else is read-only and goes straight through.
"""

import asyncio
from collections.abc import Mapping

import aiohttp
from aiohttp import web

from novacore.rehearsal import late_presses
from novacore.rehearsal.window import Window

# SimCord takes 25 MiB of files and a bit of form around them.
LARGEST_UPLOAD = 27 * 1024 * 1024
_NOT_FORWARDED = {"host", "origin", "connection", "content-length", "transfer-encoding", "accept-encoding"}
_NOT_RETURNED = {"connection", "content-length", "content-encoding", "transfer-encoding", "date", "server"}
_READS = {"GET", "HEAD"}
_PAGE = "X-Simcord-Context"
_STATE = "/api/state"
_OURS = (
    b'<link rel="stylesheet" href="/rehearsal/discord.css"><script type="module" src="/rehearsal/discord.js"></script>'
)
"""What we add to SimCord's page: see there."""
_SENDS_STATE = {_STATE, "/api/pages"}
_NOTHING_OPEN = "Nothing is open here. Choose a place on the rehearsal's page."


def open_session() -> aiohttp.ClientSession:
    """Return what the proxy asks SimCord with. No connection outlives its request: the place may have gone by then."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))


class PreviewProxy:
    """Speaks to whatever preview is open at the moment. Its caller has checked host and origin of the request."""

    def __init__(self, window: Window, lock: asyncio.Lock, session: aiohttp.ClientSession) -> None:
        self._window = window
        self._lock = lock
        self._session = session
        self._seen = late_presses.SeenStates()

    async def forward(self, request: web.Request, path: str) -> web.Response:
        """Answer with SimCord's answer to `path`."""
        body = await request.read() if request.can_read_body else None
        if request.method in _READS:
            return self._noted(path, await self._ask(request, path, body))
        async with self._lock:
            answer = await self._press(request, path, body)
            self._window.pressed()
            return self._noted(path, answer)

    def _noted(self, path: str, answer: web.Response) -> web.Response:
        if path in _SENDS_STATE and isinstance(answer.body, bytes):
            self._seen.remember(answer.body)
        if path == "/" and isinstance(answer.body, bytes):
            answer.body = answer.body.replace(b"</head>", _OURS + b"</head>", 1)
        return answer

    async def _press(self, request: web.Request, path: str, body: bytes | None) -> web.Response:
        answer = await self._ask(request, path, body)
        press = late_presses.as_object(body)
        if not late_presses.was_too_late(press, late_presses.as_object(answer.body)):
            return answer
        now = late_presses.as_object((await self._ask(request, _STATE, None, method="GET")).body)
        again = late_presses.for_now(press, request.headers.get(_PAGE, ""), self._seen, now)
        return answer if again is None else await self._ask(request, path, again)

    async def _ask(self, request: web.Request, path: str, body: bytes | None, method: str = "") -> web.Response:
        async with self._window.asking():
            if self._window.origin is None:
                return web.Response(status=410, text=_NOTHING_OPEN)
            try:
                return await self._fetch(request, method or request.method, f"{self._window.origin}{path}", body)
            except aiohttp.ClientError:
                # Someone ended the session in SimCord's page, just now.
                return web.Response(status=410, text=_NOTHING_OPEN)

    async def _fetch(self, request: web.Request, method: str, address: str, body: bytes | None) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED}
        async with self._session.request(method, address, headers=headers, data=body, allow_redirects=False) as answer:
            return web.Response(status=answer.status, body=await answer.read(), headers=_framed(answer.headers))


def _framed(headers: Mapping[str, str]) -> dict[str, str]:
    # SimCord's page may not be framed by anybody; behind this door it may, by this door's own page.
    kept = {name: value for name, value in headers.items() if name.lower() not in _NOT_RETURNED}
    for name, value in kept.items():
        if name.lower() == "x-frame-options":
            kept[name] = "SAMEORIGIN"
        elif name.lower() == "referrer-policy":
            # Without it a browser may send its presses with the origin "null".
            kept[name] = "same-origin"
        elif name.lower() == "content-security-policy":
            kept[name] = value.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return kept
