"""What jobs say about a ticket: to its customer, to staff, and in a new channel."""

from datetime import timedelta

import pytest

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.messages.kit.layout import FilePart
from novacore.messages.tickets import notes
from novacore.states import OrderStatus, TicketStatus
from tests.messages import samples
from tests.messages.payloads import buttons_of, custom_ids_of, files_of, words_of

FILES = [FilePart("ticket-0012-1.html", b"<html>"), FilePart("ticket-0012-1.txt", b"said")]


def test_the_warning_names_the_hour_and_offers_a_way_out() -> None:
    closes = samples.NOW + timedelta(hours=48)
    warning = notes.warning(samples.ticket(TicketStatus.awaiting_customer, closes_at=closes))
    assert f"<@{samples.BUYER}>" in words_of(warning)
    assert f"<t:{int(closes.timestamp())}:R>" in words_of(warning)
    assert custom_ids_of(warning) == [f"nc:ticket:ask_close:{samples.TICKET_ID}"]


def test_the_customer_gets_the_reason_the_transcript_and_a_way_back() -> None:
    ticket = samples.ticket(TicketStatus.closed, reason="We sent you a new code.")
    told = notes.closed_for_customer(ticket, FILES, samples.NOW + timedelta(days=7))
    assert "> We sent you a new code." in words_of(told)
    assert list(files_of(told)) == ["ticket-0012-1.html", "ticket-0012-1.txt"]
    assert custom_ids_of(told) == [f"nc:ticket:reopen:{samples.TICKET_ID}"]
    late = notes.closed_for_customer(ticket)
    assert not custom_ids_of(late)
    assert "file" not in words_of(late)


def test_staff_keep_a_copy_with_the_order() -> None:
    ticket = samples.ticket(TicketStatus.closed, claimed_by=5, claimed_name="Sam", reason="Solved.")
    copy = notes.closed_for_staff(ticket, samples.order(OrderStatus.delivered), 12, FILES)
    said = words_of(copy)
    assert "12 messages" in said
    assert "taken care of by Sam" in said
    assert samples.ORDER_ID in said
    assert list(files_of(copy)) == ["ticket-0012-1.html", "ticket-0012-1.txt"]


def test_a_rating_is_one_press_away() -> None:
    invitation = notes.invite_rating(samples.ticket(TicketStatus.closed))
    assert list(buttons_of(invitation)) == ["Rate our help"]


def test_a_ticket_that_could_not_be_opened_can_be_tried_again() -> None:
    told = notes.not_opened(samples.ticket(TicketStatus.failed, reason="The category is full."))
    assert "> The category is full." in words_of(told)
    assert list(buttons_of(told)) == ["Try again"]


@pytest.mark.parametrize(
    ("trigger", "status", "title", "ways"),
    [
        ("channel_failed", TicketStatus.failed, "could not be opened", ["Reopen"]),
        ("archive_failed", TicketStatus.awaiting_staff, "could not be closed", []),
        ("channel_lost", TicketStatus.closed, "deleted by hand", ["Reopen"]),
        ("role_missing", TicketStatus.awaiting_staff, "A role of our team is gone", []),
        ("access_changed", TicketStatus.awaiting_staff, "changed who can read", []),
        ("job_died", TicketStatus.awaiting_staff, "“post ticket card” did not work", ["Try again"]),
        ("something_later", TicketStatus.awaiting_staff, "needs you", []),
    ],
)
def test_alerts_say_what_to_do(trigger: str, status: TicketStatus, title: str, ways: list[str]) -> None:
    died = JOB_DIED({"job_id": 3, "job": "post_ticket_card", "reason": "Discord said no."})
    what = died if trigger == died.trigger else trigger
    alert = notes.alert(samples.ticket(status), samples.event(what, reason="Discord said no."))
    said = words_of(alert)
    assert title in said
    assert "> Discord said no." in said
    assert list(buttons_of(alert)) == ways
    assert (f"<#{samples.TICKET_CHANNEL}>" in said) == (status is TicketStatus.awaiting_staff)


def test_what_was_said_before_is_shown_in_the_new_channel() -> None:
    again = samples.ticket(round=2)
    assert list(files_of(notes.earlier_transcript(again, files=FILES))) == ["ticket-0012-1.html", "ticket-0012-1.txt"]
    assert "https://discord.com/channels/1/2/3" in words_of(
        notes.earlier_transcript(again, "https://discord.com/channels/1/2/3")
    )
    assert "Nothing of it was kept" in words_of(notes.earlier_transcript(again))
