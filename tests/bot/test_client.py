"""The bot's first and last minutes."""

import asyncio
import gc
import threading

import discord
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.bot.conftest import Opening
from tests.bot.towns import tickets
from tests.bot.towns.town import page, said


async def test_the_shop_is_open_when_the_bot_is_ready(town: Opening) -> None:
    async with town() as here:
        await asyncio.wait_for(here.bot.wait_until_open(), 1)
        assert here.bot.places
        assert here.bot.places.guild.id == here.guild.id
        assert here.bot.refusal is None


async def test_it_asks_for_what_it_needs_and_no_more(town: Opening) -> None:
    async with town() as here:
        asked = {name for name, wanted in here.bot.intents if wanted}
        assert asked == {"guilds", "members", "guild_messages", "message_content"}
        assert here.bot.allowed_mentions
        assert here.bot.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()


async def test_five_thousand_members_leave_none_in_memory(town: Opening) -> None:
    async with town(bot_up=False) as here:
        for number in range(5_000):
            person = here.env.backend.make_user(f"person{number}")
            here.env.backend.add_member(here.guild.id, person.id)
        await here.env.restart_bot(here.bot)
        _, channel = await tickets.opened(here, here.alice)
        await here.alice.send(channel, "Hello")
        here.guild.add_member(here.env.create_user("late"))
        await here.env.settle()
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        assert guild.member_count
        assert guild.member_count > 5_000
        assert [*guild.members] == [guild.me]
        gc.collect()
        # By its type alone: to ask a proxy for its class would make, or miss, what it stands for.
        assert sum(issubclass(type(one), discord.Member) for one in gc.get_objects()) < 2_500


async def test_nothing_that_someone_writes_is_a_command(town: Opening) -> None:
    async with town() as here:
        parsed: list[object] = []

        async def note(_: object, error: Exception) -> None:
            parsed.append(error)

        here.bot.add_listener(note, "on_command_error")
        ticket, channel = await tickets.opened(here, here.alice)
        assert here.bot.user
        written = [f"{here.bot.user.mention} {words}" for words in ("help", "shop")]
        for words in written:
            await here.alice.send(channel, words)
        assert [words for words, *_ in tickets.wordings(here, ticket)] == written
        assert (parsed, here.bot.commands, here.bot.help_command) == ([], set(), None)


async def test_a_database_that_fails_at_the_start_stops_the_bot(
    town: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    async with town(bot_up=False) as here:
        here.lose_table("products")
        await here.env.restart_bot(here.bot)
        assert here.bot.is_closed()
        with pytest.raises(OperationalError):
            await here.bot.wait_until_open()
        assert "could not be opened" in caplog.text


async def test_a_bot_that_is_stopped_while_it_opens_has_not_failed(
    town: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    async with town() as here:
        here.bot._settled.clear()  # as long as it opens
        here.bot._is_complete = False
        here.lose_table("products")
        await here.bot.close()
        await here.bot.on_ready()
        await here.bot.wait_until_open()
        assert here.bot.refusal is None
        assert "could not be opened" not in caplog.text


async def test_a_shop_that_is_open_stays_open(town: Opening) -> None:
    async with town(bot_up=False) as here:
        here.env.inject_error("POST", f"/channels/{here.channels['shop'].id}/messages", status=500)
        await here.env.restart_bot(here.bot)
        here.lose_table("products")
        await here.bot.on_ready()
        assert not here.bot.is_closed()
        assert here.bot.refusal is None


async def test_a_press_that_is_being_answered_is_finished_before_the_bot_leaves(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        reached, gate = threading.Event(), threading.Event()

        def hold(_connection: object) -> None:
            reached.set()
            assert gate.wait(10)

        event.listen(here.shop.database.engine, "begin", hold)
        pressing = asyncio.create_task(here.alice.select(page(methods), ["btc"]))
        await asyncio.to_thread(reached.wait, 5)
        closing = asyncio.create_task(here.bot.close())
        await asyncio.sleep(0.2)
        assert not closing.done()
        assert not here.bot.is_closed()  # Discord can still be told
        gate.set()
        answer = await pressing
        await closing
        (order,) = here.orders()
        assert order.id in said(answer)
        assert here.bot.is_closed()


async def test_closing_twice_is_fine(town: Opening) -> None:
    async with town() as here:
        await here.bot.close()
        await here.bot.close()
        assert [thread for thread in threading.enumerate() if thread.name.startswith("command")] == []
