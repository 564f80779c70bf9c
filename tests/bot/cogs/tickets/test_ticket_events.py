"""What people write in a ticket's channel moves it; what they write elsewhere costs nothing; what goes is noticed."""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from simcord.backend.errors import BackendError
from simcord.enums import MessageType
from sqlalchemy import event, select

from novacore.bot.cogs.tickets.ticket_events import TicketEvents
from novacore.db.models import TicketMessage
from novacore.db.unit_of_work import reading
from novacore.states import TicketStatus
from novacore.workflows.tickets import conversation
from tests.bot.conftest import Opening
from tests.bot.towns import tickets as play

S = TicketStatus


async def test_who_wrote_decides_whose_turn_it_is(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        await here.sam.send(channel, "Which code?")
        assert play.standing(here, ticket).status is S.awaiting_customer
        await here.alice.send(channel, "The second one.")
        assert play.standing(here, ticket).status is S.awaiting_staff
        assert [words for words, *_ in play.wordings(here, ticket)] == ["Which code?", "The second one."]
        assert play.told(here, ticket)[-2:] == ["staff_replied", "customer_replied"]


@pytest.mark.parametrize(("content", "members"), [(True, False), (False, True), (False, False)])
async def test_a_shop_with_fewer_intents_sells_and_talks(town: Opening, content: bool, members: bool) -> None:
    async with town(bot_up=False) as here:
        here.env.approved_intents = discord.Intents(message_content=content, members=members)
        flags = discord.ApplicationFlags(gateway_message_content=content, gateway_guild_members=members, embedded=True)
        here.bot.asked.allow(flags)
        await here.env.restart_bot(here.bot)
        order = await here.paid_order(here.alice)
        await here.decide(here.sam, "approve", order)
        assert here.state(order) == "approved"
        ticket, channel = await play.opened(here, here.alice)
        await here.sam.send(channel, "Which code?")
        message = await here.alice.send(channel, "The second one.")
        assert play.standing(here, ticket).status is S.awaiting_staff
        await here.alice.edit(message, "The third one.")
        heard = ["Which code?", "The second one.", "The third one."] if content else ["", ""]
        assert [words for words, *_ in play.wordings(here, ticket)] == heard
        form = await play.press(here.sam, channel, "transfer", ticket)
        await here.sam.submit_modal(form, {"person": [here.sue]})
        assert play.standing(here, ticket).claimed_by == here.sue.id
        here.guild.remove_member(here.alice.user)
        await here.env.settle()
        assert (play.standing(here, ticket).status is S.awaiting_staff) is not members


async def test_staff_who_are_the_customer_are_the_customer(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.sam)
        await here.sam.send(channel, "Mine is broken, too.")
        assert play.standing(here, ticket).status is S.awaiting_staff
        await here.sue.send(channel, "Let me see.")
        assert play.standing(here, ticket).status is S.awaiting_customer


async def test_what_discord_tells_in_somebodys_name_is_nobodys_word(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        about = await here.alice.send(channel, "It does not work.")
        before, made = play.standing(here, ticket), set()
        for kind in {*MessageType} - {MessageType.DEFAULT, MessageType.REPLY}:
            with contextlib.suppress(BackendError):  # some kinds stand in other channels only
                here.guild.create_system_message(channel, kind, author=here.sam, referenced_message=about)
                made.add(kind)
        await here.env.settle()
        assert made >= {MessageType.PINS_ADD, MessageType.PREMIUM_GUILD_SUBSCRIPTION}, made
        assert play.standing(here, ticket).version == before.version
        assert [words for words, *_ in play.wordings(here, ticket)] == ["It does not work."]


async def test_staff_who_pin_a_message_have_not_answered(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        await here.sam.set_pinned(await here.alice.send(channel, "It does not work."), pinned=True)
        await here.env.settle()
        assert channel.history()[-1].type is discord.MessageType.pins_add
        assert play.standing(here, ticket).status is S.awaiting_staff


async def test_bots_and_webhooks_are_nobody(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        home = here.bot.get_channel(channel.id)
        assert isinstance(home, discord.TextChannel)
        await home.send("The card was renewed.")
        await here.guild.create_webhook(channel, "Build server").send("Build 12 failed.")
        await here.env.settle()
        assert play.wordings(here, ticket) == []
        assert play.standing(here, ticket).status is S.awaiting_staff


async def test_replies_and_forwards_are_words(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        first = await here.alice.send(channel, "It does not work.")
        await here.sam.send(channel, "Which one?", reply_to=first)
        assert play.standing(here, ticket).status is S.awaiting_customer
        await here.alice.forward(await here.alice.send(here.channels["shop"], "This one."), channel)
        assert play.standing(here, ticket).status is S.awaiting_staff


async def test_edits_and_deletions_are_kept(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        message = await here.alice.send(channel, "It is brokn.")
        await here.alice.edit(message, "It is broken.")
        await here.alice.delete(message)
        assert play.wordings(here, ticket) == [("It is brokn.", 0, True), ("It is broken.", 1, False)]


async def test_what_a_message_held_is_kept_with_it(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        asked = await here.sam.send(channel, "Show me, please.")
        await here.alice.send(channel, "", reply_to=asked, attachments=[("shot.png", b"\x89PNG"), ("log.txt", b"x")])
        source = await here.alice.send(here.channels["shop"], "forwarded words")
        await here.alice.forward(source, channel)
        with reading(here.shop.database) as session:
            rows = select(TicketMessage.holds).where(TicketMessage.ticket_id == ticket.id).order_by(TicketMessage.id)
            plain, files, forward = session.execute(rows).scalars()
        assert plain is None
        assert files
        assert [(one["name"], one["size"]) for one in files["files"]] == [("shot.png", 4), ("log.txt", 1)]
        assert files["answers"] == asked.id
        assert forward == {"parts": ["Forwarded:\nforwarded words"]}


async def test_a_channel_that_staff_moved_elsewhere_is_still_heard(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        home = here.bot.get_channel(channel.id)
        assert isinstance(home, discord.TextChannel)
        await home.edit(category=None)
        await here.sam.send(channel, "I moved you here.")
        assert play.standing(here, ticket).status is S.awaiting_customer
        await here.restart()
        await here.alice.send(channel, "Fine.")
        assert play.standing(here, ticket).status is S.awaiting_staff


async def test_permissions_that_someone_changed_are_looked_at(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        home = here.bot.get_channel(channel.id)
        assert isinstance(home, discord.TextChannel)
        await home.edit(topic="Only words")
        assert "restore_access" not in play.jobs(here, ticket)
        await home.set_permissions(home.guild.default_role, view_channel=True)
        await here.env.settle()
        assert play.jobs(here, ticket).count("restore_access") == 1


async def test_permissions_of_any_other_channel_cost_no_query(town: Opening) -> None:
    async with town() as here:
        await play.opened(here, here.alice)
        asked: list[str] = []
        event.listen(here.shop.database.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
        home = here.bot.get_channel(here.channels["shop"].id)
        assert isinstance(home, discord.TextChannel)
        await home.set_permissions(home.guild.default_role, view_channel=True)
        await here.env.settle()
        assert asked == []


async def test_a_channel_deleted_by_hand_closes_its_ticket(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        home = here.bot.get_channel(channel.id)
        assert isinstance(home, discord.TextChannel)
        await home.delete()
        await here.env.settle()
        assert play.standing(here, ticket).status is S.closed
        assert "alert_ticket_staff" in play.jobs(here, ticket)


async def test_a_customer_who_leaves_has_their_ticket_closed(town: Opening) -> None:
    async with town() as here:
        ticket, _ = await play.opened(here, here.alice)
        others, _ = await play.opened(here, here.bob)
        here.guild.remove_member(here.alice)
        await here.env.settle()
        assert play.standing(here, ticket).status is S.closing
        assert play.standing(here, others).status is S.awaiting_staff


async def test_a_start_has_every_open_ticket_looked_at(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        await here.bot.close()
        await here.alice.send(channel, "Are you there?")
        assert play.wordings(here, ticket) == []
        before = [play.jobs(here, ticket).count(name) for name in ("check_ticket", "restore_access")]
        await here.restart()
        after = [play.jobs(here, ticket).count(name) for name in ("check_ticket", "restore_access")]
        assert after == [one + 1 for one in before]


async def test_a_database_that_fails_raises_nothing(town: Opening, caplog: pytest.LogCaptureFixture) -> None:
    async with town() as here:
        _, channel = await play.opened(here, here.alice)
        here.lose_table("tickets")
        with caplog.at_level(logging.ERROR):
            await here.alice.send(channel, "Hello?")
        assert "may not know of what was said" in caplog.text
        assert here.env.errors == []


# ---- how much of it there may be


async def test_a_busy_server_costs_no_query(town: Opening) -> None:
    async with town() as here:
        await play.opened(here, here.alice)
        asked: list[str] = []
        event.listen(here.shop.database.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
        for number in range(20):
            await here.bob.send(here.channels["shop"], f"Hello {number}")
        assert asked == []


def _message(channel_id: int, number: int) -> Any:
    """Stand for a message as the gateway makes one: what is read of it, as long as the channel decides."""
    return SimpleNamespace(
        id=1_000_000 + number,
        author=SimpleNamespace(id=7, bot=False, system=False, display_name="alice"),
        channel=SimpleNamespace(id=channel_id),
        content=f"{number}",
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        type=discord.MessageType.default,
        webhook_id=None,
        attachments=[],
        message_snapshots=[],
        stickers=[],
        poll=None,
        reference=None,
    )


async def test_two_hundred_at_once_are_told_in_order_and_in_few_transactions(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        await here.sam.send(channel, "One after the other, please.")
        events = TicketEvents(here.bot.desk, here.bot)
        await events.wake()
        commits: list[object] = []
        event.listen(here.shop.database.engine, "commit", commits.append)
        await asyncio.gather(*(events.on_message(_message(channel.id, number)) for number in range(200)))
        assert len(commits) < 20
        kept = [words for words, *_ in play.wordings(here, ticket)]
        assert kept[1:] == [str(number) for number in range(200)]


async def test_presses_find_free_threads_whatever_is_heard(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as here:
        running, most = 0, 0

        def slow(*_: object) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            time.sleep(0.02)
            running -= 1

        monkeypatch.setattr(conversation, "note_messages", slow)
        events = TicketEvents(here.bot.desk, here.bot)
        events._channels = set(range(50))
        await asyncio.gather(*(events.on_message(_message(number, number)) for number in range(50)))
        assert most <= 8
