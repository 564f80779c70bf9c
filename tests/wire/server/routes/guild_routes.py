"""Routes about the server: its channels, members, roles, and the bot's slash commands in it."""

from collections import Counter

import discord
from aiohttp import web

from tests.wire.server.errors import refusal
from tests.wire.server.pipeline import BODY, WORLD, answer, nothing, number_in
from tests.wire.world import payloads
from tests.wire.world.channels import create_channel
from tests.wire.world.guild_roles import change_role, create_role
from tests.wire.world.permissions import require_above, require_in_server
from tests.wire.world.state import Member
from tests.wire.world.world import World

routes = web.RouteTableDef()
MANAGE_ROLES = discord.Permissions(manage_roles=True)


def _world(request: web.Request) -> World:
    world = request.app[WORLD]
    if number_in(request, "guild") != world.guild_id or not world.bot_is_in:
        raise refusal(10004)
    return world


@routes.get(r"/guilds/{guild:\d+}")
async def get_guild(request: web.Request) -> web.Response:
    """The server; 10004 for another one."""
    return answer(payloads.guild(_world(request)))


@routes.get(r"/guilds/{guild:\d+}/channels")
async def get_channels(request: web.Request) -> web.Response:
    """All channels of the server, DM channels not among them."""
    if _is_another(request):
        return answer([])
    world = _world(request)
    return answer([payloads.channel(world, each) for each in world.channels.values() if each.guild_id])


@routes.post(r"/guilds/{guild:\d+}/channels")
async def post_channel(request: web.Request) -> web.Response:
    """A new channel: 50013, 30013 with 500 in the server, 50035 with 50 in the category."""
    world = _world(request)
    channel = create_channel(world, request[BODY].fields)
    return answer(payloads.channel(world, channel), status=201)


@routes.get(r"/guilds/{guild:\d+}/roles")
async def get_roles(request: web.Request) -> web.Response:
    """All roles, @everyone first."""
    if _is_another(request):
        return answer([])
    return answer([payloads.role(each) for each in _world(request).roles.values()])


def _is_another(request: web.Request) -> bool:
    return number_in(request, "guild") in request.app[WORLD].other_servers


@routes.post(r"/guilds/{guild:\d+}/roles")
async def post_role(request: web.Request) -> web.Response:
    """A new role below all others: 50013, 30005 with 250 in the server."""
    world = _world(request)
    return answer(payloads.role(create_role(world, request[BODY].fields)))


@routes.patch(r"/guilds/{guild:\d+}/roles/{role:\d+}")
async def patch_role(request: web.Request) -> web.Response:
    """Changes a role that stands below the bot's own: 10011, 50013."""
    world, role_id = _world(request), number_in(request, "role")
    if role_id not in world.roles:
        raise refusal(10011)
    require_above(world, role_id)
    return answer(payloads.role(change_role(world, world.roles[role_id], request[BODY].fields)))


@routes.get(r"/guilds/{guild:\d+}/roles/member-counts")
async def get_role_counts(request: web.Request) -> web.Response:
    """How many members have each role but @everyone."""
    world = _world(request)
    held = Counter(role for member in world.members.values() for role in member.roles)
    return answer({str(each): held[each] for each in world.roles if each != world.guild_id})


@routes.get(r"/guilds/{guild:\d+}/members")
async def get_members(request: web.Request) -> web.Response:
    """Members by rising id, `limit` (1) of them beyond `after`; refused without the members intent."""
    world = _world(request)
    if not (world.intents.gateway_guild_members or world.intents.gateway_guild_members_limited):
        raise refusal(50001)
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 1))
    ids = sorted(each for each in world.members if each > after)[:limit]
    return answer([payloads.member(world, world.members[each]) for each in ids])


@routes.get(r"/guilds/{guild:\d+}/members/{user:\d+}")
async def get_member(request: web.Request) -> web.Response:
    """10013 for nobody, 10007 for someone who is not in the server."""
    world = _world(request)
    return answer(payloads.member(world, _member(world, request)))


@routes.put(r"/guilds/{guild:\d+}/members/{user:\d+}/roles/{role:\d+}")
async def put_role(request: web.Request) -> web.Response:
    """Gives a role; giving it again changes nothing."""
    world, member, role = _role_change(request)
    if role not in member.roles:
        member.roles.append(role)
        _announce_roles(world, member)
    return nothing()


@routes.delete(r"/guilds/{guild:\d+}/members/{user:\d+}/roles/{role:\d+}")
async def delete_role(request: web.Request) -> web.Response:
    """Takes a role; taking it again changes nothing."""
    world, member, role = _role_change(request)
    if role in member.roles:
        member.roles.remove(role)
        _announce_roles(world, member)
    return nothing()


def _member(world: World, request: web.Request) -> Member:
    return world.member(world.user(number_in(request, "user")).id)


def _role_change(request: web.Request) -> tuple[World, Member, int]:
    world = _world(request)
    member, role = _member(world, request), number_in(request, "role")
    if role not in world.roles:
        raise refusal(10011)
    require_in_server(world, MANAGE_ROLES)
    require_above(world, role)
    return world, member, role


def _announce_roles(world: World, member: Member) -> None:
    world.announce("GUILD_MEMBER_UPDATE", payloads.member(world, member) | {"guild_id": str(world.guild_id)})


@routes.get(r"/applications/{application:\d+}/guilds/{guild:\d+}/commands")
async def get_commands(request: web.Request) -> web.Response:
    """The slash commands of the server."""
    world = _world(request)
    return answer(world.commands.get(world.guild_id, []))


@routes.put(r"/applications/{application:\d+}/guilds/{guild:\d+}/commands")
async def put_commands(request: web.Request) -> web.Response:
    """Replaces them all. The answer holds a `description` even for a context menu: discord.py insists on it."""
    world = _world(request)
    world.commands[world.guild_id] = [
        {"description": "", "type": 1, "default_member_permissions": None, "options": []}
        | {key: value for key, value in each.items() if value is not None}
        | {"id": str(world.ids.mint()), "version": str(world.ids.mint()), "application_id": str(world.bot_id)}
        | {"guild_id": str(world.guild_id)}
        for each in request[BODY].payload
    ]
    return answer(world.commands[world.guild_id])
