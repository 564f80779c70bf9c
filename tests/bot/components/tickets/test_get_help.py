"""The "Get help" of goods and receipts: the form of a ticket with its order filled in, for its buyer alone."""

from dataclasses import replace

import pytest
from simcord import InteractionResult, MemberActor

from novacore.db.models import Order
from novacore.states import TicketKind
from novacore.states.staff_hours import read_hours
from tests.bot.conftest import Opening
from tests.bot.towns import tickets as play
from tests.bot.towns.town import Town, said


def help_id(order: Order) -> str:
    return f"nc:ticket:open:product_issue:{order.id}"


async def help_form(here: Town, who: MemberActor, order: Order) -> InteractionResult:
    """Press the button in someone's DMs, where goods and receipts are."""
    message = await here.post_dm(who, help_id(order))
    pressed: InteractionResult = await who.user.click(message, custom_id=help_id(order))
    return pressed


async def test_get_help_in_a_dm_opens_the_form_with_its_order_filled_in(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        form = await help_form(here, here.alice, order)
        assert play.fields(form) == ["subject", "order_id", "description"]
        assert form.modal
        filled = {one["component"]["custom_id"]: one["component"].get("value") for one in form.modal["components"]}
        assert filled == {"subject": None, "order_id": order.id, "description": None}
        answer = await here.alice.user.submit_modal(form, play.WORDS | {"order_id": order.id})
        assert "Ticket #1 is being opened" in said(answer)
        (ticket,) = play.stored(here)
        assert (ticket.kind, ticket.order_id) == (TicketKind.product_issue, order.id)


async def test_an_order_that_was_typed_over_counts_and_an_emptied_field_is_the_buttons_order(town: Opening) -> None:
    async with town() as here:
        first, second = await here.order(here.alice), await here.order(here.alice, "ltc")
        await here.alice.user.submit_modal(
            await help_form(here, here.alice, first), play.WORDS | {"order_id": second.id}
        )
        await here.env.advance_time(301)
        await here.alice.user.submit_modal(await help_form(here, here.alice, first), play.WORDS | {"order_id": " "})
        assert [ticket.order_id for ticket in play.stored(here)] == [second.id, first.id]


async def test_a_strangers_order_is_refused_before_a_form_opens(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        form = await help_form(here, here.bob, order)
        assert form.modal is None
        assert "I can't find that order" in said(form)
        missing = await here.press(here.bob, "nc:ticket:open:product_issue:NC-20260101-AAAAAA")
        assert said(missing) == said(form)


async def test_a_forged_form_about_a_strangers_order_is_refused_by_the_command_as_well(town: Opening) -> None:
    async with town() as here:
        hers, his = await here.order(here.alice), await here.order(here.bob, "ltc")
        form = await help_form(here, here.bob, his)
        assert "I can't find that order" in said(
            await here.bob.user.submit_modal(form, play.WORDS | {"order_id": hers.id})
        )
        assert play.stored(here) == []


async def test_whoever_has_a_ticket_about_the_order_is_pointed_to_it(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        _, channel = await play.opened(here, here.alice, "product_issue", order_pick=[order.id])
        await here.env.advance_time(301)
        form = await help_form(here, here.alice, order)
        assert form.modal is None
        assert f"already have an open ticket about this: <#{channel.id}>" in said(form)


@pytest.mark.parametrize(("hours", "is_told"), [("mon-sun 09:00-18:00", True), ("mon-sun 0:00-24:00", False)])
async def test_whoever_opens_a_ticket_outside_of_staffs_hours_reads_when_they_are_back(
    town: Opening, hours: str, is_told: bool
) -> None:
    async with town() as here:
        here.bot.desk.shop = replace(here.shop, terms=replace(here.shop.terms, staff_hours=read_hours(hours)))
        told = said(await play.fill_in(here, here.alice))
        assert ("We are back <t:1767258000:f>, <t:1767258000:R>." in told) == is_told  # 1 January 2026, 09:00 UTC
