"""A ticket's channel and card against a real HTTP Discord: private, made once, true; what cannot be made is told."""

from typing import Any

import discord
import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.errors import LimitReached
from novacore.states import OrderStatus, TicketKind, TicketPriority, TicketStatus
from novacore.tasks.discord import channels
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Work
from novacore.tasks.queue.sending import outgoing
from novacore.tasks.queue.sending.send_once import Receipt
from novacore.tasks.tickets import channel as channel_jobs
from novacore.workflows.machine import cards
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from novacore.workflows.tickets import attributes, conversation
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import (
    CREATE,
    channel_of,
    closing,
    fill,
    kill_in_flight,
    open_ticket,
    opened,
    sees,
    staff_member,
    stored,
    ticket_channels,
    with_overflow,
)
from tests.tasks.jobs import lapse, make_due, queue_job
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop, Hold
from tests.wire.world.permissions import effective
from tests.wire.world.world import BOT_PERMISSIONS, World

SEND = ("POST", "/channels/*/messages")
T = TicketStatus


def test_the_channel_is_private_to_the_customer_and_staff(town: Town) -> None:
    ticket = opened(town)
    assert ticket.status is T.awaiting_staff
    channel = channel_of(ticket)
    owner = town.wire.add_user("shopkeeper", roles=(town.places.owner_role_id,))
    buyer = town.wire.add_user("another customer", roles=(town.places.customer_role_id,))
    bystander = town.wire.add_user("bystander")
    seen_by = {
        "customer": sees(town, town.customer.id or 0, channel),
        "staff": sees(town, staff_member(town), channel),
        "owner": sees(town, owner, channel),
        "bot": sees(town, town.wire.bot_id, channel),
        "another customer": sees(town, buyer, channel),
        "bystander": sees(town, bystander, channel),
    }
    expected = {"customer", "staff", "owner", "bot"}
    assert {name for name, can in seen_by.items() if can} == expected
    assert sees(town, bystander, town.places.main_channel_id), "the computation can say yes to a bystander"


@pytest.mark.parametrize("may", [True, False])
def test_nobody_makes_a_thread_whose_words_would_be_in_no_transcript(town: Town, may: bool) -> None:
    threads = discord.Permissions(
        create_public_threads=True, create_private_threads=True, send_messages_in_threads=True
    )

    def forbid(world: World) -> None:
        world.roles[world.guild_id].permissions &= ~threads.value

    if not may:
        town.wire.ask(forbid)
    channel = channel_of(opened(town))
    people = [town.customer.id or 0, staff_member(town)]
    held = town.wire.ask(lambda world: [effective(world, one, world.channel(channel)) for one in people])
    assert [bits & threads.value for bits in held] == [0, 0]


def test_it_is_named_after_its_number_and_stands_in_the_category(town: Town) -> None:
    opened(town)
    assert ticket_channels(town) == ["ticket-0001"]


def test_the_card_shows_everything_and_calls_customer_and_staff_once(town: Town) -> None:
    order = town.delivered()
    ticket = opened(town, TicketKind.product_issue, order.id)
    (message,) = town.wire.messages(channel_of(ticket))
    for words in (
        "Product Issue",
        "It does not work",
        "I have tried everything.",
        order.id,
        "Delivered",
        "Game key",
        "$9.99",
    ):
        assert words in message.text, words
    assert "Bitcoin" in message.text
    assert message.pinged_users == [town.customer.id]
    assert message.pinged_roles == sorted(town.places.staff_role_ids)
    attributes.claim(town.shop, STAFF, ticket.id)
    town.work()
    (message,) = town.wire.messages(channel_of(ticket))
    assert "first staff" in message.text
    assert (message.pinged_users, message.pinged_roles) == ([], [])


def test_the_card_stays_true_while_ticket_and_order_move(town: Town) -> None:
    order = town.submit(town.place())
    ticket = opened(town, TicketKind.other, order.id)
    channel = channel_of(ticket)
    before = town.wire.messages(channel)[0].text
    assert "First staff" not in before
    orders.approve(town.shop, STAFF, order.id, Given())
    attributes.set_priority(town.shop, STAFF, ticket.id, TicketPriority.urgent)
    town.work()
    (card,) = town.wire.messages(channel)
    assert town.order(order.id).status is OrderStatus.delivered
    assert "Delivered" in card.text
    assert "urgent" in card.text


def test_a_card_that_someone_deleted_is_let_go(town: Town) -> None:
    ticket = opened(town)
    (card,) = town.wire.messages(channel_of(ticket))
    town.wire.delete_message(card.channel_id, card.id)
    attributes.claim(town.shop, STAFF, ticket.id)
    town.work()
    assert town.outcome("refresh_ticket") == ("done", "The card shows the present state.")
    assert cards.remembered(town.shop, CardKind.ticket, ticket.id) == []


# ---- made once, whatever is killed


@pytest.mark.parametrize("taken", [True, False], ids=["after it was made", "before it was made"])
def test_a_worker_killed_around_the_making_leaves_one_channel(town: Town, shop_url: str, taken: bool) -> None:
    ticket = open_ticket(town)
    (job_id,) = town.due("create_ticket_channel")
    held = town.wire.fault(*CREATE, Hold(taken=taken))
    kill_in_flight(town, shop_url, job_id, held)
    assert len(ticket_channels(town)) == (1 if taken else 0)
    assert stored(town, ticket.id).status is T.opening
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    assert ticket_channels(town) == ["ticket-0001"]
    assert stored(town, ticket.id).status is T.awaiting_staff
    assert len(town.wire.messages(channel_of(stored(town, ticket.id)))) == 1


@pytest.mark.parametrize("fault", [Answer(503), Answer(500, taken=True), Drop(taken=False), Drop(taken=True)])
def test_a_discord_that_fails_for_a_moment_makes_one_channel(
    town: Town, time: MovableClock, fault: Answer | Drop
) -> None:
    ticket = open_ticket(town)
    town.wire.fault(*CREATE, fault)
    for _ in range(4):
        town.work()
        time.move(minutes=10)
    assert ticket_channels(town) == ["ticket-0001"]
    assert stored(town, ticket.id).status is T.awaiting_staff


@pytest.mark.parametrize("fault", [Answer(503), Answer(500, taken=True), Drop(taken=False), Drop(taken=True)])
def test_the_card_is_posted_once_through_a_bad_moment(town: Town, time: MovableClock, fault: Answer | Drop) -> None:
    ticket = open_ticket(town)
    town.wire.fault(*SEND, fault)
    for _ in range(4):
        town.work()
        time.move(minutes=10)
    assert len(town.wire.messages(channel_of(stored(town, ticket.id)))) == 1


def test_what_moved_on_while_the_channel_was_made_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = open_ticket(town)
    make = channels.make

    def leave_meanwhile(calls: Calls, guild_id: int, plan: channels.ChannelPlan) -> int:
        conversation.member_left(town.shop, ticket.customer_id)
        return make(calls, guild_id, plan)

    monkeypatch.setattr(channels, "make", leave_meanwhile)
    town.work()
    assert ticket_channels(town) == []
    assert stored(town, ticket.id).status is T.closed


def test_what_changes_while_the_card_goes_out_stands_on_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change's own refresh comes before the card is known, and finds none."""
    ticket, post = open_ticket(town), outgoing.post

    def claim_meanwhile(work: Work, key: str, *given: Any) -> Receipt:
        sent = post(work, key, *given)
        if key.startswith("ticket_card:"):
            attributes.claim(town.shop, STAFF, ticket.id)
            with reading(town.shop.database) as session:
                refreshes = [*session.execute(select(Job.id).where(Job.name == JobName.refresh_ticket)).scalars()]
            assert refreshes
            for job_id in refreshes:
                runner.run(town.runtime, job_id)
        return sent

    monkeypatch.setattr(channel_jobs, "post", claim_meanwhile)
    town.work()
    (card,) = town.wire.messages(channel_of(stored(town, ticket.id)))
    assert "first staff" in card.text


def test_a_job_that_comes_again_late_leaves_the_channel_alone(town: Town) -> None:
    ticket = opened(town)
    job_id = queue_job(town.shop.database, JobName.create_ticket_channel, ticket.id)
    runner.run(town.runtime, job_id)
    assert town.outcome("create_ticket_channel")[1] == "No channel to make: the ticket is waiting for our staff."
    assert ticket_channels(town) == ["ticket-0001"]
    assert stored(town, ticket.id).status is T.awaiting_staff


# ---- what cannot be made


def failed(town: Town, why: str) -> None:
    """The ticket failed for this reason, customer and staff know, and nothing half-made is left."""
    before = len(town.wire.channel_ids())
    ticket = open_ticket(town)
    town.work()
    now = stored(town, ticket.id)
    assert now.status is T.failed
    assert why in (now.reason or "")
    assert len(town.wire.channel_ids()) == before
    (note,) = town.dms()
    assert why in note
    (alert,) = town.staff_channel()
    assert why in alert
    assert f"nc:ticket:reopen:{ticket.id}" in town.wire.dms(town.customer.id or 0)[0].custom_ids


def test_a_full_category_fails_the_ticket_and_says_so(town: Town) -> None:
    fill(town, town.places.ticket_category_id)
    failed(town, "category is full")


def test_a_second_category_takes_the_overflow(town: Town) -> None:
    town, overflow = with_overflow(town)
    fill(town, town.places.ticket_category_id)
    ticket = opened(town)
    assert ticket.status is T.awaiting_staff
    parent = town.wire.ask(lambda world: world.channel(channel_of(ticket)).parent_id)
    assert parent == overflow


def test_both_full_fails_the_ticket(town: Town) -> None:
    town, overflow = with_overflow(town)
    fill(town, town.places.ticket_category_id)
    fill(town, overflow)
    failed(town, "category is full")


def test_a_full_server_fails_the_ticket(town: Town) -> None:
    for _ in range(10):
        fill(town, town.wire.add_category("old"), 49)
    failed(town, "server is full")


def test_a_missing_permission_fails_the_ticket(town: Town) -> None:
    town.wire.permit_bot(discord.Permissions(BOT_PERMISSIONS.value & ~discord.Permissions(manage_channels=True).value))
    failed(town, "lacks a permission")


def test_a_category_that_is_gone_fails_the_ticket(town: Town) -> None:
    town.wire.delete_channel(town.places.ticket_category_id)
    failed(town, "not there any more")


def test_a_job_that_dies_fails_the_ticket(town: Town, time: MovableClock) -> None:
    town.wire.fault(*CREATE, Answer(400), times=None)
    ticket = open_ticket(town)
    for _ in range(4):
        town.work()
        time.move(minutes=10)
    assert town.outcome("create_ticket_channel")[0] == "dead"
    assert stored(town, ticket.id).status is T.failed
    assert ticket_channels(town) == []
    assert len(town.dms()) == 1
    assert len(town.staff_channel()) == 1


def test_a_discord_that_stays_away_fails_the_ticket_after_a_day(town: Town, time: MovableClock) -> None:
    town.wire.fault(*CREATE, Answer(503), times=None)
    ticket = open_ticket(town)
    for _ in range(40):
        town.work()
        time.move(hours=1)
    assert stored(town, ticket.id).status is T.failed


def test_after_room_was_made_the_customer_tries_again(town: Town, time: MovableClock) -> None:
    fill(town, town.places.ticket_category_id)
    ticket = open_ticket(town)
    town.work()
    for channel in [each for name, each in town.wire.channel_ids().items() if name.startswith("old-")]:
        town.wire.delete_channel(channel)
    time.move(minutes=1)
    tickets.reopen(town.shop, town.customer, ticket.id)
    town.work()
    assert stored(town, ticket.id).status is T.awaiting_staff
    assert ticket_channels(town) == ["ticket-0001"]


def test_a_note_to_closed_dms_is_written_down_and_staff_have_one_alert(town: Town) -> None:
    fill(town, town.places.ticket_category_id)
    town.wire.close_dms(town.customer.id or 0)
    open_ticket(town)
    town.work()
    assert town.outcome("tell_ticket_customer")[0] == "dead"
    assert len(town.staff_channel()) == 1


def test_a_card_for_a_channel_that_someone_deleted_closes_the_ticket(town: Town) -> None:
    ticket = open_ticket(town)
    (job_id,) = town.due("create_ticket_channel")
    runner.run(town.runtime, job_id)
    town.wire.delete_channel(channel_of(stored(town, ticket.id)))
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.reason) == (T.closed, "Its channel was deleted.")
    assert len(town.staff_channel()) == 1


def test_the_pointer_of_a_second_ticket_names_the_channel(town: Town, time: MovableClock) -> None:
    ticket = opened(town)
    time.move(hours=1)
    with pytest.raises(LimitReached, match=f"<#{ticket.channel_id}>"):
        open_ticket(town)


def test_nobody_is_asked_for_a_rating_of_what_is_open_again(town: Town, time: MovableClock) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.work()
    tickets.reopen(town.shop, STAFF, ticket.id)
    time.move(minutes=1)
    town.work()
    assert town.outcome("invite_rating") == ("done", "Nobody is asked: the ticket is open again, or rated.")


def test_a_round_whose_channel_was_made_by_a_lost_attempt_ends_without_it(town: Town) -> None:
    ticket = open_ticket(town)
    (job_id,) = town.due("create_ticket_channel")
    town.wire.fault(*CREATE, Drop(taken=True))
    runner.run(town.runtime, job_id)
    assert ticket_channels(town) == ["ticket-0001"], "Discord has made it, and nobody knows"
    conversation.member_left(town.shop, ticket.customer_id)
    make_due(town.shop.database, job_id)
    town.work()
    assert ticket_channels(town) == []
    assert stored(town, ticket.id).status is T.closed
