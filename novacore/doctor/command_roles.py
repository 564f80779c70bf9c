"""Which slash commands Discord shows to the shop's people: too few, and they can't work; too many only confuse.

Discord hides commands by permission, not by role. What someone may do is asked by the bot, whatever is shown. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import discord

from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF, NAMES
from novacore.doctor.findings import Finding, ok, warning
from novacore.doctor.server import Server
from novacore.settings import Settings

_ABOUT: Final = "Who sees commands"

_WHOSE: Final = {FOR_STAFF.value: "staff's commands", FOR_OWNER.value: "the owner's commands"}

_INTEGRATIONS: Final = "in Server Settings > Integrations choose the bot"


@dataclass(frozen=True, slots=True)
class _Role:
    """A role of the shop, and the permissions by which its people see the commands that are theirs."""

    id: int
    wanted: int
    unwanted: int


def examine(server: Server, settings: Settings) -> Iterator[Finding]:
    """Compare what each role is allowed with what the commands ask for. A role that is gone is told of elsewhere."""
    found = [one for role in _roles(server, settings) for one in _judged(server, role)]
    yield from found
    if not found:
        yield ok(_ABOUT, "Discord shows staff's commands to staff, and the owner's to the owner.")


def _roles(server: Server, settings: Settings) -> Iterator[_Role]:
    staff, owner = FOR_STAFF.value, FOR_OWNER.value
    yield _Role(settings.owner_role_id, staff | owner, 0)
    for number in sorted(settings.staff_role_ids - {settings.owner_role_id}):
        yield _Role(number, staff, owner)
    # Of staff's commands reviewers have /queue alone, for which no permission over other people is worth giving.
    for number in sorted(settings.reviewer_role_ids - settings.staff_role_ids):
        yield _Role(number, 0, owner)
    for number in (settings.customer_role_id, server.guild.id):
        yield _Role(number, 0, staff | owner)


def _judged(server: Server, wants: _Role) -> Iterator[Finding]:
    role = server.guild.get_role(wants.id)
    if role is None:
        return
    held = role.permissions | (discord.Permissions() if role.is_default() else server.guild.default_role.permissions)
    has = held.value | (FOR_STAFF.value | FOR_OWNER.value if held.administrator else 0)
    for bit, whose in _WHOSE.items():
        if wants.wanted & bit and not has & bit:
            yield _too_little(role, bit, whose)
        if wants.unwanted & role.permissions.value & bit or (wants.unwanted & bit and role.permissions.administrator):
            yield _too_much(role, bit, whose)


def _too_little(role: discord.Role, bit: int, whose: str) -> Finding:
    fix = (
        f"In Server Settings > Roles, allow {NAMES[bit]} to {role.name}. Or {_INTEGRATIONS}, and add the role to "
        "each of these commands; I can't see that, so I will go on saying this."
    )
    return warning(_ABOUT, f"Discord doesn't show {whose} to {role.name}: they ask for {NAMES[bit]}.", fix)


def _too_much(role: discord.Role, bit: int, whose: str) -> Finding:
    name = "everyone" if role.is_default() else role.name
    why = "Administrator" if role.permissions.administrator else NAMES[bit]
    fix = f"In Server Settings > Roles, take {why} from {name}; or {_INTEGRATIONS}, and say there who sees them."
    return warning(_ABOUT, f"Discord shows {whose} to {name}, who can't use them, as that role has {why}.", fix)
