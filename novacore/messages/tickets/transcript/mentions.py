"""What people see in Discord in place of `<@123>` and its like: names, channels, commands, emoji, moments.

A transcript is read without Discord, so all of it is written out. Inside of code Discord leaves it as it was typed, and
so is it here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from novacore.messages.tickets.transcript.talk import Names

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_MENTION = re.compile(
    r"<(?:@!?(?P<person>[0-9]{1,20})|@&(?P<role>[0-9]{1,20})|#(?P<channel>[0-9]{1,20})"
    r"|a?:(?P<emoji>[A-Za-z0-9_]{1,32}):[0-9]{1,20}|/(?P<command>[^<>:\n]{1,100}):[0-9]{1,20}"
    r"|t:(?P<moment>-?[0-9]{1,13})(?::[A-Za-z])?|id:(?P<place>[a-z-]{1,20})|(?P<address>https?://[^\s<>]++))>",
    re.IGNORECASE,
)

_PLACES: Final = {"customize": "Channels & Roles", "browse": "Browse Channels", "guide": "Server Guide"}


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The ids that texts name."""

    people: set[int] = field(default_factory=set)
    roles: set[int] = field(default_factory=set)
    channels: set[int] = field(default_factory=set)


def mentioned(texts: Iterable[str]) -> Mentioned:
    """Return whom and what these texts mention."""
    found = Mentioned()
    for text in texts:
        for one in _MENTION.finditer(text):
            for kind, ids in (("person", found.people), ("role", found.roles), ("channel", found.channels)):
                if one[kind]:
                    ids.add(int(one[kind]))
    return found


def written_out(text: str, names: Names) -> str:
    """Return a text with everything written out that Discord shows in another way than it was typed."""
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [_written(text[end : code.start()], names), code[0]]
        end = code.end()
    return "".join([*parts, _written(text[end:], names)])


def _written(text: str, names: Names) -> str:
    return _MENTION.sub(lambda found: _one(found, names), text)


def _one(found: re.Match[str], names: Names) -> str:
    kind, value = next((kind, value) for kind, value in found.groupdict().items() if value)
    write: dict[str, Callable[[], str]] = {
        "person": lambda: f"@{names.people.get(int(value), value)}",
        "role": lambda: f"@{names.roles.get(int(value), 'deleted-role')}",
        "channel": lambda: f"#{names.channels.get(int(value), 'deleted-channel')}",
        "emoji": lambda: f":{value}:",
        "command": lambda: f"/{value}",
        "moment": lambda: _moment(int(value), found[0]),
        "place": lambda: _PLACES.get(value, value.replace("-", " ").capitalize()),
        "address": lambda: value,
    }
    return write[kind]()


def _moment(seconds: int, typed: str) -> str:
    try:
        return clock_of(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return typed  # beyond any calendar: Discord shows it as it was typed


def clock_of(at: datetime) -> str:
    """Return a time as a transcript tells it: in UTC, for it is read anywhere and for years."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
