"""Routes about the bot itself, people, and the way to a DM."""

import discord
from aiohttp import web

from tests.wire.server.errors import invalid
from tests.wire.server.pipeline import BODY, WORLD, answer, number_in
from tests.wire.server.routes.gateway_routes import GATEWAY
from tests.wire.world import payloads

routes = web.RouteTableDef()
_LIMITED_INTENTS = discord.ApplicationFlags(
    gateway_presence_limited=True, gateway_guild_members_limited=True, gateway_message_content_limited=True
).value


@routes.get("/users/@me")
async def get_me(request: web.Request) -> web.Response:
    """The first request of every login."""
    return answer(payloads.me(request.app[WORLD]))


@routes.get("/oauth2/applications/@me")
async def get_application(request: web.Request) -> web.Response:
    """The second request of every login; tells the privileged intents."""
    return answer(payloads.application(request.app[WORLD]))


@routes.patch("/applications/@me")
async def patch_application(request: web.Request) -> web.Response:
    """Changes the flags, of which only the limited intents are the bot's to change."""
    world, fields = request.app[WORLD], request[BODY].fields
    wanted = int(fields.get("flags", world.intents.value))
    if (wanted ^ world.intents.value) & ~_LIMITED_INTENTS:
        raise invalid("flags", "BASE_TYPE_BAD_VALUE", "Only limited intents can be changed.")
    world.intents = discord.ApplicationFlags._from_value(wanted)
    return answer(payloads.application(world))


@routes.get("/gateway/bot")
async def get_gateway(request: web.Request) -> web.Response:
    """Where the gateway is."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return answer({"url": request.app[GATEWAY].url, "shards": 1, "session_start_limit": limit})


@routes.get("/users/@me/guilds")
async def get_guilds(request: web.Request) -> web.Response:
    """The servers that the bot is in, its own only if it was let in: by rising id, `limit` (200) beyond `after`."""
    world = request.app[WORLD]
    guild = payloads.guild(world)
    kept = ("id", "name", "icon", "banner", "features", "approximate_member_count", "approximate_presence_count")
    own = {key: guild[key] for key in kept} | {"owner": False, "permissions": "0"}
    others = [own | {"id": str(each), "name": name} for each, name in world.other_servers.items()]
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 200))
    there = sorted([own, *others] if world.bot_is_in else others, key=lambda one: int(one["id"]))
    return answer([one for one in there if int(one["id"]) > after][:limit])


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
