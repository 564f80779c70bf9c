"""Cards and forms leave nothing in discord.py's memory, and no repr gives anything away."""

import asyncio
from typing import Any

import discord
import simcord
from discord import ui

from novacore.messages.catalog import checkout, window
from novacore.messages.kit.layout import MAX_ROW, Card, FilePart, Message, box, length, rows, text
from novacore.messages.orders import buttons
from tests.messages import samples
from tests.messages.everything import every_message
from tests.messages.payloads import assert_own_ids


def test_discord_py_keeps_no_card_and_no_form() -> None:
    async def story() -> tuple[int, int]:
        bot = discord.Client(intents=discord.Intents.default())
        async with simcord.run(bot) as env:
            channel = env.create_guild("Shop", owner=env.create_user("owner")).create_text_channel("shop")
            posted = bot.get_channel(channel.id)
            assert isinstance(posted, discord.TextChannel)
            await posted.send(view=window.shop_panel([samples.category()]).view)
            ours = len(bot.persistent_views)
            theirs = ui.LayoutView(timeout=None)
            theirs.add_item(ui.ActionRow(ui.Button(label="Kept", custom_id="kept")))
            await posted.send(view=theirs)
            return ours, len(bot.persistent_views)

    assert asyncio.run(story()) == (0, 1), "the second view is an ordinary one, and shows that the test can fail"
    assert checkout.quantity_form(7).is_finished()


def test_every_message_is_taken_by_simcord_as_it_is() -> None:
    async def story() -> list[str]:
        bot = discord.Client(intents=discord.Intents.default())
        async with simcord.run(bot) as env:
            channel = env.create_guild("Shop", owner=env.create_user("owner")).create_text_channel("shop")
            posted = bot.get_channel(channel.id)
            assert isinstance(posted, discord.TextChannel)
            sent = []
            for name, message in every_message("Robin's *gift*"):
                await posted.send(view=message.view, files=message.discord_files())
                sent.append(name)
            return sent

    assert len(asyncio.run(story())) > 60


def test_each_send_gets_files_of_its_own() -> None:
    message = Message(box([text("x")]), (FilePart("a.txt", b"once and again", "A file"),))
    for _ in range(2):
        (file,) = message.discord_files()
        assert (file.filename, file.description, file.fp.read()) == ("a.txt", "A file", b"once and again")


def test_a_repr_shows_neither_texts_nor_bytes() -> None:
    message = Message(box([text("SECRET-TEXT")]), (FilePart("a.txt", b"SECRET-BYTES"),))
    shown = repr(message) + repr(message.view) + "".join(repr(item) for item in message.view.walk_children())
    assert "SECRET" not in shown
    assert "a.txt" in repr(message)


def test_buttons_stand_five_in_a_row() -> None:
    many: list[buttons.Button] = [ui.Button(label=str(n), custom_id=f"x{n}") for n in range(MAX_ROW + 2)]
    sizes = [len(row.children) for row in rows(many) if isinstance(row, ui.ActionRow)]
    assert sizes == [5, 2]
    assert rows([]) == []


def test_the_length_counts_texts_next_to_buttons_too() -> None:
    beside: ui.Section[Any] = ui.Section("🎉🎉", accessory=ui.Button(label="x", custom_id="x"))
    assert length([text("ab", "c"), beside]) == 4 + 4


def test_every_custom_id_of_every_message_parses_back() -> None:
    for _, message in every_message("x"):
        assert_own_ids(message)


def test_a_card_has_no_timeout() -> None:
    assert Card(text("x")).timeout is None
