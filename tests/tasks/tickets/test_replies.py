"""A reply over HTTP: one message whatever is killed, counted as staff's, in the transcript by who wrote it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from novacore.db.models import Send, TicketMessage
from novacore.db.unit_of_work import reading
from novacore.states import SendState, TicketStatus
from novacore.tasks.queue import runner
from novacore.workflows.tickets import answers, conversation, replies
from novacore.workflows.tickets.answers import TypedAnswer
from tests.fixtures.shops import OWNER, STAFF
from tests.tasks.help_desk import channel_of, closing, kept, kill_in_flight, opened, says, stored
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Hold
from tests.workflows.machine import lives

T = TicketStatus
SEND = ("POST", "/channels/*/messages")
TEXT = "Hello {customer}, *please* type it by hand. @everyone"


def _replied(town: Town, words: str = "") -> Any:
    answers.add(town.shop, OWNER, TypedAnswer("Codes", TEXT))
    ticket = opened(town)
    replies.reply(town.shop, STAFF, channel_of(ticket), "Codes", words)
    return ticket


def _replies(town: Town, channel_id: int) -> list[Any]:
    return [one for one in town.wire.messages(channel_id) if "type it by hand" in one.text]


def _noted(town: Town) -> list[TicketMessage]:
    with reading(town.shop.database) as session:
        return [*session.execute(select(TicketMessage)).scalars()]


def test_it_stands_in_the_channel_and_counts_as_staffs_reply(town: Town) -> None:
    ticket = _replied(town, "Line 2.")
    town.work()
    (message,) = _replies(town, channel_of(ticket))
    assert STAFF.name in message.text
    assert f"<@{town.customer.id}>, *please* type it by hand. @\u200beveryone" in message.text
    assert "Line 2." in message.text
    now = stored(town, ticket.id)
    assert (now.status, now.last_message_id) == (T.awaiting_customer, message.id)
    assert now.closes_at is not None
    assert now.staff_reply_at is not None
    assert now.closes_at - now.staff_reply_at == timedelta(hours=72)
    assert {"warn_idle", "idle_close"} <= {*lives.jobs_of(town.shop, ticket.id)}
    assert lives.events_of(town.shop, ticket.id)[-2:] == ["reply", "staff_replied"]
    (noted,) = _noted(town)
    assert (noted.author_id, noted.author_name, noted.message_id) == (STAFF.id, STAFF.name, message.id)


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
def test_killed_in_flight_it_is_one_message(town: Town, shop_url: str, taken: bool) -> None:
    ticket = _replied(town)
    (job_id,) = town.due("send_reply")
    town.wire.world.nonce_window = 0
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken)))
    assert len(_replies(town, channel_of(ticket))) == taken
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert len(_replies(town, channel_of(ticket))) == 1
    assert stored(town, ticket.id).status is T.awaiting_customer
    assert town.outcome("send_reply")[0] == "done"


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
def test_killed_in_flight_and_closed_meanwhile_it_is_settled(town: Town, shop_url: str, taken: bool) -> None:
    ticket = _replied(town)
    (job_id,) = town.due("send_reply")
    town.wire.world.nonce_window = 0
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken)))
    closing(town, ticket)
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert town.outcome("send_reply") == ("done", "Nothing to say: the ticket is being closed.")
    assert [one.author_name for one in _noted(town)] == [STAFF.name] * taken, "what stands there was said by them"
    with reading(town.shop.database) as session:
        (send,) = session.execute(select(Send).where(Send.purpose == "reply")).scalars()
    assert send.state is (SendState.sent if taken else SendState.abandoned), "and none stays in doubt"


class _Killed(BaseException):
    """Stands for the end of a process between two lines."""


@pytest.mark.parametrize("noted", [False, True], ids=["before it is noted", "after it is noted"])
def test_killed_after_the_send_it_is_noted_once(town: Town, monkeypatch: pytest.MonkeyPatch, noted: bool) -> None:
    ticket = _replied(town)
    (job_id,) = town.due("send_reply")

    def dies(*given: Any) -> None:
        if noted:
            catch_up(*given)
        raise _Killed

    catch_up = conversation.catch_up
    with monkeypatch.context() as patched:
        patched.setattr(conversation, "catch_up", dies)
        with pytest.raises(_Killed):
            runner.run(town.runtime, job_id)
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert len(_replies(town, channel_of(ticket))) == 1
    assert len(_noted(town)) == 1
    assert lives.events_of(town.shop, ticket.id).count("staff_replied") == 1


def test_what_the_customer_wrote_after_it_is_still_the_newest(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = _replied(town)
    (job_id,) = town.due("send_reply")
    catch_up = conversation.catch_up

    def late(*given: Any) -> None:
        says(town, ticket, town.customer.id or 0, "I did.", heard=False)
        monkeypatch.setattr(conversation, "catch_up", catch_up)
        newest = town.wire.messages(channel_of(ticket))[-1].id
        heard = given[2][0].__class__(newest, town.customer.id or 0, "customer", "I did.", given[2][0].at)
        catch_up(town.shop, ticket, [heard])
        catch_up(*given)

    monkeypatch.setattr(conversation, "catch_up", late)
    runner.run(town.runtime, job_id)
    assert stored(town, ticket.id).status is T.awaiting_staff
    assert len(_noted(town)) == 2


def test_the_transcript_has_it_once_under_the_name_of_who_replied(town: Town) -> None:
    ticket = _replied(town, "Line 2.")
    town.work()
    closing(town, ticket)
    town.work()
    text = kept(town, ticket).text
    assert text.count("type it by hand") == 1
    (said,) = [part for part in text.split("\n\n") if "type it by hand" in part] or [""]
    assert STAFF.name in text[: text.index("type it by hand")].splitlines()[-1] + said
    assert kept(town, ticket).is_for_all


def test_a_ticket_that_was_closed_meanwhile_gets_none(town: Town) -> None:
    ticket = _replied(town)
    (job_id,) = town.due("send_reply")
    closing(town, ticket)
    runner.run(town.runtime, job_id)
    assert town.outcome("send_reply") == ("done", "Nothing to say: the ticket is being closed.")
    assert _replies(town, channel_of(ticket)) == []


def test_a_channel_that_is_gone_closes_its_ticket(town: Town) -> None:
    ticket = _replied(town)
    (job_id,) = town.due("send_reply")
    town.wire.ask(lambda world: world.channels.pop(channel_of(ticket)))
    runner.run(town.runtime, job_id)
    assert stored(town, ticket.id).status is T.closed
