"""The way of every request, a middleware: log, body, scripted faults, token, rate limits, handler, answer."""

import json
import time
import traceback
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

from aiohttp import web

from tests.wire.faults import Faults, LineDropped, strike
from tests.wire.server import rates
from tests.wire.server.bodies import Body, read_body
from tests.wire.server.errors import DiscordError, unauthorized
from tests.wire.server.rates import Rates
from tests.wire.server.request_log import LoggedRequest, RequestLog
from tests.wire.world.world import World

PREFIX = "/api/v10"
WORLD = web.AppKey("world", World)
FAULTS = web.AppKey("faults", Faults)
RATES = web.AppKey("rates", Rates)
LOG = web.AppKey("log", RequestLog)
BODY = web.RequestKey("body", Body)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_WITHOUT_TOKEN = ("/interactions/", "/webhooks/", "/attachments/", "/websocket")
_OUTSIDE_THE_API = ("/attachments/", "/websocket")
_MAJOR = ("channel", "guild", "token")


def answer(payload: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON whose type is exactly `application/json`: with a charset after it discord.py would keep the text."""
    raw = json.dumps(payload).encode()
    return web.Response(body=raw, status=status, content_type="application/json", headers=headers)


def nothing() -> web.Response:
    """204: done, and nothing to say."""
    return web.Response(status=204)


def number_in(request: web.Request, name: str) -> int:
    """An id from the path."""
    return int(request.match_info[name])


@web.middleware
async def pipeline(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Runs the request and logs what became of it, whatever that was."""
    entry = LoggedRequest(request.method, request.path.removeprefix(PREFIX), _route(request))
    request.app[LOG].entries.append(entry)
    try:
        response = await _answered(request, handler, entry)
    except (LineDropped, ConnectionError):
        return web.Response(status=499)  # nobody reads it; aiohttp wants some answer
    else:
        entry.status = response.status
        if ahead := request.app[WORLD].clock_ahead:
            response.headers["Date"] = formatdate(time.time() + ahead, usegmt=True)
        return response
    finally:
        entry.over = True


async def _answered(request: web.Request, handler: Handler, entry: LoggedRequest) -> web.StreamResponse:
    try:
        return await _run(request, handler, entry)
    except DiscordError as error:
        entry.code = error.code
        return answer(error.body(), error.status, error.headers)
    except (LineDropped, ConnectionError):
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the test is told
        # 501, because discord.py repeats a 500: a fault of the stand-in must fail at once and be seen.
        request.app[LOG].crashes.append(traceback.format_exc())
        return answer({"message": "The stand-in itself failed; see Wire.crashes", "code": 0}, 501)


async def _run(request: web.Request, handler: Handler, entry: LoggedRequest) -> web.StreamResponse:
    body = await _log_body(request, entry)
    acts = request.app[FAULTS].due(entry.method, entry.path)
    await strike(acts, request, taken=False)
    _check_token(request, entry)
    limits = _limit(request, entry)
    request[BODY] = body
    try:
        response = await handler(request)
    except DiscordError:
        await strike(acts, request, taken=True)
        raise
    entry.taken = True
    await strike(acts, request, taken=True)
    response.headers.update(limits)
    return response


async def _log_body(request: web.Request, entry: LoggedRequest) -> Body:
    body = await read_body(request)
    entry.body = body.payload
    entry.files = [each.filename for _, each in sorted(body.files.items())]
    return body


def _route(request: web.Request) -> str | None:
    resource = request.match_info.route.resource
    known = resource is not None and "tail" not in request.match_info
    return resource.canonical.removeprefix(PREFIX) if resource is not None and known else None


def _check_token(request: web.Request, entry: LoggedRequest) -> None:
    if entry.path.startswith(_WITHOUT_TOKEN):
        return
    if request.headers.get("Authorization") != f"Bot {request.app[WORLD].token}":
        raise unauthorized()


def _limit(request: web.Request, entry: LoggedRequest) -> dict[str, str]:
    if entry.route is None or entry.path.startswith(_OUTSIDE_THE_API):
        return {}
    limits = request.app[RATES]
    limits.take_everywhere(entry.path)
    route = f"{entry.method} {entry.route}"
    major = "+".join(request.match_info[each] for each in _MAJOR if each in request.match_info)
    return rates.headers(route, limits.take(route, major))


async def unknown_route(request: web.Request) -> web.StreamResponse:
    """Fails loudly: 501, which discord.py does not repeat, and `Wire.unknown` names the route."""
    what = f"{request.method} {request.path.removeprefix(PREFIX)}"
    return answer({"message": f"The stand-in does not know {what}: add the route to tests/wire", "code": 0}, 501)
