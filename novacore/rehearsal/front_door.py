"""The rehearsal's page and everything behind it, on one loopback port.

`/` is the page, `/rehearsal/...` serves it, `/discord` and all other paths are SimCord's, passed on by the proxy.

Nothing here may be reached from another site: the host must be this one (else a name that points to 127.0.0.1 would
open it), and what changes anything must come from this origin.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from importlib import resources
from typing import Any

import aiohttp
from aiohttp import web
from simcord import Env, SetupError

from novacore.rehearsal import samples
from novacore.rehearsal.clockwork import Clockwork
from novacore.rehearsal.places import DM, Doors
from novacore.rehearsal.proxy import LARGEST_UPLOAD, PreviewProxy
from novacore.rehearsal.shop import RehearsalShop
from novacore.rehearsal.window import Window
from novacore.rehearsal.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FILES = {
    "/": ("home.html", "text/html"),
    "/rehearsal/home.css": ("home.css", "text/css"),
    "/rehearsal/home.js": ("home.js", "text/javascript"),
    "/rehearsal/discord.css": ("discord.css", "text/css"),
    "/rehearsal/discord.js": ("discord.js", "text/javascript"),
    "/favicon.ico": ("icon.svg", "image/svg+xml"),
}
_GUARDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Any port: it may be another one on the other side of a tunnel.
_LOOPBACK_NAME = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?")
_READS = {"GET", "HEAD"}
_LAST_LINES = 40
_REFRESH_AFTER_JUMP = 0.2


class FrontDoor:
    """Answers the browser. `rehearse()` makes one and serves `application()`."""

    def __init__(self, env: Env, world: World, shop: RehearsalShop, session: aiohttp.ClientSession) -> None:
        self.lock = asyncio.Lock()
        self.window = Window(env, self.lock)
        self.clockwork = Clockwork(env, self.lock)
        self._env = env
        self._world = world
        self._shop = shop
        self._places = Doors(env, world)
        self._proxy = PreviewProxy(self.window, self.lock, session)

    def application(self) -> web.Application:
        """Return the web application; it listens wherever it is served, and answers to loopback names only."""
        application = web.Application(middlewares=[_refuse_strangers], client_max_size=LARGEST_UPLOAD)
        for path in _FILES:
            application.router.add_get(path, _send_file)
        application.router.add_get("/rehearsal/state", self.state)
        application.router.add_get("/rehearsal/references", _send_references)
        application.router.add_get("/rehearsal/proof-of-payment.png", _send_proof)
        application.router.add_post("/rehearsal/open", self.open)
        application.router.add_post("/rehearsal/clock", self.move_clock)
        application.router.add_get("/discord", self.discord)
        application.router.add_route("*", "/{path:.*}", self.forward)
        return application

    async def state(self, _request: web.Request) -> web.Response:
        """Tell the page what time it is, who can go where, what is open and what happened."""
        listed = self._places.listed(self.window.sight, self.window.version)
        people = [
            {"key": person.key, "title": person.title, "places": [asdict(place) for place in listed[key]]}
            for key, person in self._world.people.items()
        ]
        feed = [{"at": line.at.isoformat(), "text": line.text} for line in self._shop.feed()][-_LAST_LINES:]
        answer = {"now": self._env.now().isoformat(), "people": people, "open": self._open_place(), "feed": feed}
        return web.json_response(answer | {"errors": self._env.error_cursor}, headers=_GUARDS)

    def _open_place(self) -> dict[str, str] | None:
        sight, capability = self.window.sight, self.window.capability
        if sight is None or capability is None:
            return None
        key = DM if sight.channel.guild is None else str(sight.channel.id)
        return {"person": sight.person.key, "place": key, "url": f"/discord#{capability}"}

    async def open(self, request: web.Request) -> web.Response:
        """Open a place as a person (form fields of these names) and send the browser there."""
        form = await request.post()
        try:
            await self.window.open(self._places.find(str(form.get("person")), str(form.get("place"))))
        except (LookupError, SetupError):
            return web.Response(status=404, text="That person can't go there (any more).")
        # The capability is the fragment: it stays in the browser and reaches no log.
        raise web.HTTPSeeOther(f"/discord#{self.window.capability}")

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the clock by the `seconds` in the JSON body, let the shop sweep, and show what came of it."""
        try:
            body: Any = await request.json()
            by = timedelta(seconds=float(body["seconds"]))
            await self.clockwork.jump(by, self._shop.clock_moved)
        except (ValueError, TypeError, KeyError, OverflowError):
            return web.Response(status=400, text="The clock can be moved forward by up to 366 days.")
        # What the worker sends on account of it is published by the watch; this shows the new time at once.
        await asyncio.sleep(_REFRESH_AFTER_JUMP)
        await self.window.publish()
        return web.json_response({"now": self._env.now().isoformat()}, headers=_GUARDS)

    async def discord(self, request: web.Request) -> web.Response:
        """Show SimCord's page; it finds everything else by absolute paths."""
        return await self._proxy.forward(request, "/")

    async def forward(self, request: web.Request) -> web.Response:
        """Pass on what is SimCord's."""
        return await self._proxy.forward(request, request.rel_url.raw_path_qs)


@web.middleware
async def _refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not _LOOPBACK_NAME.fullmatch(request.host):
        raise web.HTTPForbidden(text="The rehearsal is only for this machine: open it by 127.0.0.1 or localhost.")
    if request.method not in _READS and request.headers.get("Origin") != f"http://{request.host}":
        raise web.HTTPForbidden(text="This comes from another page than the rehearsal's own.")
    return await handler(request)


async def _send_file(request: web.Request) -> web.Response:
    name, kind = _FILES[request.path]
    body = resources.files("novacore.rehearsal").joinpath("page", name).read_bytes()
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=_GUARDS)


async def _send_references(_request: web.Request) -> web.Response:
    return web.json_response(samples.references(), headers=_GUARDS)


async def _send_proof(_request: web.Request) -> web.Response:
    picture = await asyncio.to_thread(samples.proof_picture)
    headers = _GUARDS | {"Content-Disposition": 'attachment; filename="proof-of-payment.png"'}
    return web.Response(body=picture, content_type="image/png", headers=headers)
