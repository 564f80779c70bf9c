"""What each slot gets: what it has, what is named for it, what a killed run has made, or something new.

Decides and changes nothing. `building` does it, in the order of the slots. What `provenance` says is ours is used
without a question; whatever else only has the right name is asked about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import discord

from novacore.doctor.server import Server
from novacore.entry.going_live.at_discord.provenance import Provenance
from novacore.entry.going_live.at_discord.slots import SLOTS, Kind, Slot, mark
from novacore.entry.going_live.console import Console, agrees
from novacore.entry.going_live.notes import Notes
from novacore.errors import NovaCoreError
from novacore.terminal_text import printable


class How(StrEnum):
    """Where a slot's thing comes from."""

    keep = "keep"
    found = "found"
    again = "again"
    take = "take"
    make = "make"


@dataclass(frozen=True, slots=True)
class Place:
    """What is decided for a slot."""

    slot: Slot
    how: How
    ids: Sequence[int] = ()
    """Of what is there already; staff may have several roles."""
    name: str = ""
    """What it will be called where it is made, or was made and not named yet; else empty."""
    rivals: Sequence[int] = ()
    """Others of that name, which the owner may mean."""
    lost: bool = False
    """Whether the setting names something that isn't there."""

    @property
    def is_new_to_settings(self) -> bool:
        """Whether the setting gets another value."""
        return self.how is not How.keep or self.lost

    def lines(self, server: Server) -> Iterator[str]:
        """Say what will be done; nothing where all is well."""
        slot = self.slot
        if self.how is How.make:
            instead = " (what .env names for it is not in this server)" if self.lost else ""
            yield f"make the {slot.kind} {slot.called(self.name)}: {slot.what}{instead}"
        elif self.how is How.again:
            again = slot.called(name_of(server, slot, self.ids[0]))
            yield f"use the {slot.kind} {again} again, which was made before: {slot.what}"
        elif self.how is How.take:
            yield f"use the {slot.kind} {slot.called(name_of(server, slot, self.ids[0]))}: {slot.what}"
        elif self.name:
            yield f"finish the {slot.kind} {slot.called(self.name)}, which was begun before: {slot.what}"
        elif self.lost:
            yield f"take out of {slot.setting.upper()} what is not in this server any more"


def decide(server: Server, notes: Notes, use: Mapping[str, str], ours: Provenance, asks: Console | None) -> list[Place]:
    """Decide for every slot: roles first, as channels are known by the roles that they are opened to.

    Without a console nobody is asked. Raises NovaCoreError for something in `use` that isn't there, or doesn't fit.
    """
    named = {slot: _named(server, slot, use[slot.key]) for slot in SLOTS if slot.key in use}
    places: list[Place] = []
    for slot in SLOTS:
        ours.roles = {place.slot.setting: place.ids for place in places if place.slot.kind is Kind.role}
        if slot in named and named[slot] not in notes.ids(slot.setting):
            places.append(Place(slot, How.take, [named[slot]]))
        else:
            places.append(_with_rival(server, _place(server, notes, slot, ours), asks))
    return places


def _place(server: Server, notes: Notes, slot: Slot, ours: Provenance) -> Place:
    known = things(server, slot)
    named = notes.ids(slot.setting)
    there = [each for each in named if each in known or _is_others_role(server, slot, each)]
    lost = bool(notes.text(slot.setting)) and (len(there) < len(named) or not named)
    marked = sorted(each for each, name in known.items() if name == mark(server.me.id, slot))
    if there:
        name = free_name(known, slot) if there[0] in marked else ""
        return Place(slot, How.keep, there, name, lost=lost)
    if begun := [each for each in marked if ours.was_begun(slot, each)]:
        return Place(slot, How.found, begun[:1], free_name(known, slot))
    named_so = [each for each, name in known.items() if name.casefold() == slot.name.casefold()]
    if made := [each for each in named_so if ours.was_made_before(slot, each)]:
        return Place(slot, How.again, made[:1])
    return Place(slot, How.make, (), free_name(known, slot), [*named_so, *marked], lost)


def _is_others_role(server: Server, slot: Slot, role_id: int) -> bool:
    """A role of another app may be staff's. Whether it can be the customers' is for the doctor to say."""
    role = server.guild.get_role(role_id) if slot.kind is Kind.role else None
    return role is not None and role.managed


def things(server: Server, slot: Slot) -> dict[int, str]:
    """Return the names of everything in the server that could be in this slot, by id."""
    if slot.kind is Kind.role:
        return {one.id: one.name for one in server.guild.roles if not one.is_default() and not one.managed}
    kind = discord.CategoryChannel if slot.kind is Kind.category else discord.TextChannel
    return {each: one.name for each, one in server.channels.items() if isinstance(one, kind)}


def name_of(server: Server, slot: Slot, thing_id: int) -> str:
    """Return what a thing of this slot is called, fit for a terminal."""
    return printable(things(server, slot).get(thing_id, str(thing_id)))


def free_name(known: Mapping[int, str], slot: Slot) -> str:
    """Return the slot's name, or one with a number where that is taken: Discord would allow two of the same name."""
    taken = {name.casefold() for name in known.values()}
    between = "-" if slot.kind is Kind.channel else " "
    names = (slot.name, *(f"{slot.name}{between}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in taken)


def _named(server: Server, slot: Slot, text: str) -> int:
    """Return the id of what the owner means."""
    known = things(server, slot)
    wanted = text.removeprefix("#" if slot.kind is Kind.channel else "@")
    found = [each for each, name in known.items() if wanted == str(each)] or [
        each for each, name in known.items() if name.casefold() == wanted.casefold()
    ]
    if not found:
        raise NovaCoreError(f"--use {slot.key}: this server has no {slot.kind} of that name or id.")
    if len(found) > 1:
        raise NovaCoreError(f"--use {slot.key}: that is the name of more than one {slot.kind}. Give the id instead.")
    return found[0]


def _with_rival(server: Server, place: Place, console: Console | None) -> Place:
    """Let the owner say whether something of a slot's name is meant to be used. Nobody else decides that."""
    for each in place.rivals if console is not None else ():
        name = name_of(server, place.slot, each)
        if console is not None and _is_meant(console, place.slot, name):
            keeps_its_name = name != mark(server.me.id, place.slot)
            return replace(place, how=How.take, ids=(each,), name="" if keeps_its_name else place.name)
    return place


def _is_meant(console: Console, slot: Slot, name: str) -> bool:
    console.say(f"There is a {slot.kind} {slot.called(name)} already. {slot.taken_over}".strip())
    return agrees(console, f"Use it? It would be {slot.what}.", by_default=False)


def leftovers(server: Server, ids: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """Name what was made twice, because an answer of Discord's got lost, or by others: only the owner deletes."""
    for slot in SLOTS:
        for each, name in things(server, slot).items():
            if name == mark(server.me.id, slot) and each not in ids[slot.setting]:
                yield (
                    f"The {slot.kind} {slot.called(name)} isn't used: Discord made it twice, or someone else made it. "
                    "Delete it by hand."
                )
