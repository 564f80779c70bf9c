"""The gateway's one route: a WebSocket, its reader and its writer. What is said there is `gateway.py`'s."""

import asyncio
import contextlib
import json

from aiohttp import WSMsgType, web

from tests.wire.server.gateway import PATH, Gateway, Line, Refused

GATEWAY = web.AppKey("gateway", Gateway)
routes = web.RouteTableDef()


@routes.get(PATH)
async def connect(request: web.Request) -> web.WebSocketResponse:
    """One line, from HELLO until either side closes it."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    gateway = request.app[GATEWAY]
    line = gateway.greet()
    writer = asyncio.create_task(_write(request, socket, line))
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                _hear(gateway, line, message.data)
    finally:
        gateway.hang_up(line)
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer
    return socket


def _hear(gateway: Gateway, line: Line, text: str) -> None:
    try:
        gateway.hear(line, json.loads(text))
    except Refused as refused:
        line.put(refused.code)


async def _write(request: web.Request, socket: web.WebSocketResponse, line: Line) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            item = await line.outgoing.get()
            if isinstance(item, str):
                await socket.send_str(item)
            elif item is None:
                if request.transport is not None:
                    request.transport.abort()
            else:
                await socket.close(code=item, drain=False)


async def close_all(app: web.Application) -> None:
    """Ends every line when the server stops: it would wait for them."""
    app[GATEWAY].cut()
