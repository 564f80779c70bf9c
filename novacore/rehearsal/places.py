"""Where each person can go, and where something new waits for them. The front door shows it as a list of doors."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

import discord
from simcord import ChannelHandle, Env

from novacore.rehearsal.window import Sight
from novacore.rehearsal.world import Person, World

DM = "dm"


@dataclass(frozen=True, slots=True)
class Door:
    """A door in the page's list. `key` is the channel's id, or "dm"; `waiting` counts what is new to that person."""

    key: str
    name: str
    waiting: int


class Doors:
    """Looks the places up again when something happened: tickets come and go."""

    def __init__(self, env: Env, world: World) -> None:
        self._env = env
        self._world = world
        self._seen: dict[tuple[str, int], int] = {}
        self._version: Hashable = None
        self._listed: Mapping[str, tuple[Door, ...]] = {}
        for person, channel in self._doors():
            self._mark(person, channel)

    def listed(self, looking: Sight | None, version: Hashable) -> Mapping[str, tuple[Door, ...]]:
        """Return the places of each person by the person's key. What `looking` shows counts as read.

        Looks only when `version` is another than the last time.
        """
        if version != self._version:
            if looking is not None:
                self._mark(looking.person, looking.channel)
            self._listed = self._look_up()
            self._version = version
        return self._listed

    def find(self, person_key: str, place: str) -> Sight:
        """Return the sight of a place by "dm", by a channel's id, or by the name of one of the world's channels.

        Raises LookupError when there is no such person, or no such place for this person.
        """
        person = self._world.people[person_key]
        for candidate, channel in self._doors():
            names = {DM} if channel.guild is None else {str(channel.id), channel.name}
            if candidate is person and place in names:
                return Sight(person, channel)
        raise LookupError(place)

    def _look_up(self) -> dict[str, tuple[Door, ...]]:
        found: dict[str, list[Door]] = {key: [] for key in self._world.people}
        for person, channel in self._doors():
            seen = self._seen.setdefault((person.key, channel.id), 0)
            waiting = sum(news > seen for news in _news(channel, person))
            private = channel.guild is None
            name = "Messages from the shop" if private else f"#{channel.name}"
            found[person.key].append(Door(DM if private else str(channel.id), name, waiting))
        return {key: tuple(places) for key, places in found.items()}

    def _doors(self) -> Iterator[tuple[Person, ChannelHandle]]:
        guild = self._env.bot.get_guild(self._world.guild.id)
        channels = {channel.id: channel for channel in self._world.guild.channels.values()}
        for person in self._world.people.values():
            for channel in guild.text_channels if guild else ():
                if channel.id in channels and self._may_see(channel, person):
                    yield person, channels[channel.id]
            yield person, person.user.dm_channel

    def _may_see(self, channel: discord.TextChannel, person: Person) -> bool:
        """Ask SimCord: the shop's client keeps no list of members."""
        held = self._env.backend.compute_permissions(channel.guild.id, person.user.id, channel.id)
        return discord.Permissions(held).view_channel

    def _mark(self, person: Person, channel: ChannelHandle) -> None:
        self._seen[person.key, channel.id] = max(_news(channel, person), default=0)


def _news(channel: ChannelHandle, person: Person) -> list[int]:
    return [
        message.id
        for message in channel.history()
        if message.author.id != person.user.id and not message.flags.ephemeral
    ]
