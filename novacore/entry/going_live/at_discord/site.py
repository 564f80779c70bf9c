"""The shop's server at Discord while it is set up: every question and every change, refusals as sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import discord

from novacore.discord_facts import invitation
from novacore.doctor.server import Server, read_guild
from novacore.entry.going_live.at_discord.refusals import explained
from novacore.entry.going_live.at_discord.slots import Kind, Slot, discord_type, mark
from novacore.tasks.discord import server_making as making
from novacore.tasks.discord.calls import Calls
from novacore.tasks.discord.permissions import Overwrite
from novacore.tasks.discord.server_making import Application

_T = TypeVar("_T")
_READ_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Site:
    """The bot's way to Discord, and the server once it is known (0 before). Raises NovaCoreError with a sentence."""

    calls: Calls
    application: Application
    guild_id: int = 0

    @property
    def invitation(self) -> str:
        """The link that lets the bot in, or gives it what it lacks."""
        return invitation.link(self.application.id, self.guild_id or None)

    def servers(self) -> Mapping[int, str]:
        """Return the names of the servers that the bot is in, by id."""
        return self._ask(making.servers)

    def ids_in(self, guild_id: int) -> set[int]:
        """Return the ids of all roles and channels of a server."""
        return self._ask(lambda calls: making.ids_in(calls, guild_id))

    def read(self) -> Server:
        """Read the server as it is now."""
        return self._ask(lambda calls: calls.call(lambda client: read_guild(client, self.guild_id), _READ_SECONDS))

    def member(self, user_id: int) -> tuple[str, frozenset[int]] | None:
        """Return name and roles of someone in the server; None for someone who isn't."""
        try:
            return self._ask(lambda calls: making.member(calls, self.guild_id, user_id), discord.NotFound)
        except discord.NotFound:
            return None

    def role_counts(self) -> Mapping[int, int]:
        """Return how many members have each role; one that nobody has may be missing."""
        return self._ask(lambda calls: making.role_counts(calls, self.guild_id))

    def holders(self, role_id: int, count: int) -> Sequence[str]:
        """Name so many members who have a role, with their ids; nobody where Discord doesn't list members."""
        try:
            return self._ask(lambda calls: making.holders(calls, self.guild_id, role_id, count), discord.Forbidden)
        except discord.Forbidden:
            return ()

    def switch_on_intents(self) -> bool:
        """Switch both on; False where Discord leaves that to the owner."""
        try:
            self._ask(making.switch_on_intents, discord.Forbidden)
        except discord.HTTPException:
            return False
        return True

    def make(self, slot: Slot, overwrites: Sequence[Overwrite]) -> int:
        """Make a role, a channel or a category under its mark, and return its id."""
        name = mark(self.application.bot_id, slot)
        if slot.kind is Kind.role:
            return self._ask(lambda calls: making.make_role(calls, self.guild_id, name, slot.colour))
        kind = discord_type(slot)
        return self._ask(lambda calls: making.make_channel(calls, self.guild_id, kind, name, slot.topic, overwrites))

    def name(self, slot: Slot, thing_id: int, name: str) -> None:
        """Give it another name."""
        if slot.kind is Kind.role:
            self._ask(lambda calls: making.name_role(calls, self.guild_id, thing_id, name))
        else:
            self._ask(lambda calls: making.name_channel(calls, thing_id, name))

    def set_overwrite(self, channel_id: int, one: Overwrite) -> bool:
        """Set it; False where the channel itself is closed to the bot."""
        try:
            self._ask(lambda calls: making.set_overwrite(calls, channel_id, one), discord.Forbidden)
        except discord.Forbidden:
            return False
        return True

    def give_role(self, user_id: int, role_id: int) -> bool:
        """Give a member a role; False where it stands above the bot's own."""
        try:
            self._ask(lambda calls: making.give_role(calls, self.guild_id, user_id, role_id), discord.Forbidden)
        except discord.Forbidden:
            return False
        return True

    def _ask(self, what: Callable[[Calls], _T], *expected: type[discord.DiscordException]) -> _T:
        with explained(self.invitation, *expected):
            return what(self.calls)
