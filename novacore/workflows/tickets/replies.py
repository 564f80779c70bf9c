"""Staff reply in a ticket with an answer that the owner keeps. One transaction: an event with the words, and a job.

The job posts it and then counts it as what staff wrote themselves (`conversation.catch_up`): the ticket moves when the
customer can read it, not before.
"""

from typing import Final

from novacore.db.event_kinds.tickets import REPLY, Reply
from novacore.db.models import CannedAnswer, Order, Ticket
from novacore.db.queries import tickets as queries
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, NotFound, WrongState
from novacore.workflows.goods import masking
from novacore.workflows.machine import job_kinds, jobs, loading
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import BY_STAFF, Actor, Permission, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import length, storable
from novacore.workflows.tickets import answers, places
from novacore.workflows.tickets.table import TICKETS

WORDS_LIMIT: Final = 500
"""Characters that staff may add to an answer."""

_REPLY = Permission(BY_STAFF, "reply in this ticket")
_ELSEWHERE: Final = "This is no open ticket's channel. Please type `/reply` in the channel of the ticket."


def reply(shop: Shop, actor: Actor, channel_id: int | None, name: str, words: str = "") -> CannedAnswer:
    """Have an answer posted in the ticket's channel that staff type in, with their own words below it.

    Raises NotAllowed for anybody but staff, NotFound elsewhere and for an answer that is gone, WrongState in a ticket
    that nobody can talk in, BadInput for words that are too long, or an answer about an order where there is none, and
    GoodsUnreadable where nobody can tell whether a code stands in it.
    """
    require_staff(actor, "reply with an answer")
    added = _added(words)
    with reading(shop.database) as session:
        here = queries.of_channel(session, channel_id or 0)
        if here is None:
            raise NotFound(_ELSEWHERE)
        answer = answers.named(session, name)
        # Looked for before the lock: a customer may have thousands of codes to open.
        mask = masking.mask_for(shop, session, here.customer_id, [answer.text, added])
    with writing(shop.database) as tx:
        ticket, kind = loading.locked(tx, TICKETS, _REPLY, actor, here.id)
        if not ticket.status.row.is_talking:
            raise WrongState(f"You can't reply now: the ticket is {ticket.status.row.label}.")
        said = REPLY(_said(tx, ticket, answer, mask(answer.text), mask(added)))
        event_id = record(tx, NewEvent(TICKETS.name, ticket.id, said, actor, kind))
        wanted = job_kinds.SEND_REPLY.about(TICKETS.name, ticket.id, {"event_id": event_id})
        jobs.enqueue(tx, [wanted], event_id=event_id)
    return answer


def _added(words: str) -> str:
    added = storable(words)
    if length(added) > WORDS_LIMIT:
        raise BadInput(f"Please keep your own words under {WORDS_LIMIT} characters; there are {length(added)}.")
    return added


def _said(tx: Transaction, ticket: Ticket, answer: CannedAnswer, text: str, words: str) -> Reply:
    """Return what the event keeps: the answer's `text` and what staff added, and what its places stand for."""
    order = tx.session.get(Order, ticket.order_id) if ticket.order_id else None
    if order is None and {places.ORDER, places.PRODUCT}.intersection(places.named_in(answer.text)):
        raise BadInput("This answer is about an order, and this ticket has none. Please name it: `/ticket link`.")
    said = Reply(
        round=ticket.round,
        answer=answer.name,
        text=text,
        words=words,
        order_id=order.id if order else "",
        product=order.product_name if order else "",
    )
    places.refuse_too_long(text, values(ticket.customer_id, said))
    return said


def values(customer_id: int, said: Reply) -> dict[str, str]:
    """Return what stands in the places of an answer, as it was typed. The customer is a mention."""
    return {places.CUSTOMER: f"<@{customer_id}>", places.ORDER: said["order_id"], places.PRODUCT: said["product"]}


def plain(customer_id: int, said: Reply) -> str:
    """Return what was said as text, the way a message of the person who replied would hold it."""
    text = places.fill(said["text"], values(customer_id, said))
    return f"{text}\n\n{said['words']}" if said["words"] else text
