"""The shapes of what is sent: a card, a form, and a message with its files. Called by every builder of this room."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import discord
from discord import ui

from novacore.messages.kit import words

MAX_ROW = 5
"""Buttons that Discord puts into one row."""

MOST_TEXT: Final = 3900
"""What the texts of one card may come to: Discord takes 4000 characters."""

Item = ui.Item[Any]


class Card(ui.LayoutView):
    """A layout without state in memory: the router answers by custom ids.

    It says that it is finished, so that discord.py never puts it into its store: there it would stay for ever, and
    answer presses past the router.
    """

    def __init__(self, *items: Item) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)

    def is_finished(self) -> bool:
        """Say yes: nothing listens through this object."""
        return True


class Form(ui.Modal):
    """A form whose answer reaches the router by its custom id; nothing of it is kept, as with `Card`."""

    def __init__(self, title: str, custom_id: str, *labels: ui.Label[Any]) -> None:
        super().__init__(title=title, timeout=None, custom_id=custom_id)
        for label in labels:
            self.add_item(label)

    def is_finished(self) -> bool:
        """Say yes: nothing listens through this object."""
        return True


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a message. `name` is ours: letters, digits, dots and hyphens, so that Discord leaves it alone."""

    name: str
    content: bytes = field(repr=False)
    description: str = ""
    """What the picture shows, for people who cannot see it."""

    @property
    def url(self) -> str:
        """How a layout of the same message refers to it."""
        return f"attachment://{self.name}"


@dataclass(frozen=True, slots=True)
class Message:
    """What one send needs. Its repr shows neither texts nor bytes."""

    view: Card
    files: tuple[FilePart, ...] = ()

    @property
    def mark(self) -> str:
        """A hash of all that it shows: two messages with the same one look the same."""
        shown = json.dumps(self.view.to_components(), sort_keys=True)  # type: ignore[no-untyped-call]
        files = [f"{part.name}\n{part.description}\n".encode() + part.content for part in self.files]
        return sha256(b"\n".join(sha256(part).digest() for part in (shown.encode(), *files))).hexdigest()

    def discord_files(self) -> list[discord.File]:
        """Return new file objects: discord.py reads each of them once, so every try of a send needs its own."""
        return [
            discord.File(io.BytesIO(part.content), part.name, description=part.description or None)
            for part in self.files
        ]


def box(items: Iterable[Item], colour: discord.Colour | None = None) -> Card:
    """Return a card with one framed box; the stripe at its edge has the colour."""
    return Card(ui.Container(*items, accent_colour=colour))


def text(*lines: str) -> ui.TextDisplay[Any]:
    """Return one text of these lines."""
    return ui.TextDisplay(one_each_line(*lines))


def one_each_line(*lines: str) -> str:
    """Join lines, for the texts that stand in something else."""
    return "\n".join(lines)


def length(items: Iterable[Item]) -> int:
    """Return how much text these come to, as Discord's clients count."""
    texts = (one for item in items for one in (item.children if isinstance(item, ui.Section) else (item,)))
    return sum(words.units(one.content) for one in texts if isinstance(one, ui.TextDisplay))


def line() -> ui.Separator[Any]:
    """Return a thin line."""
    return ui.Separator(visible=True, spacing=discord.SeparatorSpacing.small)


def beside(words: str, part: FilePart) -> ui.Section[Any]:
    """Return a text with a small picture at its right."""
    return ui.Section(words, accessory=ui.Thumbnail(part.url, description=part.description or None))


def gallery(*parts: FilePart) -> ui.MediaGallery[Any]:
    """Return the pictures in full width; a press enlarges them."""
    return ui.MediaGallery(
        *(discord.MediaGalleryItem(part.url, description=part.description or None) for part in parts)
    )


def rows(buttons: Sequence[ui.Button[Any]]) -> list[Item]:
    """Return the buttons in as many rows as they need; no buttons, no row."""
    return [ui.ActionRow(*buttons[start : start + MAX_ROW]) for start in range(0, len(buttons), MAX_ROW)]
