"""Routes about one channel: look, change, delete, permissions of one person, typing."""

import discord
from aiohttp import web

from tests.wire.server.errors import refusal
from tests.wire.server.pipeline import BODY, RATES, WORLD, answer, nothing, number_in
from tests.wire.world import payloads
from tests.wire.world.channels import change_channel, delete_channel, read_overwrite, set_overwrite
from tests.wire.world.permissions import require
from tests.wire.world.state import DM_CHANNEL, Channel
from tests.wire.world.world import World

routes = web.RouteTableDef()


def seen_channel(request: web.Request) -> tuple[World, Channel]:
    """The channel of the path: 10003 if there is none, 50001 if the bot does not see it."""
    world = request.app[WORLD]
    channel = world.channel(number_in(request, "channel"))
    require(world, channel)
    return world, channel


def _managed_channel(request: web.Request, needed: discord.Permissions) -> tuple[World, Channel]:
    world, channel = seen_channel(request)
    if channel.type == DM_CHANNEL:
        raise refusal(50003)
    require(world, channel, needed)
    return world, channel


@routes.get(r"/channels/{channel:\d+}")
async def get_channel(request: web.Request) -> web.Response:
    """The channel."""
    return answer(payloads.channel(*seen_channel(request)))


@routes.patch(r"/channels/{channel:\d+}")
async def patch_channel(request: web.Request) -> web.Response:
    """Changes it. Name and topic only twice in ten minutes, which no header tells beforehand."""
    fields = request[BODY].fields
    needed = discord.Permissions(manage_channels=True, manage_roles="permission_overwrites" in fields)
    world, channel = _managed_channel(request, needed)
    if {"name", "topic"} & fields.keys():
        request.app[RATES].take("rename", str(channel.id))
    change_channel(world, channel, fields)
    return answer(payloads.channel(world, channel))


@routes.delete(r"/channels/{channel:\d+}")
async def delete(request: web.Request) -> web.Response:
    """Deletes it with all its messages; a second time is 10003."""
    return answer(delete_channel(*_managed_channel(request, discord.Permissions(manage_channels=True))))


@routes.put(r"/channels/{channel:\d+}/permissions/{target:\d+}")
async def put_permissions(request: web.Request) -> web.Response:
    """Sets the bits of one role or member in this channel."""
    world, channel = _managed_channel(request, discord.Permissions(manage_roles=True))
    set_overwrite(world, channel, read_overwrite(request[BODY].fields, number_in(request, "target")))
    return nothing()


@routes.delete(r"/channels/{channel:\d+}/permissions/{target:\d+}")
async def delete_permissions(request: web.Request) -> web.Response:
    """Forgets them."""
    world, channel = _managed_channel(request, discord.Permissions(manage_roles=True))
    channel.overwrites.pop(number_in(request, "target"), None)
    world.announce("CHANNEL_UPDATE", payloads.channel(world, channel))
    return nothing()


@routes.post(r"/channels/{channel:\d+}/typing")
async def typing(request: web.Request) -> web.Response:
    """Nobody looks."""
    seen_channel(request)
    return nothing()
