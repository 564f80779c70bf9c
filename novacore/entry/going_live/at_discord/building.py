"""Puts a plan into practice: makes, writes down, names, opens and closes, one thing after the other.

Each id is written into `.env` before anything else is done. Whatever is cut off between two steps is found by the next
run: by its id, or by the mark it was made under.
"""

from collections.abc import Iterator, Sequence

from novacore.doctor.server import CATEGORIES, CHANNELS, Server
from novacore.entry.going_live.at_discord import access
from novacore.entry.going_live.at_discord.access import Change, Ids, People, people
from novacore.entry.going_live.at_discord.owners import Gift
from novacore.entry.going_live.at_discord.planning import How, Place, leftovers
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.at_discord.slots import SLOTS, Kind
from novacore.entry.going_live.console import Console
from novacore.entry.going_live.notes import Notes


class Builder:
    """Builds at one server. Every act is said."""

    def __init__(self, console: Console, site: Site, notes: Notes) -> None:
        self._console, self._site, self._notes = console, site, notes

    def build(self, places: Sequence[Place], gift: Gift | None) -> None:
        """Do all of it. Raises NovaCoreError with a sentence where Discord refuses; what was done stays."""
        for place in places:
            self._fill(place)
        server, ids = self._site.read(), ids_of(self._notes)
        for change in changes(server, ids):
            self._change(change)
        if gift is not None:
            self._give(gift, ids["owner_role_id"][0])
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
