"""The stand-in's HTTP server: one aiohttp app on a free loopback port, in a thread with an event loop of its own.

A thread, so that synchronous tests can wait on it and killed clients leave it alone. `Wire` starts and stops it.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from tests.wire.faults import Faults
from tests.wire.server.gateway import Gateway
from tests.wire.server.pipeline import FAULTS, LOG, PREFIX, RATES, WORLD, pipeline, unknown_route
from tests.wire.server.rates import Rates
from tests.wire.server.request_log import RequestLog
from tests.wire.server.routes import (
    channel_routes,
    gateway_routes,
    guild_routes,
    interaction_routes,
    message_routes,
    self_routes,
)
from tests.wire.world.world import World

T = TypeVar("T")
_API = (self_routes, guild_routes, channel_routes, message_routes, interaction_routes)


def build_app(world: World, gateway: Gateway, faults: Faults, rates: Rates, log: RequestLog) -> web.Application:
    """The app with every route under `/api/v10`, files and gateway next to it, and a loud answer to anything else."""
    app = web.Application(middlewares=[pipeline], client_max_size=256 * 1024 * 1024)
    app[WORLD], app[FAULTS], app[RATES], app[LOG] = world, faults, rates, log
    app[gateway_routes.GATEWAY] = gateway
    app.on_shutdown.append(gateway_routes.close_all)
    for each in _API:
        for route in each.routes:
            if isinstance(route, web.RouteDef):
                app.router.add_route(route.method, PREFIX + route.path, route.handler)
    app.add_routes(message_routes.files)
    app.add_routes(gateway_routes.routes)
    app.router.add_route("*", "/{tail:.*}", unknown_route)
    return app


class Server:
    """Runs an app in its thread. Everything that touches the world goes through `ask`, hence no locks."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="discord-stand-in", daemon=True)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.2)

    def start(self) -> None:
        """Serves from now on."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(timeout=10)

    async def _serve(self) -> None:
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    def stop(self) -> None:
        """Closes every line and ends the thread."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def ask(self, question: Callable[[], T]) -> T:
        """Runs the function on the server's loop, between requests; its result or exception."""

        async def run() -> T:
            return question()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=10)
