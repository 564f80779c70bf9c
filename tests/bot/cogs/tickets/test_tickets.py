"""`/tickets` and `/ticket ...` do for staff what the card does, and nothing for anybody else."""

import discord
import pytest

from novacore.states import TicketPriority, TicketStatus
from tests.bot.conftest import Opening
from tests.bot.towns import tickets as play
from tests.bot.towns.town import said

_MODERATES = discord.Permissions(manage_messages=True)


async def test_staff_see_what_waits_with_its_channel(town: Opening) -> None:
    async with town() as here:
        assert "Nobody is waiting" in said(await here.sam.slash(here.channels["staff"], "tickets"))
        _, channel = await play.opened(here, here.alice)
        page = said(await here.sam.slash(here.channels["staff"], "tickets"))
        assert f"<#{channel.id}>" in page
        assert "It does not work" in page


async def test_a_ticket_is_named_by_its_channel_or_its_number(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        assert "Ticket #1" in said(await here.sam.slash(channel, "ticket show"))
        assert "Ticket #1" in said(await here.sam.slash(here.channels["staff"], "ticket show", number=1))
        assert "This is no ticket's channel" in said(await here.sam.slash(here.channels["staff"], "ticket show"))
        assert "I can't find that ticket" in said(await here.sam.slash(channel, "ticket show", number=77))
        play.finish(here, ticket)
        assert "Closed" in said(await here.sam.slash(here.channels["staff"], "ticket show", number=1))


async def test_a_ticket_is_handed_on_and_ranked(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        assert "sue takes care" in said(await here.sam.slash(channel, "ticket transfer", member=here.sue))
        assert "staff only" in said(await here.sam.slash(channel, "ticket transfer", member=here.bob))
        assert "is high now" in said(await here.sam.slash(channel, "ticket priority", priority="high"))
        now = play.standing(here, ticket)
        assert (now.claimed_by, now.priority) == (here.sue.id, TicketPriority.high)


async def test_an_order_is_linked(town: Opening) -> None:
    async with town() as here:
        order, others = await here.order(here.alice), await here.order(here.bob)
        ticket, channel = await play.opened(here, here.alice)
        offered = await here.sam.autocomplete(channel, "ticket link", "order_id", order.id[-4:])
        assert order.id in [one["value"] for one in offered]
        assert "I can't find that order" in said(await here.sam.slash(channel, "ticket link", order_id=others.id))
        assert order.id in said(await here.sam.slash(channel, "ticket link", order_id=order.id))
        assert play.standing(here, ticket).order_id == order.id


async def test_a_ticket_is_closed(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        assert "is being closed" in said(await here.sue.slash(channel, "ticket close", reason="Solved."))
        now = play.standing(here, ticket)
        assert (now.status, now.reason) == (TicketStatus.closing, "Solved.")


@pytest.mark.parametrize("name", ["tickets", "ticket show", "ticket close"])
async def test_customers_see_none_of_it_and_are_refused(town: Opening, name: str) -> None:
    async with town() as here:
        _, channel = await play.opened(here, here.alice)
        assert name not in here.alice.available_commands(channel)
        moderator = here.guild.create_role("Moderator", permissions=_MODERATES)
        await here.env.settle()
        mona = here.guild.add_member(here.env.create_user("mona"), roles=[moderator])
        options = {"ticket close": {"reason": "Mine."}}.get(name, {})
        assert "Only staff can" in said(await mona.slash(channel, name, **options))
