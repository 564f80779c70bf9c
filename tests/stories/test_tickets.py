"""Tickets of each kind from the panel to the rating, in the shop's own server; killed, deserted and left waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle

from novacore.db.models import Ticket
from novacore.states import OrderStatus, TicketStatus
from novacore.workflows.machine.shop import Shop
from tests.bot.towns import tickets as play
from tests.bot.towns.town import said
from tests.fixtures.shops import ProductMaker
from tests.stories.help_desk import HelpDesk, open_help_desk, read, until

S = TicketStatus
Story = Callable[[HelpDesk], Awaitable[None]]
Telling = Callable[[Story], None]


@pytest.fixture
def tell(shop: Shop, make_product: ProductMaker, tmp_path: Path) -> Telling:
    """Lend a way to play a story in a shop that sells three game keys."""
    make_product()

    def telling(story: Story) -> None:
        async def play_it() -> None:
            async with open_help_desk(shop, tmp_path) as desk:
                await story(desk)

        asyncio.run(play_it())

    return telling


def seers(desk: HelpDesk, channel: ChannelHandle) -> list[str]:
    """Compute, as Discord does, who of the town sees a channel; bob is the bystander."""
    may = desk.town.env.backend.compute_permissions
    held = {name: may(desk.town.guild.id, who.id, channel.id) for name, who in desk.town.people.items()}
    return [name for name in ("alice", "bob", "sam", "sue", "olga") if discord.Permissions(held[name]).view_channel]


def test_a_product_issue_from_the_panel_to_the_rating_and_back(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        alice = desk.town.alice
        order = await desk.buy(alice)
        ticket, channel = await desk.ask(alice, "product_issue", order)
        assert seers(desk, channel) == ["alice", "sam", "sue", "olga"]
        await desk.card_says(channel, order.id)
        await desk.card_says(channel, f"<@{alice.id}> <@&{desk.town.roles['Staff'].id}>")
        await _talk(desk, ticket, channel)
        await _close(desk, ticket, channel)
        closed = await _read_the_transcript(desk)
        await _rate(desk, ticket)
        await alice.user.click(closed, custom_id=f"nc:ticket:reopen:{ticket.id}")
        again = await desk.channel(ticket)
        assert again.id != channel.id
        assert seers(desk, again) == ["alice", "sam", "sue", "olga"]
        await desk.message(again, "What was said before")

    tell(story)


async def _talk(desk: HelpDesk, ticket: Ticket, channel: ChannelHandle) -> None:
    town = desk.town
    await desk.press_as_staff(town.sam, channel, "Claim")
    await desk.card_says(channel, "Taken care of by: sam")
    await town.sam.send(channel, "Which shop did you enter it in?")
    await desk.stands(ticket, S.awaiting_customer)
    await town.alice.send(channel, "In yours. It is SECRET-1-0, I think.")
    await desk.stands(ticket, S.awaiting_staff)


async def _close(desk: HelpDesk, ticket: Ticket, channel: ChannelHandle) -> None:
    town = desk.town
    assert "Only staff can" in said(await desk.press(town.alice, channel, "For staff"))
    await desk.press_as_staff(town.sam, channel, "Send the goods again")
    await desk.dm(town.alice, "once more")
    form = await desk.press_as_staff(town.sam, channel, "Close")
    await town.sam.submit_modal(form, {"reason": "Sent again."})
    await desk.stands(ticket, S.closed)
    await until(lambda: channel.id not in desk.channels(), "the channel to be gone")


async def _read_the_transcript(desk: HelpDesk) -> discord.Message:
    closed = await desk.dm(desk.town.alice, "Your ticket #1 is closed")
    assert "Sent again." in read(closed)
    page = next(file for file in closed.attachments if file.filename.endswith(".html"))
    html = (await page.read()).decode()
    assert "Which shop did you enter it in?" in html
    assert "In yours." in html
    assert "SECRET-" not in html
    await desk.message(desk.town.channels["staff"], "Ticket #1 is closed")
    return closed


async def _rate(desk: HelpDesk, ticket: Ticket) -> None:
    await desk.pass_time(minutes=5)
    alice, invitation = desk.town.alice, await desk.dm(desk.town.alice, "How was our help")
    form = await alice.user.click(invitation, custom_id=f"nc:ticket:rate:{ticket.id}")
    await alice.user.submit_modal(form, {"rating": "5", "comment": "Thanks!"})
    assert play.standing(desk.town, ticket).rating == 5


def test_a_refund_request_ends_with_the_money_back(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        town = desk.town
        order = await desk.buy(town.alice)
        ticket, channel = await desk.ask(town.alice, "refund_request", order)
        assert "Only the owner can" in said(await desk.press_as_staff(town.sam, channel, "Refund"))
        form = await desk.press_as_staff(town.olga, channel, "Refund")
        await town.olga.submit_modal(form, {"reason": "It did not work.", "amount": ""})
        assert town.state(order) == OrderStatus.refunded
        await desk.card_says(channel, "Refunded")

        await desk.press(town.alice, channel, "My problem is solved")
        await desk.card_says(channel, "The customer says it is solved")
        form = await desk.press_as_staff(town.sue, channel, "Close")
        await town.sue.submit_modal(form, {"reason": "Money returned."})
        await desk.stands(ticket, S.closed)

    tell(story)


def test_a_question_about_no_order(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        town = desk.town
        ticket, channel = await desk.ask(town.bob, "other")
        second = await play.form(town, town.bob)
        assert f"<#{channel.id}>" in said(second)
        await town.sam.slash(channel, "ticket priority", priority="urgent")
        await desk.card_says(channel, "Priority: urgent")
        await town.sam.slash(channel, "ticket close", reason="Answered.")
        await desk.stands(ticket, S.closed)
        await desk.dm(town.bob, "Your ticket #1 is closed")

    tell(story)


def test_what_happened_while_the_bot_was_down(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        town = desk.town
        answered, answered_channel = await desk.ask(town.alice, "other")
        await town.sam.send(answered_channel, "Which one?")
        await desk.stands(answered, S.awaiting_customer)
        deserted, deserted_channel = await desk.ask(town.bob, "other")
        lost, lost_channel = await desk.ask(town.sue, "other")
        await desk.close()

        await town.alice.send(answered_channel, "The blue one.")
        home = town.guild.channels[lost_channel.name or ""]
        town.env.backend.delete_channel(home.id)
        town.guild.remove_member(town.bob)
        assert play.standing(town, answered).status is S.awaiting_customer

        await desk.open()
        await desk.stands(answered, S.awaiting_staff)
        await desk.stands(lost, S.closed)
        await desk.stands(deserted, S.closed)
        await until(lambda: deserted_channel.id not in desk.channels(), "the channel to be gone")
        await desk.message(town.channels["staff"], "deleted by hand")
        await town.sam.send(answered_channel, "I see.")
        await desk.stands(answered, S.awaiting_customer)

    tell(story)


def test_who_does_not_answer_is_reminded_then_closed_and_staff_never_are(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        town = desk.town
        idle, channel = await desk.ask(town.alice, "other")
        waiting, _ = await desk.ask(town.bob, "other")
        await town.sam.send(channel, "Which one?")
        await desk.stands(idle, S.awaiting_customer)
        await desk.pass_time(hours=25)
        await desk.message(channel, "we are waiting for your reply")
        await until(lambda: play.standing(town, idle).warned_at is not None, "the reminder to be noted")
        assert play.standing(town, idle).status is S.awaiting_customer
        await desk.pass_time(hours=49)
        closed = await desk.stands(idle, S.closed)
        assert closed.reason == "There was no reply for 72 hours."
        assert play.standing(town, waiting).status is S.awaiting_staff

    tell(story)


def test_a_reply_in_time_calls_the_end_off(tell: Telling) -> None:
    async def story(desk: HelpDesk) -> None:
        town = desk.town
        ticket, channel = await desk.ask(town.alice, "other")
        await town.sam.send(channel, "Which one?")
        await desk.stands(ticket, S.awaiting_customer)
        await desk.pass_time(hours=71)
        await town.alice.send(channel, "The blue one.")
        await desk.stands(ticket, S.awaiting_staff)
        await desk.pass_time(hours=200)
        await asyncio.sleep(0.5)
        assert play.standing(town, ticket).status is S.awaiting_staff

    tell(story)
