"""Making and changing roles in the world, with Discord's limits. Routes call it."""

import discord

from tests.wire.server.errors import invalid, refusal
from tests.wire.world import payloads
from tests.wire.world.components import Json
from tests.wire.world.permissions import in_server, require_in_server
from tests.wire.world.state import Role
from tests.wire.world.world import World

ROLES_IN_SERVER = 250
_MANAGE_ROLES = discord.Permissions(manage_roles=True)


def create_role(world: World, fields: Json) -> Role:
    """A new role as the bot asks for it, at the bottom; raises 50013, 30005 or 50035."""
    require_in_server(world, _MANAGE_ROLES)
    if len(world.roles) >= ROLES_IN_SERVER:
        raise refusal(30005)
    # Without permissions of its own a new role takes those of @everyone.
    bits = int(fields.get("permissions", world.roles[world.guild_id].permissions))
    _require_held(world, bits)
    role = world.roles[world.add_role(_name(fields.get("name", "new role")), bits)]
    role.color = _color(fields, 0)
    _announce(world, "GUILD_ROLE_CREATE", role)
    return role


def change_role(world: World, role: Role, fields: Json) -> Role:
    """Changes what the fields name; the caller has checked that the role stands below the bot's."""
    require_in_server(world, _MANAGE_ROLES)
    if "permissions" in fields:
        _require_held(world, int(fields["permissions"]))
        role.permissions = int(fields["permissions"])
    role.name = _name(fields["name"]) if "name" in fields else role.name
    role.color = _color(fields, role.color)
    role.mentionable = fields.get("mentionable", role.mentionable)
    _announce(world, "GUILD_ROLE_UPDATE", role)
    return role


def _announce(world: World, event: str, role: Role) -> None:
    world.announce(event, {"guild_id": str(world.guild_id), "role": payloads.role(role)})


def _color(fields: Json, now: int) -> int:
    primary: int | None = (fields.get("colors") or {}).get("primary_color", fields.get("color"))
    return now if primary is None else primary


def _require_held(world: World, bits: int) -> None:
    if bits & ~in_server(world, world.bot_id):
        raise refusal(50013)


def _name(name: str) -> str:
    if not 1 <= len(name) <= 100:
        raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return name
