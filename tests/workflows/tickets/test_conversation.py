"""What is heard from a ticket's channel: whose turn it is, wordings kept, codes hidden, people and channels that go."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from novacore.crypto import GoodsCipher, new_key
from novacore.db.models import Job, Ticket, TicketMessage
from novacore.db.unit_of_work import reading
from novacore.errors import WrongState
from novacore.states import OrderStatus, TicketKind, TicketStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.tickets import attributes, conversation
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets import wordings as rows
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives

T = TicketStatus
HELPER = 2001
THEIRS = CUSTOMER.id or 0


def talking(shop: Shop, time: MovableClock) -> tuple[Ticket, int]:
    """An open ticket, and its channel."""
    ticket = ticket_lives.bring_to(shop, T.awaiting_staff, time)
    assert ticket.channel_id is not None
    return ticket, ticket.channel_id


def wordings(shop: Shop) -> list[tuple[int, int, str]]:
    """What is kept, as (message, number, text)."""
    with reading(shop.database) as session:
        rows = session.execute(select(TicketMessage).order_by(TicketMessage.message_id, TicketMessage.number)).scalars()
        return [(row.message_id, row.number, row.content) for row in rows]


def due_times(shop: Shop, ticket_id: str) -> dict[str, object]:
    """When the queued timers of a ticket come due."""
    names = ("warn_idle", "idle_close")
    with reading(shop.database) as session:
        rows = select(Job.name, Job.due_at).where(Job.subject_id == ticket_id, Job.state == "queued")
        return {name: at for name, at in session.execute(rows) if name in names}


def test_replies_hand_the_turn_over(shop: Shop, time: MovableClock) -> None:
    ticket, channel = talking(shop, time)
    after = conversation.note_message(shop, channel, ticket_lives.said(HELPER))
    assert after
    assert (after.status, after.staff_reply_at, after.closes_at) == (
        T.awaiting_customer,
        time.at,
        time.at + timedelta(hours=72),
    )
    assert due_times(shop, ticket.id) == {
        "warn_idle": time.at + timedelta(hours=24),
        "idle_close": time.at + timedelta(hours=72),
    }
    time.move(hours=1)
    after = conversation.note_message(shop, channel, ticket_lives.said(THEIRS))
    assert after
    assert (after.status, after.customer_reply_at, after.closes_at) == (T.awaiting_staff, time.at, None)
    assert due_times(shop, ticket.id) == {}


def test_a_newer_reply_of_staff_gives_the_customer_their_time_again(shop: Shop, time: MovableClock) -> None:
    ticket, channel = talking(shop, time)
    conversation.note_message(shop, channel, ticket_lives.said(HELPER))
    time.move(hours=23)
    conversation.note_message(shop, channel, ticket_lives.said(HELPER))
    assert due_times(shop, ticket.id) == {
        "warn_idle": time.at + timedelta(hours=24),
        "idle_close": time.at + timedelta(hours=72),
    }


def test_hearing_a_message_twice_or_late_changes_nothing(shop: Shop, time: MovableClock) -> None:
    ticket, channel = talking(shop, time)
    early, late = ticket_lives.said(HELPER), ticket_lives.said(THEIRS)
    conversation.note_message(shop, channel, late)
    version = ticket_lives.stored(shop, ticket.id).version
    for again in (late, early):
        after = conversation.note_message(shop, channel, again)
        assert after
        assert (after.status, after.version) == (T.awaiting_staff, version)
    assert [row[0] for row in wordings(shop)] == [early.message_id, late.message_id]


def test_what_was_said_while_the_bot_was_away_moves_the_ticket_once(shop: Shop, time: MovableClock) -> None:
    ticket, _ = talking(shop, time)
    said = [ticket_lives.said(author) for author in (THEIRS, HELPER, THEIRS, HELPER)]
    after = conversation.catch_up(shop, ticket, said)
    assert (after.status, after.version) == (T.awaiting_customer, ticket.version + 1)
    assert conversation.catch_up(shop, after, said).version == after.version
    assert len(wordings(shop)) == 4


@pytest.mark.parametrize("status", [T.closing, T.closed, T.failed])
def test_a_ticket_that_is_over_is_not_moved_by_words(shop: Shop, time: MovableClock, status: TicketStatus) -> None:
    ticket = ticket_lives.bring_to(shop, status, time)
    heard = conversation.note_message(shop, ticket.channel_id or 1, ticket_lives.said(THEIRS))
    assert heard is None or heard.version == ticket.version
    assert len(wordings(shop)) == (1 if status is T.closing else 0), "the transcript is yet to be taken"


def test_other_channels_are_nobodys_tickets(shop: Shop, time: MovableClock) -> None:
    talking(shop, time)
    assert conversation.note_message(shop, 4711, ticket_lives.said(THEIRS)) is None
    conversation.note_edit(shop, 4711, ticket_lives.said(THEIRS))
    conversation.note_delete(shop, 4711, [1])
    assert conversation.channel_deleted(shop, 4711) is None
    assert wordings(shop) == []


def test_edits_are_kept_some_of_them_and_repeats_not(shop: Shop, time: MovableClock) -> None:
    _, channel = talking(shop, time)
    first = ticket_lives.said(THEIRS, "one")
    conversation.note_message(shop, channel, first)
    for text in ("one", "two", "two", "three"):
        conversation.note_edit(shop, channel, replace(first, content=text))
    assert [row[1:] for row in wordings(shop)] == [(0, "one"), (1, "two"), (2, "three")]
    for number in range(50):
        conversation.note_edit(shop, channel, replace(first, content=f"edit {number}"))
    assert len(wordings(shop)) == rows.MOST_WORDINGS


def test_an_edit_of_a_message_from_before_is_kept_and_moves_nothing(shop: Shop, time: MovableClock) -> None:
    ticket, channel = talking(shop, time)
    conversation.note_edit(shop, channel, ticket_lives.said(HELPER, "changed"))
    assert [row[1:] for row in wordings(shop)] == [(0, "changed")]
    assert ticket_lives.stored(shop, ticket.id).version == ticket.version


def test_a_deleted_message_is_marked_once(shop: Shop, time: MovableClock) -> None:
    _, channel = talking(shop, time)
    said = ticket_lives.said(THEIRS, "I regret this")
    conversation.note_message(shop, channel, said)
    deleted_at = time.at
    conversation.note_delete(shop, channel, [said.message_id, 12345])
    time.move(hours=1)
    conversation.note_delete(shop, channel, [said.message_id])
    with reading(shop.database) as session:
        (row,) = session.execute(select(TicketMessage)).scalars().all()
    assert (row.content, row.deleted_at) == ("I regret this", deleted_at)


def test_nobody_fills_the_database_with_words(shop: Shop, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_MESSAGES", 3)
    ticket, channel = talking(shop, time)
    for number in range(6):
        conversation.note_message(shop, channel, ticket_lives.said(THEIRS, f"{number} " + "x" * 9000))
    kept = wordings(shop)
    assert len(kept) == 3
    assert {len(row[2]) for row in kept} == {rows.LONGEST}
    conversation.note_message(shop, channel, ticket_lives.said(HELPER))
    assert ticket_lives.stored(shop, ticket.id).status is T.awaiting_customer, "it is heard all the same"


# ---- codes


def test_codes_are_hidden_before_anything_is_stored(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product()
    lives.bring_to(shop, product, OrderStatus.delivered, time)
    _, channel = talking(shop, time)
    for text in ("My code SECRET-1-0 fails!", "secret-1-0", "`SECRET-1-0`.", "the-guide-of-Game key", "SECRET-1-2?"):
        conversation.note_message(shop, channel, ticket_lives.said(THEIRS, text))
    said = [row[2] for row in wordings(shop)]
    assert said == ["My code •••• fails!", "••••", "`••••`.", "••••", "••••?"]
    rows = lives.snapshot(shop)
    assert "SECRET-" not in repr([rows[name] for name in ("ticket_messages", "events", "jobs", "tickets")])


def test_a_code_of_a_refunded_order_stays_hidden(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.refunded, time)
    _, channel = talking(shop, time)
    conversation.note_message(shop, channel, ticket_lives.said(THEIRS, "SECRET-1-0"))
    assert [row[2] for row in wordings(shop)] == ["••••"]


def test_what_cannot_be_checked_for_codes_is_not_kept_and_is_heard_all_the_same(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    ticket, channel = talking(shop, time)
    locked_out = replace(shop, cipher=GoodsCipher([new_key()]))
    conversation.note_message(locked_out, channel, ticket_lives.said(HELPER, "SECRET-1-0"))
    assert [row[2] for row in wordings(shop)] == ["(This message was not kept: it could not be checked for codes.)"]
    assert ticket_lives.stored(shop, ticket.id).status is T.awaiting_customer


# ---- who and what goes


def test_a_deleted_channel_closes_its_ticket(shop: Shop, time: MovableClock) -> None:
    ticket, channel = talking(shop, time)
    conversation.note_message(shop, channel, ticket_lives.said(HELPER))
    closed = conversation.channel_deleted(shop, channel)
    assert closed
    assert (closed.status, closed.reason) == (T.closed, "Its channel was deleted.")
    assert due_times(shop, ticket.id) == {}
    assert conversation.channel_deleted(shop, channel) is None


def test_what_was_seen_of_one_round_is_not_said_of_the_next(shop: Shop, time: MovableClock) -> None:
    seen = ticket_lives.bring_to(shop, T.closed, time)
    tickets.reopen(shop, STAFF, seen.id)
    for trigger in ("channel_lost", "customer_left"):
        assert tickets.fire_if_it_fits(shop, seen, trigger) is None
    assert ticket_lives.stored(shop, seen.id).status is T.opening


def test_someone_who_leaves_has_all_their_tickets_closed_and_no_other(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())
    mine, _ = talking(shop, time)
    time.move(hours=1)
    opening = tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(TicketKind.refund_request, order.id))
    strangers = tickets.open_ticket(shop, STRANGER, ticket_lives.draft())
    moved = conversation.member_left(shop, THEIRS)
    assert {ticket.id for ticket in moved} == {mine.id, opening.id}
    assert {ticket.status for ticket in moved} == {T.closing}
    assert ticket_lives.stored(shop, strangers.id).status is T.opening
    assert conversation.member_left(shop, THEIRS) == []
    assert conversation.member_left(shop, 4711) == []


def test_a_look_is_taken_at_every_open_ticket_once(shop: Shop, time: MovableClock) -> None:
    ticket, _ = talking(shop, time)
    tickets.open_ticket(shop, STRANGER, ticket_lives.draft())
    assert [conversation.reconcile(shop), conversation.reconcile(shop)] == [2, 2]
    with reading(shop.database) as session:
        looks = session.execute(select(Job.subject_id).where(Job.name == "check_ticket")).scalars().all()
    assert sorted(looks) == ["T-000001", "T-000002"]
    conversation.channel_deleted(shop, ticket.channel_id or 0)
    assert conversation.reconcile(shop) == 1


def test_the_card_follows_the_order(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.place(shop, make_product())
    time.move(hours=1)
    ticket = tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(TicketKind.product_issue, order.id))
    with reading(shop.database) as session:
        before = session.execute(select(Job.id).where(Job.name == "refresh_ticket")).scalars().all()
    conversation.refresh_linked(shop, order.id)
    assert "refresh_ticket" in lives.jobs_of(shop, ticket.id)
    with reading(shop.database) as session:
        assert session.execute(select(Job.id).where(Job.name == "refresh_ticket")).scalars().all() == before
    conversation.refresh_linked(shop, "NC-20260301-AAAAAA")
    assert orders.cancel(shop, CUSTOMER, order.id).status is OrderStatus.cancelled


# ---- time


def test_nobody_loses_a_ticket_before_their_time_is_up(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_customer, time)
    time.move(hours=71, minutes=59)
    with pytest.raises(WrongState, match="still has time"):
        tickets.idle_close(shop, SYSTEM, ticket.id)
    time.move(minutes=1)
    closed = tickets.idle_close(shop, SYSTEM, ticket.id)
    assert (closed.status, closed.reason) == (T.closing, "There was no reply for 72 hours.")


def test_a_reminder_is_noted_once_and_never_shortens_the_time(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_customer, time)
    end = ticket.closes_at
    time.move(hours=24)
    assert attributes.note_warned(shop, ticket.id, ticket.staff_reply_at)
    assert not attributes.note_warned(shop, ticket.id, ticket.staff_reply_at)
    assert ticket_lives.stored(shop, ticket.id).closes_at == end


def test_a_late_reminder_gives_as_long_as_a_timely_one(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_customer, time)
    time.move(hours=100)
    assert attributes.note_warned(shop, ticket.id, ticket.staff_reply_at)
    assert ticket_lives.stored(shop, ticket.id).closes_at == time.at + timedelta(hours=48)


def test_a_reminder_about_an_earlier_reply_is_not_noted(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_customer, time)
    time.move(hours=24)
    tickets.staff_replied(shop, SYSTEM, ticket.id, Given(message_id=ticket_lives.fresh_id()))
    assert not attributes.note_warned(shop, ticket.id, ticket.staff_reply_at)
    tickets.close(shop, STAFF, ticket.id, ticket_lives.REASON)
    assert not attributes.note_warned(shop, ticket.id, time.at)
