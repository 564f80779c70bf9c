"""What pages and listeners of tickets read, in one go. As in `lookups`: in a thread, and who may look is asked here."""

from collections.abc import Sequence

from novacore.db.models import Order, Ticket
from novacore.db.queries import tickets
from novacore.db.queries.tickets import TicketFacts
from novacore.db.unit_of_work import reading
from novacore.errors import NotAllowed, NotFound
from novacore.messages.tickets.forms import ORDERS_OFFERED
from novacore.messages.tickets.pages import TICKETS_PAGE
from novacore.states import TicketKind
from novacore.workflows.machine.policy import Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets.commands import refuse_opening, ticket_id
from novacore.workflows.tickets.table import TICKETS

_NOT_YOURS = "Only staff can use that button. Please just write here: they read everything in this channel."

_HERE = "This is no ticket's channel. Please name the ticket's number, or type the command in its channel."


def to_open(shop: Shop, actor: Actor, kind: TicketKind, about: str = "") -> Sequence[Order]:
    """Return the actor's own newest orders, as many as a form can offer; none if the order is known already.

    Raises what speaks against a new ticket, as `refuse_opening` does.
    """
    refuse_opening(shop, actor, kind, about)
    if about:
        return ()
    with reading(shop.database) as session:
        return tickets.recent_orders(session, actor.id or 0, ORDERS_OFFERED)


def waiting(shop: Shop, actor: Actor, page: int) -> tuple[int, Sequence[Ticket]]:
    """Return how many tickets wait for staff, and a page of them. Raises NotAllowed for anybody but staff."""
    require_staff(actor, "look at the tickets that wait")
    with reading(shop.database) as session:
        return tickets.waiting(session, limit=TICKETS_PAGE, offset=page * TICKETS_PAGE)


def meant(shop: Shop, actor: Actor, channel_id: int | None, number: int | None) -> Ticket:
    """Return the ticket that a staff member means: of this number, else of the channel that they type in.

    Raises NotAllowed for anybody but staff, and NotFound.
    """
    require_staff(actor, "look after tickets")
    if number is not None:
        return _facts(shop, ticket_id(number)).ticket
    with reading(shop.database) as session:
        here = tickets.of_channel(session, channel_id or 0)
    if here is None:
        raise NotFound(_HERE)
    return here


def meant_facts(shop: Shop, actor: Actor, channel_id: int | None, number: int | None) -> TicketFacts:
    """Return everything that staff see of the ticket they mean. Raises as `meant` does."""
    return _facts(shop, meant(shop, actor, channel_id, number).id)


def _facts(shop: Shop, wanted: str) -> TicketFacts:
    with reading(shop.database) as session:
        facts = tickets.facts(session, wanted)
    if facts is None:
        raise NotFound(TICKETS.missing)
    return facts


def for_staff(shop: Shop, actor: Actor, wanted: str) -> TicketFacts:
    """Return everything that staff see of a ticket. Raises NotFound, and NotAllowed for its customer."""
    facts = _facts(shop, wanted)
    if actor.decides:
        return facts
    raise NotAllowed(_NOT_YOURS) if facts.ticket.customer_id == actor.id else NotFound(TICKETS.missing)


def own(shop: Shop, actor: Actor, wanted: str) -> Ticket:
    """Return a ticket of the actor's, or any for staff. Raises NotFound for a stranger's as for a missing one."""
    with reading(shop.database) as session:
        facts = tickets.facts(session, wanted)
    if facts is None or not (actor.decides or facts.ticket.customer_id == actor.id):
        raise NotFound(TICKETS.missing)
    return facts.ticket


def open_channels(shop: Shop) -> Sequence[int]:
    """Return the channels of all open tickets, for the bot to know which to listen to."""
    with reading(shop.database) as session:
        return tickets.open_channels(session)
