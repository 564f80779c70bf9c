"""Keeps a client of discord.py alive where it can't read what Discord sends.

discord.py 2.7.1 builds a message whole or raises. A poll without an end is enough: Discord's types allow one (`expiry:
string | null` in discord-api-types 0.38.43), and `Poll._from_data` (Rapptz/discord.py#9759) subtracts it all the same.
One such message made the history of its channel unreadable, so that a ticket never closed; heard over the gateway, it
ended the bot, whatever channel it was written in.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

import discord

log = logging.getLogger(__name__)

_Data = dict[str, Any]

_PARTS: Final = (
    *("poll", "message_snapshots", "components", "embeds", "sticker_items", "interaction_metadata", "interaction"),
    *("referenced_message", "message_reference", "thread", "call", "application", "activity", "role_subscription_data"),
    *("purchase_notification", "reactions", "mention_channels"),
)
"""What a message may do without."""
_BEGINNINGS: Final = frozenset({"READY", "RESUMED"})
"""Without these nothing works: where discord.py can't read one, the connection has to end."""


def steady(client: discord.Client) -> None:
    """Let a client read every message, at worst without a part of it. To be called once, before it connects."""
    state = client._connection  # noqa: SLF001 - discord.py has no other place for it
    build = state.create_message
    state.create_message = lambda *, channel, data: _first(  # type: ignore[method-assign]
        lambda form: build(channel=channel, data=form), data
    )
    for event in state.parsers.keys() - _BEGINNINGS:
        state.parsers[event] = _surviving(event, state.parsers[event])


def _surviving(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def heard(data: Any) -> None:
        try:
            if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
                _first(parse, data)
            else:
                parse(data)
        except Exception:  # what was sent isn't logged
            log.exception("discord.py can't read an event %s: it is left out", event)

    return heard


def _first(read: Callable[[Any], Any], data: Any) -> Any:
    """Return what can be read of a message: all of it, or the first form without what discord.py can't read."""
    try:
        return read(data)
    except Exception as error:
        log.warning("discord.py can't read a message (%s): it is read without a part of it", type(error).__name__)
        for form in _forms(data):
            with suppress(Exception):
                return read(form)
        raise


def _forms(data: _Data) -> Iterator[_Data]:
    poll = data.get("poll")
    if isinstance(poll, dict) and not poll.get("expiry"):
        data = data | {"poll": poll | {"expiry": data.get("timestamp")}}
        yield data
    there = [part for part in _PARTS if data.get(part)]
    for part in there:
        yield _without(data, [part])
    if there:
        yield _without(data, there)


def _without(data: _Data, parts: list[str]) -> _Data:
    """Return a message that says what it lacks, so that a transcript tells of it."""
    kept = {name: value for name, value in data.items() if name not in parts}
    named = ", ".join(part.replace("_", " ") for part in parts)
    note = {"type": "rich", "description": f"Part of this message can't be shown ({named})."}
    return kept | {"embeds": [*kept.get("embeds", ()), note]}
