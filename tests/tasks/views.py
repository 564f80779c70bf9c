"""The smallest message that a send of these tests can carry."""

import io
from collections.abc import Callable

import discord

from novacore.tasks.discord.calls import Outgoing


def goods(token: str, *, words: str = "Your goods", file: bytes | None = None) -> Outgoing:
    """Build a message that shows its token in its last line, with a button, and a file where one is given."""
    view = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(discord.ui.TextDisplay(words))
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    row.add_item(discord.ui.Button(label="Show", custom_id="nc:order:reveal:NC-1"))
    box.add_item(row)
    files = []
    if file is not None:
        files.append(discord.File(io.BytesIO(file), "goods.txt"))
        box.add_item(discord.ui.File("attachment://goods.txt"))
    box.add_item(discord.ui.TextDisplay(f"-# {token}"))
    view.add_item(box)
    return Outgoing(view, files)


def building(token: str, *, words: str = "Your goods", file: bytes | None = None) -> Callable[[], Outgoing]:
    """Return what builds such a message when `calls` asks for it."""
    return lambda: goods(token, words=words, file=file)
