"""Looks up what mentions in a talk stand for: members who never spoke, roles, channels. Most talks need nothing."""

from collections.abc import Iterable, Mapping, Sequence

from novacore.messages.tickets.transcript.mentions import mentioned
from novacore.messages.tickets.transcript.talk import Names, TranscriptMessage
from novacore.tasks.discord import directory
from novacore.tasks.queue.handlers import Work

MOST_ASKED = 50
"""Members, and threads, that Discord is asked for one by one: someone may mention a thousand."""


def look_up(work: Work, customer_id: int, lines: Sequence[TranscriptMessage], known: Mapping[int, str]) -> Names:
    """Return the names behind every mention in these lines. `known` are people whom Discord has named already.

    Channels are named as the customer sees them, who reads the transcript.
    """
    wanted = mentioned(text for line in lines for text in (*(one.text for one in line.wordings), *line.embeds))
    strangers = wanted.people - {*known} - {line.author_id for line in lines}
    if not (strangers or wanted.roles or wanted.channels):
        return Names(known)
    guild_id = work.calls.guild_of(work.shop.places.main_channel_id)
    people = {**known, **_people(work, guild_id, strangers)}
    roles = directory.roles(work.calls, guild_id) if wanted.roles else {}
    return Names(people, roles, _channels(work, guild_id, customer_id, wanted.channels))


def _people(work: Work, guild_id: int, ids: Iterable[int]) -> Mapping[int, str]:
    found = {}
    for person_id in sorted(ids)[:MOST_ASKED]:
        if name := directory.person(work.calls, guild_id, person_id):
            found[person_id] = name
        work.renew()
    return found


def _channels(work: Work, guild_id: int, customer_id: int, ids: set[int]) -> Mapping[int, str]:
    if not ids:
        return {}
    readers = {customer_id, work.shop.places.customer_role_id}
    found = dict(directory.channels(work.calls, guild_id, readers))
    for channel_id in sorted(ids - {*found})[:MOST_ASKED]:
        if name := directory.thread(work.calls, guild_id, channel_id, found):
            found[channel_id] = name
        work.renew()
    return found
