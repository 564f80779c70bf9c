"""Routes about the bot itself, people, and the way to a DM."""

from aiohttp import web

from tests.wire.server.pipeline import BODY, WORLD, answer, number_in
from tests.wire.server.routes.gateway_routes import GATEWAY
from tests.wire.world import payloads

routes = web.RouteTableDef()


@routes.get("/users/@me")
async def get_me(request: web.Request) -> web.Response:
    """The first request of every login."""
    return answer(payloads.me(request.app[WORLD]))


@routes.get("/oauth2/applications/@me")
async def get_application(request: web.Request) -> web.Response:
    """The second request of every login; tells the privileged intents."""
    return answer(payloads.application(request.app[WORLD]))


@routes.get("/gateway/bot")
async def get_gateway(request: web.Request) -> web.Response:
    """Where the gateway is."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return answer({"url": request.app[GATEWAY].url, "shards": 1, "session_start_limit": limit})


@routes.get("/users/@me/guilds")
async def get_guilds(request: web.Request) -> web.Response:
    """The servers that the bot is in: one."""
    guild = payloads.guild(request.app[WORLD])
    kept = ("id", "name", "icon", "banner", "features", "approximate_member_count", "approximate_presence_count")
    return answer([{key: guild[key] for key in kept} | {"owner": False, "permissions": "0"}])


@routes.get(r"/users/{user:\d+}")
async def get_user(request: web.Request) -> web.Response:
    """10013 for an account that is gone."""
    return answer(payloads.user(request.app[WORLD].user(number_in(request, "user"))))


@routes.post("/users/@me/channels")
async def open_dm(request: web.Request) -> web.Response:
    """Always succeeds for a person who exists: closed DMs show only when something is sent."""
    world = request.app[WORLD]
    channel = world.dm_channel(int(request[BODY].fields["recipient_id"]))
    return answer(payloads.channel(world, channel))
