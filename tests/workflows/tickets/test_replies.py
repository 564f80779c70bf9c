"""Staff reply with an answer: who may and where, what its event keeps, and that its ticket waits for the message."""

from dataclasses import replace
from typing import cast

import pytest
from sqlalchemy import Table, select, update

from novacore.crypto import GoodsCipher, GoodsUnreadable, new_key
from novacore.db.event_kinds.tickets import REPLY
from novacore.db.models import Event, Job, Ticket
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import TALKING, ActorKind, OrderStatus, TicketStatus
from novacore.workflows.machine import loading
from novacore.workflows.machine.policy import BY_STAFF, Actor, Permission
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import answers, attributes, replies
from novacore.workflows.tickets.answers import TypedAnswer
from novacore.workflows.tickets.table import TICKETS
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives

T = TicketStatus


def _said(shop: Shop) -> list[Event]:
    with reading(shop.database) as session:
        return [*session.execute(select(Event).where(Event.trigger == "reply").order_by(Event.id)).scalars()]


def _keep(shop: Shop, text: str = "Please type it by hand.") -> None:
    answers.add(shop, OWNER, TypedAnswer("Codes", text))


def _ticket(shop: Shop, time: MovableClock, status: TicketStatus = T.awaiting_staff) -> Ticket:
    return ticket_lives.bring_to(shop, status, time)


@pytest.mark.parametrize("actor", [STAFF, OWNER])
def test_one_event_and_one_job_are_one_transaction(shop: Shop, time: MovableClock, actor: Actor) -> None:
    _keep(shop)
    ticket = _ticket(shop, time)
    replies.reply(shop, actor, ticket.channel_id, " cODES", "Line 2 of the card.")
    (event,) = _said(shop)
    said = event.detail_of(REPLY)
    assert said
    assert (said["answer"], said["text"], said["words"]) == ("Codes", "Please type it by hand.", "Line 2 of the card.")
    assert (event.actor_name, event.actor_kind) == (actor.name, ActorKind.owner if actor.is_owner else ActorKind.staff)
    with reading(shop.database) as session:
        (job,) = session.execute(select(Job).where(Job.name == "send_reply")).scalars()
        now = session.get_one(Ticket, ticket.id)
    assert job.payload == {"event_id": event.id}, "words stand in one place"
    assert (now.status, now.version) == (T.awaiting_staff, ticket.version), "it counts when the customer can read it"


def test_an_answer_that_nobody_can_look_for_codes_in_is_refused(
    shop: Shop, time: MovableClock, make_product: ProductMaker
) -> None:
    _keep(shop)
    lives.bring_to(shop, make_product(units=1), OrderStatus.delivered, time)
    ticket = _ticket(shop, time)
    with pytest.raises(GoodsUnreadable):
        replies.reply(replace(shop, cipher=GoodsCipher((new_key(),))), STAFF, ticket.channel_id, "Codes")
    assert _said(shop) == [], "nothing is said in the place of it"


def test_whoever_waited_for_the_lock_judges_the_ticket_as_it_is_now(shop: Shop, time: MovableClock) -> None:
    ticket = _ticket(shop, time)
    rule = Permission(BY_STAFF, "look at this ticket")
    with writing(shop.database) as tx:
        tx.session.get_one(Ticket, ticket.id)
        table = cast(Table, Ticket.__table__)
        tx.connection.execute(update(table).where(table.c.id == ticket.id).values(status=T.closing))
        now, _ = loading.locked(tx, TICKETS, rule, STAFF, ticket.id)
        assert now.status is T.closing


@pytest.mark.parametrize("status", [one for one in T if one not in {T.new, *TALKING}])
def test_nothing_is_said_in_a_ticket_that_nobody_talks_in(shop: Shop, time: MovableClock, status: TicketStatus) -> None:
    _keep(shop)
    ticket = _ticket(shop, time, status)
    with pytest.raises(Refusal) as refusal:
        replies.reply(shop, STAFF, ticket.channel_id, "Codes")
    assert isinstance(refusal.value, WrongState if status is T.closing else NotFound)
    assert _said(shop) == []


@pytest.mark.parametrize("actor", [CUSTOMER, STRANGER])
def test_nobody_but_staff_may(shop: Shop, time: MovableClock, actor: Actor) -> None:
    _keep(shop)
    with pytest.raises(NotAllowed, match="Only staff can reply with an answer"):
        replies.reply(shop, actor, _ticket(shop, time).channel_id, "Codes")
    assert _said(shop) == []


def test_elsewhere_without_the_answer_and_with_too_many_words_it_is_refused(shop: Shop, time: MovableClock) -> None:
    ticket = _ticket(shop, time)
    with pytest.raises(NotFound, match="That answer is gone"):
        replies.reply(shop, STAFF, ticket.channel_id, "Codes")
    _keep(shop)
    for elsewhere in (None, 4711):
        with pytest.raises(NotFound, match="no open ticket's channel"):
            replies.reply(shop, STAFF, elsewhere, "Codes")
    with pytest.raises(BadInput, match="under 500 characters; there are 501"):
        replies.reply(shop, STAFF, ticket.channel_id, "Codes", "x" * 501)
    assert _said(shop) == []
    assert "send_reply" not in lives.jobs_of(shop, ticket.id)


def test_places_are_kept_as_they_stood(shop: Shop, time: MovableClock, make_product: ProductMaker) -> None:
    _keep(shop, "{customer}: {Order} is {product}.")
    ticket = _ticket(shop, time)
    with pytest.raises(BadInput, match="this ticket has none"):
        replies.reply(shop, STAFF, ticket.channel_id, "Codes")
    order = lives.place(shop, make_product(), CUSTOMER)
    attributes.link_order(shop, STAFF, ticket.id, order.id)
    replies.reply(shop, STAFF, ticket.channel_id, "Codes", "See you.")
    said = _said(shop)[0].detail_of(REPLY)
    assert said
    assert replies.plain(CUSTOMER.id or 0, said) == (
        f"<@{CUSTOMER.id}>: {order.id} is {order.product_name}.\n\nSee you."
    )


def test_what_does_not_fit_into_one_message_is_refused(
    shop: Shop, time: MovableClock, make_product: ProductMaker
) -> None:
    _keep(shop, "{order}" * 150)
    ticket = _ticket(shop, time)
    attributes.link_order(shop, STAFF, ticket.id, lives.place(shop, make_product(), CUSTOMER).id)
    with pytest.raises(BadInput, match="too long for one message with its 150 places"):
        replies.reply(shop, STAFF, ticket.channel_id, "Codes")
    assert _said(shop) == []
