"""The panel opens tickets, their cards are for staff and customer, and nobody gets past the rules by pressing."""

import asyncio
from typing import Any

import pytest

from novacore.bot.components.tickets import tickets as components
from novacore.bot.lookups import tickets as ticket_lookups
from novacore.errors import LimitReached
from novacore.messages.kit.custom_ids import CustomId
from novacore.states import TicketKind, TicketPriority, TicketStatus
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from tests.bot.conftest import Opening
from tests.bot.towns import tickets as play
from tests.bot.towns.town import custom_ids, page, said, text_of

S = TicketStatus


# ---- opening


async def test_the_panel_stands_in_its_channel_and_works_after_a_restart(town: Opening) -> None:
    async with town() as here:
        await here.restart()
        assert len(here.channels["support"].history()) == 1
        answer = await play.fill_in(here, here.alice)
        assert "Ticket #1 is being opened" in said(answer)
        (ticket,) = play.stored(here)
        assert (ticket.kind, ticket.status, ticket.customer_id) == (TicketKind.other, S.opening, here.alice.id)
        assert (ticket.subject, ticket.description) == (play.WORDS["subject"], play.WORDS["description"])


@pytest.mark.parametrize("kind", ["product_issue", "refund_request"])
async def test_an_order_is_picked_from_the_list(town: Opening, kind: str) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await play.fill_in(here, here.alice, kind, order_pick=[order.id])
        (ticket,) = play.stored(here)
        assert ticket.order_id == order.id


async def test_an_id_that_is_typed_goes_before_what_was_picked(town: Opening) -> None:
    async with town() as here:
        first, second = await here.order(here.alice), await here.order(here.alice, "ltc")
        await play.fill_in(here, here.alice, "other", order_pick=[first.id], order_id=f" {second.id.lower()} ")
        assert play.stored(here)[0].order_id == second.id


async def test_whoever_has_no_orders_types_an_id(town: Opening) -> None:
    async with town() as here:
        assert play.fields(await play.form(here, here.bob)) == ["subject", "order_id", "description"]


@pytest.mark.parametrize("whose", ["another's", "nobody's", "not an id"])
async def test_an_order_that_is_not_yours_reads_like_a_missing_one(town: Opening, whose: str) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        typed = {"another's": order.id, "nobody's": "NC-20260101-AAAAAA", "not an id": "my order"}[whose]
        answer = await play.fill_in(here, here.bob, "product_issue", order_id=typed)
        assert "I can't find that order" in said(answer)
        assert play.stored(here) == []


async def test_a_forged_form_without_an_order_is_refused(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        answer = await play.fill_in(here, here.alice, "refund_request")
        assert "Please give the id of the order" in said(answer)


async def test_ten_at_once_are_one_ticket(town: Opening) -> None:
    """In the bot's own threads: SimCord takes one press after the other."""
    async with town() as here:
        draft = TicketForm(TicketKind.other, **play.WORDS)
        alice = here.bot.desk.actor_of(await here.member(here.alice))
        tries = [here.bot.desk.run(tickets.open_ticket, alice, draft) for _ in range(10)]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        refusals = [str(one) for one in answers if isinstance(one, LimitReached)]
        assert len(refusals) == 9
        assert all("being opened right now" in one for one in refusals)
        assert len(play.stored(here)) == 1


async def test_a_second_one_is_pointed_to_the_first(town: Opening) -> None:
    async with town() as here:
        _, channel = await play.opened(here, here.alice)
        form = await play.form(here, here.alice)
        assert form.modal is None, "whoever can't open one is told so before they write"
        assert f"<#{channel.id}>" in said(form)
        assert len(play.stored(here)) == 1


async def test_another_one_has_to_wait_a_little(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        await play.fill_in(here, here.alice)
        assert "You can open another one <t:" in said(await play.form(here, here.alice, "product_issue"))
        await here.env.advance_time(301)
        await play.fill_in(here, here.alice, "product_issue", order_pick=[order.id])
        assert len(play.stored(here)) == 2


async def test_the_form_opens_without_a_list_when_the_database_is_slow(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town() as here:
        await here.order(here.alice)
        here.lose_table("orders")
        form = await play.form(here, here.alice, "product_issue")
        assert "order_pick" not in play.fields(form)
        assert "order_id" in play.fields(form)


def test_the_form_does_not_wait_for_a_slow_list() -> None:
    class Desk:
        async def run(self, *_: object) -> None:
            await asyncio.sleep(3600)

    class Press:
        desk, actor, id = Desk(), None, CustomId("ticket", "open", ("other",))

    async def wait() -> Any:
        return await components._own_orders(Press())  # type: ignore[arg-type]

    assert asyncio.run(wait()) == ()


# ---- the card


async def test_the_card_shows_a_customer_their_own_buttons_and_staff_get_theirs_on_a_page(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        ticket, channel = await play.opened(here, here.alice, "product_issue", order_pick=[order.id])
        shown: list[Any] = [one.to_dict() for one in channel.history()[0].components]
        assert custom_ids(shown) == [f"nc:ticket:ask_close:{ticket.id}", f"nc:ticket:staff:{ticket.id}"]
        told = page(await play.press(here.sam, channel, "staff", ticket))
        theirs = custom_ids(told.components)
        verbs = ["claim", "transfer", "priority", "close"]
        assert theirs[:4] == [f"nc:ticket:{verb}:{ticket.id}" for verb in verbs]
        assert f"nc:order:details:{order.id}" in theirs
        assert f"nc:ticket:ask_close:{ticket.id}" not in theirs, "that is the customer's"


async def test_the_buttons_of_staff_answer_a_customer_with_a_sentence_and_a_stranger_with_nothing(
    town: Opening,
) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        answer = await play.press(here.alice, channel, "staff", ticket)
        assert "Only staff can use that button. Please just write here" in said(answer)
        assert custom_ids(page(answer).components) == []
        stranger = await here.press(here.bob, f"nc:ticket:staff:{ticket.id}")
        missing = await here.press(here.bob, "nc:ticket:staff:T-999999")
        assert "I can't find that ticket" in said(stranger)
        assert said(stranger) == said(missing)


async def test_the_page_of_staff_stays_and_says_what_was_done(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        shown = page(await play.press(here.sam, channel, "claim", ticket))
        assert "is yours now" in text_of(shown.components)
        assert f"nc:ticket:release:{ticket.id}" in custom_ids(shown.components)
        form = await here.sam.click(shown, custom_id=f"nc:ticket:priority:{ticket.id}")
        ranked = page(await here.sam.submit_modal(form, {"priority": "urgent"}))
        assert "is urgent now" in text_of(ranked.components)
        assert f"nc:ticket:close:{ticket.id}" in custom_ids(ranked.components)


async def test_staff_look_after_a_ticket(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        assert "is yours now" in said(await play.press(here.sam, channel, "claim", ticket))
        assert play.standing(here, ticket).claimed_by == here.sam.id
        assert "sam has claimed this ticket already" in said(await here.press(here.sue, f"nc:ticket:claim:{ticket.id}"))
        form = await play.press(here.sam, channel, "transfer", ticket)
        assert "sue takes care" in said(await here.sam.submit_modal(form, {"person": [here.sue]}))
        form = await play.press(here.sue, channel, "priority", ticket)
        assert "is urgent now" in said(await here.sue.submit_modal(form, {"priority": "urgent"}))
        now = play.standing(here, ticket)
        assert (now.claimed_by, now.priority) == (here.sue.id, TicketPriority.urgent)


async def test_a_ticket_is_handed_on_to_staff_alone(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        form = await play.press(here.sam, channel, "transfer", ticket)
        assert "staff only" in said(await here.sam.submit_modal(form, {"person": [here.bob]}))
        assert play.standing(here, ticket).claimed_by is None


async def test_staff_close_with_a_reason(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        form = await play.press(here.sam, channel, "close", ticket)
        assert "is being closed" in said(await here.sam.submit_modal(form, {"reason": "A new code was sent."}))
        now = play.standing(here, ticket)
        assert (now.status, now.reason) == (S.closing, "A new code was sent.")
        assert "archive_ticket" in play.jobs(here, ticket)


@pytest.mark.parametrize("verb", ["close", "transfer", "priority", "claim", "release"])
async def test_a_customer_is_refused_what_is_for_staff(town: Opening, verb: str) -> None:
    async with town() as here:
        ticket, _ = await play.opened(here, here.alice)
        answer = await here.press(here.alice, f"nc:ticket:{verb}:{ticket.id}")
        assert "Only staff can" in said(answer)
        assert play.standing(here, ticket).status is S.awaiting_staff


@pytest.mark.parametrize("verb", ["close", "transfer", "priority"])
async def test_a_forged_form_is_refused_by_the_command_as_well(town: Opening, verb: str) -> None:
    """Someone was staff when the form opened, and is not when it comes back."""
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        form = await play.press(here.sue, channel, verb, ticket)
        here.dismiss(here.sue)
        filled: dict[str, dict[str, Any]] = {
            "close": {"reason": "Because."},
            "transfer": {"person": [here.sam]},
            "priority": {"priority": "low"},
        }
        answer = await here.sue.submit_modal(form, filled[verb])
        assert "I can't find that ticket" in said(answer)
        now = play.standing(here, ticket)
        assert (now.status, now.claimed_by, now.priority) == (S.awaiting_staff, None, TicketPriority.normal)


async def test_the_customer_asks_for_closing_once(town: Opening) -> None:
    async with town() as here:
        ticket, channel = await play.opened(here, here.alice)
        assert "Thank you" in said(await play.press(here.alice, channel, "ask_close", ticket))
        assert "Our staff know" in said(await play.press(here.alice, channel, "ask_close", ticket))
        assert "Only the customer can" in said(await play.press(here.sam, channel, "ask_close", ticket))
        now = play.standing(here, ticket)
        assert now.asked_close_at is not None
        assert now.status is S.awaiting_staff


async def test_an_order_is_named_later_from_a_card_of_an_older_release(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        ticket, _ = await play.opened(here, here.alice)
        form = await here.press(here.alice, f"nc:ticket:link_order:{ticket.id}")
        assert order.id in said(await here.alice.submit_modal(form, {"order_id": order.id}))
        assert play.standing(here, ticket).order_id == order.id


async def test_a_stranger_finds_no_ticket(town: Opening) -> None:
    async with town() as here:
        ticket, _ = await play.opened(here, here.alice)
        for verb in ("ask_close", "reopen"):
            assert "I can't find that ticket" in said(await here.press(here.bob, f"nc:ticket:{verb}:{ticket.id}"))
        assert "I can't find that ticket" in said(await here.press(here.bob, f"nc:ticket:rate:{ticket.id}"))


@pytest.mark.parametrize("verb", ["claim", "ask_close", "reopen"])
async def test_a_forged_id_is_answered(town: Opening, verb: str) -> None:
    async with town() as here:
        assert "I can't find that ticket" in said(await here.press(here.sam, f"nc:ticket:{verb}:T-999999"))


# ---- after the end


async def test_a_closed_ticket_is_rated_once_and_reopened(town: Opening) -> None:
    async with town() as here:
        ticket, _ = await play.opened(here, here.alice)
        play.finish(here, ticket)
        card = await here.post_dm(here.alice, f"nc:ticket:rate:{ticket.id}", f"nc:ticket:reopen:{ticket.id}")
        form = await here.alice.user.click(card, custom_id=f"nc:ticket:rate:{ticket.id}")
        assert "Thank you" in said(await here.alice.user.submit_modal(form, {"rating": "4", "comment": "Quick."}))
        again = await here.alice.user.click(card, custom_id=f"nc:ticket:rate:{ticket.id}")
        assert "rated this ticket already" in said(again)
        assert (play.standing(here, ticket).rating, play.standing(here, ticket).comment) == (4, "Quick.")
        answer = await here.alice.user.click(card, custom_id=f"nc:ticket:reopen:{ticket.id}")
        assert "is being opened" in said(answer)
        now = play.standing(here, ticket)
        assert (now.status, now.round) == (S.opening, 2)


async def test_after_a_week_only_staff_reopen(town: Opening) -> None:
    async with town() as here:
        ticket, _ = await play.opened(here, here.alice)
        play.finish(here, ticket)
        await here.env.advance_time(8 * 24 * 3600)
        assert "7 days" in said(await here.press(here.alice, f"nc:ticket:reopen:{ticket.id}"))
        assert "is being opened" in said(await here.press(here.sam, f"nc:ticket:reopen:{ticket.id}"))


async def test_the_list_of_staff_is_turned(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as here:
        await play.opened(here, here.alice)
        assert "It does not work" in said(await here.press(here.sam, "nc:ticket:waiting:0"))
        monkeypatch.setattr(ticket_lookups, "TICKETS_PAGE", 1)
        assert "any more" in said(await here.press(here.sam, "nc:ticket:waiting:1"))
        assert "Only staff can" in said(await here.press(here.alice, "nc:ticket:waiting:0"))
