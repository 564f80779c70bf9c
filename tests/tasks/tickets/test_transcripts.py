"""The end of a ticket over HTTP: what was said is stored and sent, and only then the channel goes, whatever breaks."""

import discord
import pytest

from novacore.crypto import GoodsCipher, new_key
from novacore.db.models import Transcript
from novacore.db.unit_of_work import reading
from novacore.states import TicketKind, TicketStatus
from novacore.tasks.queue import runner
from novacore.tasks.tickets import history
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.tickets import archive as ticket_archive
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets import conversation
from novacore.workflows.tickets.wordings import Said
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import (
    DELETE,
    channel_of,
    closing,
    files_beside,
    kept,
    kill_in_flight,
    opened,
    says,
    staff_member,
    stored,
    ticket_channels,
    transcripts_at,
)
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop, Hold
from tests.wire.world.permissions import effective
from tests.workflows.machine import lives

T = TicketStatus
HISTORY = ("GET", "/channels/*/messages")
SEND = ("POST", "/channels/*/messages")
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 50


def settle(town: Town, time: MovableClock, rounds: int = 5) -> None:
    """Let every job run, those that wait for a better moment as well."""
    for _ in range(rounds):
        town.work()
        time.move(minutes=10)


def test_everything_that_was_said_is_stored_sent_and_then_the_channel_goes(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "It <b>fails</b>", files={"shot.png": PNG, "log.txt": b"line one"})
    says(town, ticket, staff_member(town), "We <script>alert(1)</script> look.")
    closing(town, ticket)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, ticket_channels(town)) == (T.closed, [])
    transcript = kept(town, ticket)
    assert transcript.message_count == 3
    assert transcripts_at(town, "staff") == transcripts_at(town, "customer") == [transcript.html]
    page = transcript.html.decode()
    for words in ("It &lt;b&gt;fails", "We &lt;script&gt;", "data:image/png;base64,", "It works now.", "log.txt"):
        assert words in page, words
    assert "<script" not in page
    for words in ("It <b>fails</b>", "[file: shot.png, 1 kB]", "It does not work", "I have tried everything."):
        assert words in transcript.text, words
    assert "nc:ticket:reopen:T-000001" in [
        one for message in town.wire.dms(town.customer.id or 0) for one in message.custom_ids
    ]


def test_the_channel_goes_after_all_was_sent(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.work()
    every = [one.method for one in town.wire.requests() if one.method != "GET"]
    assert every[-3:] == ["POST", "POST", "DELETE"]
    assert stored(town, ticket.id).status is T.closed


def test_edits_and_deleted_messages_are_told(town: Town) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    customer = town.customer.id or 0
    first = says(town, ticket, customer, "first wording")
    gone = says(town, ticket, customer, "you fool")
    after = Said(first, customer, "customer", "second wording", discord.utils.snowflake_time(gone))
    conversation.note_edit(town.shop, channel, after)
    town.wire.ask(lambda world: setattr(world.channel(channel).messages[first], "content", "second wording"))
    conversation.note_delete(town.shop, channel, [gone])
    town.wire.delete_message(channel, gone)
    closing(town, ticket)
    town.work()
    page, text = kept(town, ticket).html.decode(), kept(town, ticket).text
    assert '<p class="before">first wording</p><p class="said">second wording</p>' in page
    assert page.count("first wording") == page.count("second wording") == 1
    assert "you fool" in page
    assert "deleted 2026-03-01" in page
    assert "(before) first wording" in text
    assert "you fool" in text


def test_codes_are_hidden_wherever_they_stand(town: Town) -> None:
    order = town.delivered()
    ticket = opened(town, TicketKind.product_issue, order.id)
    customer = town.customer.id or 0
    says(town, ticket, customer, "SECRET-1-0 fails", files={"SECRET-1-0.txt": b"my codes: SECRET-1-0, SECRET-1-7"})
    says(town, ticket, customer, "also secret-1-0 and the-guide-of-Game key", heard=False)
    says(town, ticket, staff_member(town), "Take SECRET-1-9 instead", heard=False)
    tickets.close(town.shop, STAFF, ticket.id, Given(reason="Gave SECRET-1-9."))
    town.work()
    transcript = kept(town, ticket)
    for told in (transcript.text, transcript.html.decode()):
        assert "SECRET-1" not in told.upper()
        assert "the-guide-of" not in told
        assert "••••" in told
    rows = lives.snapshot(town.shop)
    assert "SECRET-1" not in repr([rows[name] for name in ("transcripts", "ticket_messages", "sends", "jobs")])


def test_files_are_kept_under_a_budget(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "FILES_BUDGET", 1000)
    ticket = opened(town)
    files = {"first.bin": b"a" * 600, "second.bin": b"b" * 600, "third.bin": b"c" * 300}
    says(town, ticket, town.customer.id or 0, "Look", files=files)
    closing(town, ticket)
    town.work()
    page = kept(town, ticket).html.decode()
    assert page.count("data:application/octet-stream;base64,") == 2
    assert "second.bin (1 kB): not kept in this page, it comes in a message of its own" in page
    for where in ("staff", "customer"):
        assert files_beside(town, where) == [[b"b" * 600]]


def test_a_file_that_is_gone_holds_nothing_up(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Look", files={"shot.png": PNG})
    town.wire.ask(lambda world: world.attachments.clear())
    closing(town, ticket)
    town.work()
    assert "shot.png (1 kB): not kept" in kept(town, ticket).html.decode()
    assert stored(town, ticket.id).status is T.closed


def test_a_long_talk_is_kept_from_its_first_word(town: Town) -> None:
    ticket = opened(town)
    for number in range(620):
        town.wire.say(town.customer.id or 0, channel_of(ticket), f"message {number}.")
    closing(town, ticket)
    town.work()
    transcript = kept(town, ticket)
    assert transcript.message_count == 621
    assert "message 0." in transcript.text
    assert "message 619." in transcript.text


# ---- what breaks


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
def test_a_worker_killed_while_it_sends_sends_one_transcript(town: Town, shop_url: str, taken: bool) -> None:
    ticket = opened(town)
    closing(town, ticket)
    (archive,) = town.due("archive_ticket")
    runner.run(town.runtime, archive)
    (job_id,) = town.due("send_transcript")
    town.wire.world.nonce_window = 0
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken)))
    assert ticket_channels(town) == ["ticket-0001"]
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    assert len(transcripts_at(town, "staff")) == 1
    assert len(transcripts_at(town, "customer")) == 1
    assert ticket_channels(town) == []


@pytest.mark.parametrize("taken", [True, False], ids=["after it was deleted", "before it was deleted"])
def test_a_worker_killed_while_it_deletes_leaves_no_channel(town: Town, shop_url: str, taken: bool) -> None:
    ticket = opened(town)
    closing(town, ticket)
    for name in ("archive_ticket", "send_transcript"):
        (job_id,) = town.due(name)
        runner.run(town.runtime, job_id)
    (job_id,) = town.due("delete_ticket_channel")
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*DELETE, Hold(taken=taken)))
    assert ticket_channels(town) == ([] if taken else ["ticket-0001"])
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    assert ticket_channels(town) == []
    assert stored(town, ticket.id).status is T.closed
    assert town.outcome("delete_ticket_channel")[0] == "done"


def test_a_worker_killed_while_it_reads_loses_nothing(town: Town, shop_url: str) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Remember me")
    closing(town, ticket)
    (job_id,) = town.due("archive_ticket")
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*HISTORY, Hold()))
    assert stored(town, ticket.id).status is T.closing
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    assert "Remember me" in kept(town, ticket).text
    assert ticket_channels(town) == []


@pytest.mark.parametrize(
    ("route", "nth"),
    [(HISTORY, 1), (SEND, 1), (SEND, 2), (DELETE, 1), (("GET", "/attachments/*/*/*"), 1)],
    ids=["reading", "to staff", "to the customer", "deleting", "a file"],
)
@pytest.mark.parametrize("fault", [Answer(503), Drop(taken=True)], ids=["503", "line"])
def test_a_bad_moment_anywhere_ends_well(
    town: Town, time: MovableClock, route: tuple[str, str], nth: int, fault: Answer | Drop
) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Remember me", files={"shot.png": PNG})
    closing(town, ticket)
    town.wire.fault(*route, fault, nth=nth)
    settle(town, time)
    assert fault.hits
    assert stored(town, ticket.id).status is T.closed
    assert len(transcripts_at(town, "staff")) == len(transcripts_at(town, "customer")) == 1
    assert "Remember me" in kept(town, ticket).text
    assert ticket_channels(town) == []


@pytest.mark.parametrize("code", [50001, 50013])
def test_a_transcript_that_cannot_be_taken_keeps_the_channel_and_alerts_staff(town: Town, code: int) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.wire.fault("GET", f"/channels/{ticket.channel_id}/messages", Answer(403, code), times=None)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, ticket_channels(town)) == (T.awaiting_staff, ["ticket-0001"])
    (alert,) = [text for text in town.staff_channel() if "could not be closed" in text]
    assert "The bot" in alert
    town.wire.faults.clear()
    closing(town, now)
    town.work()
    assert (stored(town, ticket.id).status, ticket_channels(town)) == (T.closed, [])


def test_goods_that_cannot_be_read_keep_the_channel_rather_than_show_a_code(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = town.delivered()
    ticket = opened(town, TicketKind.product_issue, order.id)
    closing(town, ticket)
    monkeypatch.setattr(town.shop.cipher, "_boxes", GoodsCipher([new_key()])._boxes)
    settle(town, time)
    assert stored(town, ticket.id).status is T.awaiting_staff
    assert ticket_channels(town) == ["ticket-0001"]
    with reading(town.shop.database) as session:
        assert session.get(Transcript, (ticket.id, 1)) is None


def test_a_transcript_that_staff_cannot_get_keeps_the_channel_and_they_hear_of_it(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.wire.fault("POST", f"/channels/{town.places.staff_channel_id}/messages", Answer(403, 50013), times=1)
    town.work()
    assert stored(town, ticket.id).status is T.closed
    assert kept(town, ticket).message_count == 1
    assert ticket_channels(town) == ["ticket-0001"]
    assert [text for text in town.staff_channel() if "send transcript" in text]


@pytest.mark.parametrize("why", ["closed", "left", "gone"])
def test_a_customer_who_cannot_be_reached_holds_nothing_up(town: Town, why: str) -> None:
    ticket = opened(town)
    customer = town.customer.id or 0
    closing(town, ticket)
    {"closed": town.wire.close_dms, "left": town.wire.leave, "gone": town.wire.delete_account}[why](customer)
    town.work()
    assert len(transcripts_at(town, "staff")) == 1
    assert ticket_channels(town) == []
    assert town.outcome("send_transcript")[1].startswith("Staff have the transcript. The customer does not:")


def test_a_pin_after_it_was_taken_is_no_word_that_is_missing(town: Town) -> None:
    ticket = opened(town)
    asked = says(town, ticket, town.customer.id or 0, "Look")
    closing(town, ticket)
    for name in ("archive_ticket", "send_transcript"):
        (job_id,) = town.due(name)
        runner.run(town.runtime, job_id)
    town.wire.notice(staff_member(town), channel_of(ticket), 6, about=asked)
    town.work()
    assert ticket_channels(town) == []
    assert len(transcripts_at(town, "staff")) == 1


def test_words_written_after_it_was_taken_are_taken_and_sent_too(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    for name in ("archive_ticket", "send_transcript"):
        (job_id,) = town.due(name)
        runner.run(town.runtime, job_id)
    says(town, ticket, town.customer.id or 0, "One more thing!", heard=False)
    town.work()
    assert "One more thing!" in kept(town, ticket).text
    assert [b"One more thing!" in page for page in transcripts_at(town, "customer")] == [False, True]
    assert [b"One more thing!" in page for page in transcripts_at(town, "staff")] == [False, True]
    assert ticket_channels(town) == []


def test_whoever_goes_on_writing_after_the_end_has_one_more_transcript_sent_and_then_only_reads(town: Town) -> None:
    ticket = opened(town)
    customer, helper, channel = town.customer.id or 0, staff_member(town), channel_of(ticket)
    closing(town, ticket)
    for name in ("archive_ticket", "send_transcript"):
        (job_id,) = town.due(name)
        runner.run(town.runtime, job_id)
    says(town, ticket, customer, "And another thing", heard=False)
    (job_id,) = town.due("delete_ticket_channel")
    runner.run(town.runtime, job_id)
    held = town.wire.ask(lambda world: [effective(world, one, world.channel(channel)) for one in (customer, helper)])
    assert [(bits.view_channel, bits.send_messages) for bits in map(discord.Permissions, held)] == [(True, False)] * 2
    town.work()
    assert ticket_channels(town) == []
    assert "And another thing" in kept(town, ticket).text


def test_a_channel_deleted_while_it_closes_is_told_and_the_ticket_is_closed(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.wire.delete_channel(channel_of(ticket))
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.reason) == (T.closed, "Its channel was deleted.")
    assert len([text for text in town.staff_channel() if "deleted" in text]) == 1


def test_of_a_channel_deleted_by_hand_what_was_heard_is_kept_and_sent(town: Town) -> None:
    town.delivered()
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "SECRET-1-0 fails, remember me")
    town.wire.delete_channel(channel_of(ticket))
    conversation.channel_deleted(town.shop, channel_of(ticket))
    town.work()
    transcript = kept(town, ticket)
    assert "•••• fails, remember me" in transcript.text
    assert transcripts_at(town, "staff") == transcripts_at(town, "customer") == [transcript.html]
    tickets.reopen(town.shop, STAFF, ticket.id)
    town.work()
    again = stored(town, ticket.id)
    assert any(transcript.html in one.files.values() for one in town.wire.messages(channel_of(again)))


def test_of_a_channel_in_which_nobody_spoke_there_is_nothing_to_keep(town: Town) -> None:
    ticket = opened(town)
    town.wire.delete_channel(channel_of(ticket))
    conversation.channel_deleted(town.shop, channel_of(ticket))
    town.work()
    assert town.outcome("rescue_transcript") == ("done", "Nothing of it was noted.")
    assert transcripts_at(town, "staff") == []


def test_a_channel_deleted_by_hand_after_the_end_is_no_matter(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    for name in ("archive_ticket", "send_transcript"):
        (job_id,) = town.due(name)
        runner.run(town.runtime, job_id)
    town.wire.delete_channel(channel_of(ticket))
    town.work()
    assert town.outcome("delete_ticket_channel") == ("done", "The channel was gone already.")


def test_a_ticket_without_a_channel_ends_with_an_empty_transcript(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.work()
    again = tickets.reopen(town.shop, STAFF, ticket.id)
    tickets.customer_left(town.shop, SYSTEM, again.id)
    town.work()
    assert kept(town, ticket, 2).message_count == 0
    assert stored(town, ticket.id).status is T.closed
    assert ticket_channels(town) == []


def test_noting_twice_that_it_was_sent_deletes_once(town: Town) -> None:
    ticket = opened(town)
    for _ in range(2):
        ticket_archive.note_sent(town.shop, ticket.id, 1, channel_of(ticket), 77)
    assert lives.events_of(town.shop, ticket.id).count("transcript_sent") == 1
    assert len(town.due("delete_ticket_channel")) == 1
