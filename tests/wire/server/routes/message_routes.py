"""Routes about the messages of a channel, and the files that they carry."""

import discord
from aiohttp import web

from tests.wire.server.bodies import Body
from tests.wire.server.errors import invalid, refusal
from tests.wire.server.pipeline import BODY, WORLD, answer, nothing, number_in
from tests.wire.server.routes.channel_routes import seen_channel
from tests.wire.world import messages, payloads
from tests.wire.world.permissions import effective, require
from tests.wire.world.state import CATEGORY, DM_CHANNEL, Channel, Message
from tests.wire.world.world import World

routes = web.RouteTableDef()
files = web.RouteTableDef()


def _require_send(world: World, channel: Channel, body: Body) -> None:
    if channel.type == CATEGORY:
        raise refusal(50013)
    require(
        world,
        channel,
        discord.Permissions(
            send_messages=True, attach_files=bool(body.files), embed_links=bool(body.fields.get("embeds"))
        ),
    )
    if channel.recipient is not None and world.user(channel.recipient).dms_closed:
        raise refusal(50007)


@routes.post(r"/channels/{channel:\d+}/messages")
async def post_message(request: web.Request) -> web.Response:
    """Sends; 50007 to closed DMs. Only this answer ever repeats the nonce."""
    world, channel = seen_channel(request)
    body = request[BODY]
    _require_send(world, channel, body)
    sent = payloads.message(world, messages.create(world, channel, world.bot_id, body))
    nonce = body.fields.get("nonce")
    return answer(sent if nonce is None else sent | {"nonce": nonce})


@routes.get(r"/channels/{channel:\d+}/messages")
async def get_messages(request: web.Request) -> web.Response:
    """History, newest first: `limit` (50) of them `before`, `after` or `around` an id; empty without permission."""
    world, channel = seen_channel(request)
    if not discord.Permissions(effective(world, world.bot_id, channel)).read_message_history:
        return answer([])
    limit = int(request.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    found = _page(list(channel.messages.values()), request, limit)
    return answer([payloads.message_for_bot(world, each) for each in reversed(found)])


def _page(oldest_first: list[Message], request: web.Request, limit: int) -> list[Message]:
    if "around" in request.query:
        pivot, half = int(request.query["around"]), limit // 2
        older = [each for each in oldest_first if each.id < pivot][-half or len(oldest_first) :]
        return older + [each for each in oldest_first if each.id >= pivot][: half + 1]
    if "after" in request.query:
        return [each for each in oldest_first if each.id > int(request.query["after"])][:limit]
    before = int(request.query.get("before", 1 << 63))
    return [each for each in oldest_first if each.id < before][-limit:]


def _found(request: web.Request) -> tuple[World, Channel, Message]:
    world, channel = seen_channel(request)
    require(world, channel, discord.Permissions(read_message_history=True))
    return world, channel, world.message(channel, number_in(request, "message"))


@routes.get(r"/channels/{channel:\d+}/messages/{message:\d+}")
async def get_message(request: web.Request) -> web.Response:
    """One message, without its nonce."""
    world, _, message = _found(request)
    return answer(payloads.message_for_bot(world, message))


@routes.patch(r"/channels/{channel:\d+}/messages/{message:\d+}")
async def patch_message(request: web.Request) -> web.Response:
    """Edits one of the bot's own; 50005 for anybody else's."""
    world, _, message = _found(request)
    if message.author_id != world.bot_id:
        raise refusal(50005)
    messages.edit(world, message, request[BODY])
    return answer(payloads.message(world, message))


@routes.delete(r"/channels/{channel:\d+}/messages/{message:\d+}")
async def delete_message(request: web.Request) -> web.Response:
    """Deletes its own, or with permission anybody's; in a DM never the other person's."""
    world, channel, message = _found(request)
    if message.author_id != world.bot_id:
        if channel.type == DM_CHANNEL:
            raise refusal(50003)
        require(world, channel, discord.Permissions(manage_messages=True))
    messages.delete(world, channel, message.id)
    return nothing()


@files.get(r"/attachments/{channel:\d+}/{attachment:\d+}/{name}")
async def get_attachment(request: web.Request) -> web.Response:
    """The bytes of a file, while the signature in its address is good; then 404."""
    world = request.app[WORLD]
    found = world.attachments.get(number_in(request, "attachment"))
    fresh = request.query.get("hm") == f"{world.url_generation:x}"
    if found is None or not fresh or found.filename != request.match_info["name"]:
        return web.Response(status=404, text="This content is no longer available.")
    return web.Response(body=found.content, content_type=found.content_type)
