"""Whether something in the server was made by an earlier run of ours. A name alone proves nothing: anyone can copy it.

Whoever may manage roles could make one under our mark and take it before we find it; so nobody may hold a role that was
only begun, and a channel has to be open to exactly those that a new one would be open to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import discord

from novacore.doctor.server import Server
from novacore.entry.going_live.at_discord import access
from novacore.entry.going_live.at_discord.slots import Kind, Slot


@dataclass(slots=True)
class Provenance:
    """What is known of the server, to judge by."""

    server: Server
    holders: Mapping[int, int]
    """How many members have each role."""
    owner_roles: frozenset[int]
    """The roles of whoever is to have the owner's role."""
    roles: access.Ids = field(default_factory=dict)
    """The shop's roles by setting, as far as they are decided."""

    def was_begun(self, slot: Slot, thing_id: int) -> bool:
        """Tell whether what has the slot's mark is what a run made that was cut off right after."""
        if slot.kind is not Kind.role:
            return self._is_as_new(slot, thing_id)
        role = self.server.guild.get_role(thing_id)
        return role is not None and role.permissions.value == 0 and not self.holders.get(thing_id)

    def was_made_before(self, slot: Slot, thing_id: int) -> bool:
        """Tell whether what has the slot's name was made by us, for a shop whose `.env` is lost.

        People have such a role by now. So one of the team's is known by a channel that it shares with the bot alone,
        and the owner's only if the owner has it.
        """
        if slot.kind is not Kind.role:
            return self._is_as_new(slot, thing_id)
        role = self.server.guild.get_role(thing_id)
        if role is None or (role.name, role.colour.value, role.permissions.value) != (slot.name, slot.colour, 0):
            return False
        if slot.setting == "customer_role_id":
            return True
        is_owners = slot.setting != "owner_role_id" or thing_id in self.owner_roles
        return is_owners and any(
            access.is_of_team(one, self.server.guild.id, self.server.me.id, thing_id)
            for one in self.server.channels.values()
            if isinstance(one, discord.TextChannel)
        )

    def _is_as_new(self, slot: Slot, channel_id: int) -> bool:
        whom = access.people(self.server.guild.id, self.server.me.id, self.roles)
        return access.is_as_new(slot.setting, self.server.channels[channel_id], whom)
