"""Which roles of a server may be sold: none that opens doors, none of another app, and none of the shop's own."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import discord

DANGEROUS: Final = discord.Permissions.elevated() | discord.Permissions(
    mention_everyone=True,
    view_audit_log=True,
    view_guild_insights=True,
    manage_nicknames=True,
    manage_events=True,
    mute_members=True,
    deafen_members=True,
    move_members=True,
    pin_messages=True,
    bypass_slowmode=True,
)
"""What nobody should be able to buy: power over the server, its people, or what others wrote."""


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What Discord says of a role."""

    id: int
    name: str
    permissions: int
    is_managed: bool
    is_everyone: bool


def facts_of(role: discord.Role) -> RoleFacts:
    """Return the facts of a role that discord.py knows."""
    return RoleFacts(role.id, role.name, role.permissions.value, role.managed, role.is_default())


def why_not(role: RoleFacts, own: Collection[int]) -> str | None:
    """Say why a role can't be sold, in a sentence for the owner; None if it can. `own` are the shop's own roles."""
    if role.is_everyone:
        return "Everybody has that role already."
    if role.is_managed:
        return f"{role.name} belongs to an app, or to the server's boosters, so Discord lets nobody give it."
    if role.id in own:
        return f"{role.name} is one of the shop's own roles, which say who is staff, owner or a customer."
    power = [name for name, held in discord.Permissions(role.permissions & DANGEROUS.value) if held]
    if power:
        named = power[0].replace("_", " ").title()
        return f"{role.name} has a permission that nobody should be able to buy: {named}."
    return None
