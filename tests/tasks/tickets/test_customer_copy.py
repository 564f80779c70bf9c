"""What the customer gets of a transcript: the channel as it stood at the end. Staff get all of it."""

import re

import pytest
from sqlalchemy import text

from novacore.db.unit_of_work import writing
from novacore.tasks.queue import runner
from novacore.tasks.tickets import transcripts
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets import conversation
from tests.fixtures.shops import STAFF
from tests.tasks.help_desk import (
    channel_of,
    closing,
    heard_as,
    kept,
    opened,
    says,
    staff_member,
    stored,
    transcripts_at,
)
from tests.tasks.town import Town


def test_the_customers_copy_is_what_stood_in_the_channel_and_staffs_is_all_of_it(town: Town) -> None:
    ticket = opened(town)
    channel, customer, helper = channel_of(ticket), town.customer.id or 0, staff_member(town)
    gone = says(town, ticket, helper, "for colleagues only", files={"internal.txt": b"prices"})
    edited = says(town, ticket, helper, "the wrong answer")
    town.wire.say(customer, channel, "Which one?", answers=gone)
    town.wire.ask(lambda world: setattr(world.channel(channel).messages[edited], "content", "the right answer"))
    conversation.note_edit(town.shop, channel, heard_as(town, channel, edited))
    conversation.note_delete(town.shop, channel, [gone])
    town.wire.delete_message(channel, gone)
    closing(town, ticket)
    town.work()
    (theirs,), (staffs,) = ([one.decode() for one in transcripts_at(town, where)] for where in ("customer", "staff"))
    for words in ("for colleagues only", "internal.txt", "the wrong answer"):
        assert words in staffs, words
        assert words not in theirs, words
        assert words not in "".join(text for text in town.dms()), words
    for words in ("A message was deleted.", "the right answer", "Which one?", "Reply to a message that was deleted"):
        assert words in theirs, words
    texts = [one.files["ticket-T-000001-1.txt"].decode() for one in town.wire.dms(customer) if one.files]
    assert len(texts) == 1
    assert "colleagues" not in texts[0]
    tickets.reopen(town.shop, STAFF, ticket.id)
    town.work()
    shown = [one for one in town.wire.messages(channel_of(stored(town, ticket.id))) if one.files]
    assert [[*one.files.values()] for one in shown] == [[theirs.encode()]]


def test_page_and_text_of_the_customers_copy_fit_into_one_message(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "LARGEST_MESSAGE", 40_000)
    ticket = opened(town)
    channel, customer, helper = channel_of(ticket), town.customer.id or 0, staff_member(town)
    gone = says(town, ticket, helper, "for colleagues only")
    for _ in range(16):
        says(town, ticket, customer, "word " * 300)
    conversation.note_delete(town.shop, channel, [gone])
    town.wire.delete_message(channel, gone)
    closing(town, ticket)
    town.work()
    (sizes,) = ([*map(len, one.files.values())] for one in town.wire.dms(customer) if one.files)
    assert len(sizes) == 2
    assert 30_000 < sum(sizes) <= 40_000


def test_one_copy_is_stored_where_both_may_read_the_same(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "It fails")
    closing(town, ticket)
    town.work()
    transcript = kept(town, ticket)
    assert (transcript.is_for_all, transcript.customer_html) == (True, None)
    assert transcripts_at(town, "customer") == [transcript.html]


def test_a_transcript_of_an_older_release_is_taken_again_for_its_customer(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Look")
    closing(town, ticket)
    (job_id,) = town.due("archive_ticket")
    runner.run(town.runtime, job_id)
    with writing(town.shop.database) as tx:
        tx.session.execute(text("UPDATE transcripts SET is_for_all = false, customer_html = NULL"))
    town.work()
    assert len(transcripts_at(town, "customer")) == 1
    assert re.search("Look", transcripts_at(town, "customer")[0].decode())


def test_one_of_an_older_release_whose_channel_is_gone_stays_with_staff(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Look")
    closing(town, ticket)
    town.work()
    with writing(town.shop.database) as tx:
        tx.session.execute(text("UPDATE transcripts SET is_for_all = false, customer_html = NULL"))
    tickets.reopen(town.shop, STAFF, ticket.id)
    town.work()
    messages = town.wire.messages(channel_of(stored(town, ticket.id)))
    assert [one.files for one in messages if one.files] == []
    assert any("Our staff can read it." in one.text for one in messages)
