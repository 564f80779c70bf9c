"""Puts a plan into practice: makes, writes down, names, opens and closes, one thing after the other.

Each id is written into `.env` before anything else is done. Whatever is cut off between two steps is found by the next
run: by its id, or by the mark it was made under.
"""

from collections.abc import Iterator, Mapping, Sequence

from novacore.doctor.server import CATEGORIES, CHANNELS, Server
from novacore.entry.going_live.at_discord import access, owners
from novacore.entry.going_live.at_discord.access import Change, People
from novacore.entry.going_live.at_discord.owners import Gift
from novacore.entry.going_live.at_discord.planning import How, Place, leftovers
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.at_discord.slots import SLOTS, Kind
from novacore.entry.going_live.console import Console
from novacore.entry.going_live.notes import Notes

Ids = Mapping[str, Sequence[int]]
"""The ids that each setting names, or will."""


class Builder:
    """Builds at one server. Every act is said."""

    def __init__(self, console: Console, site: Site, notes: Notes) -> None:
        self._console, self._site, self._notes = console, site, notes

    def build(self, places: Sequence[Place], owner_id: int | None) -> None:
        """Do all of it. Raises NovaCoreError with a sentence where Discord refuses; what was done stays."""
        for place in places:
            self._fill(place)
        server, ids = self._site.read(), ids_of(self._notes)
        for change in changes(server, ids):
            self._change(change)
        role_id = ids["owner_role_id"][0]
        if found := owners.gift(self._site, server, owner_id, role_id):
            self._give(found, role_id)
        for sentence in leftovers(server, ids):
            self._console.say(sentence)

    def _fill(self, place: Place) -> None:
        slot = place.slot
        ids = [self._made(place)] if place.how is How.make else list(place.ids)
        text = ",".join(str(each) for each in ids)
        if place.is_new_to_settings:
            self._notes.keep(**{slot.setting: text})
        if place.name:
            self._site.name(slot, ids[0], place.name)
            self._console.say(f"  {slot.kind} {slot.called(place.name)} is there")

    def _made(self, place: Place) -> int:
        slot = place.slot
        overwrites = () if slot.kind is Kind.role else access.of_new(slot.setting, self._people())
        return self._site.make(slot, overwrites)

    def _people(self) -> People:
        return people(self._site.guild_id, self._site.application.bot_id, ids_of(self._notes))

    def _change(self, change: Change) -> None:
        if self._site.set_overwrite(change.channel_id, change.overwrite):
            self._console.say(f"  done: {change.sentence}")
        else:
            said = "not done, as the channel is closed to the bot; the doctor says below what to do"
            self._console.say(f"  {said}: {change.sentence}")

    def _give(self, found: Gift, role_id: int) -> None:
        if self._site.give_role(found.user_id, role_id):
            self._console.say(f"  {found.name} has the owner's role")
        else:
            self._console.say(
                f"  The bot can't give the owner's role, which stands above its own. Give it to {found.name} by hand."
            )


def people(guild_id: int, bot_id: int, ids: Ids) -> People:
    """Return whom channels are for. Roles that are still to be made are missing."""
    team = (*ids.get("staff_role_ids", ()), *ids.get("owner_role_id", ()))
    customers = ids.get("customer_role_id", ())
    return People(guild_id, bot_id, customers[0] if customers else 0, tuple(dict.fromkeys(team)))


def changes(server: Server, ids: Ids) -> Iterator[Change]:
    """Say what has to change in the channels that are there."""
    whom = people(server.guild.id, server.me.id, ids)
    for setting in (*CHANNELS, *CATEGORIES):
        for channel in (server.channels.get(each) for each in ids.get(setting, ())):
            if channel is not None:
                yield from access.changes(server, setting, channel, whom)


def ids_of(notes: Notes, places: Sequence[Place] = ()) -> Ids:
    """Return the ids of all channels and roles: as they are written down, or as they are planned."""
    written = {name: notes.ids(name) for name in (*CHANNELS, *CATEGORIES, *(slot.setting for slot in SLOTS))}
    return written | {place.slot.setting: list(place.ids) for place in places}
