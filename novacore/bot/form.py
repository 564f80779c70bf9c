"""Reads what came back with a form: texts and files by custom id. The one place that looks into a raw modal submit.

discord.py would hand the values to the modal object that it opened; ours is gone by then, perhaps with the process.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord

from novacore.bot.answers import Interaction

_CHECKBOX = 23
_SELECTS = (3, 5, 6, 7, 8)
"""Discord's numbers for selects of our own options, people, roles, both, and channels."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person filled in. Its repr shows nothing of it."""

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, Sequence[discord.Attachment]] = field(default_factory=dict, repr=False)
    picked: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    ticked: frozenset[str] = frozenset()
    """The checkboxes that are ticked."""

    def text(self, name: str) -> str:
        """Return what was typed; nothing typed, or no such field (the form is of an older release), is empty."""
        return self.texts.get(name, "")

    def file(self, name: str) -> discord.Attachment | None:
        """Return the file that was chosen, if one was."""
        return next(iter(self.files.get(name, ())), None)

    def every_file(self, name: str) -> Sequence[discord.Attachment]:
        """Return all files that were chosen."""
        return self.files.get(name, ())

    def rows(self, name: str) -> list[int]:
        """Return the row ids that were picked in a select of several; what is no id is left out."""
        return [int(one) for one in self.picked.get(name, ()) if one.isascii() and one.isdigit() and len(one) < 19]


def read(interaction: Interaction) -> Answers:
    """Return the answers of a modal submit; a button press has none."""
    data = _mapping(interaction.data)
    uploads = _mapping(_mapping(data.get("resolved")).get("attachments"))
    texts: dict[str, str] = {}
    files: dict[str, list[discord.Attachment]] = {}
    picked: dict[str, tuple[str, ...]] = {}
    ticked: set[str] = set()
    for one in _fields(data.get("components")):
        name, value = str(one["custom_id"]), one.get("value")
        if isinstance(value, str):
            texts[name] = value
        elif one.get("type") == _CHECKBOX and value is True:
            ticked.add(name)
        elif one.get("type") in _SELECTS:
            texts[name] = _first(one.get("values"))
            picked[name] = _every(one.get("values"))
        for upload in _known(one.get("values"), uploads):
            # What discord.py does itself when it reads a form: there is no public way to make one.
            files.setdefault(name, []).append(discord.Attachment(data=upload, state=interaction._state))  # noqa: SLF001
    return Answers(texts, files, picked, frozenset(ticked))


def chosen(interaction: Interaction) -> str:
    """Return what was picked in a select; empty for anything else."""
    return _first(_mapping(interaction.data).get("values"))


def all_chosen(interaction: Interaction) -> tuple[str, ...]:
    """Return everything that was picked in a select of several; nothing for anything else."""
    return _every(_mapping(interaction.data).get("values"))


def _every(values: object) -> tuple[str, ...]:
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()


def _first(values: object) -> str:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else ""


def _mapping(part: object) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}


def _fields(part: object) -> Iterator[Mapping[str, Any]]:
    """Go through the fields: today each in a label of its own, in older forms in rows."""
    if isinstance(part, list):
        for one in part:
            yield from _fields(one)
    elif isinstance(part, dict):
        if isinstance(part.get("custom_id"), str):
            yield part
        yield from _fields(part.get("component"))
        yield from _fields(part.get("components"))


def _known(values: object, uploads: Mapping[str, Any]) -> Iterator[Any]:
    for value in values if isinstance(values, list) else ():
        if str(value) in uploads:
            yield uploads[str(value)]
