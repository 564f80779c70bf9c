"""What the tests of tickets do in a town: fill in the form, make the channel that a worker would, read the rows."""

from typing import Any

from simcord import ChannelHandle, InteractionResult, MemberActor
from sqlalchemy import select

from novacore.db.models import Event, Job, Order, Ticket, TicketMessage
from novacore.db.unit_of_work import reading
from novacore.messages.tickets import card as ticket_card
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.tickets import commands as tickets
from tests.bot.towns.town import Town, custom_ids, page

WORDS = {"subject": "It does not work", "description": "I typed it twice."}


async def fill_in(here: Town, who: MemberActor, kind: str = "other", **answers: Any) -> InteractionResult:
    """Press a button of the panel and fill in the form that it opens."""
    return await who.submit_modal(await form(here, who, kind), WORDS | answers)


async def form(here: Town, who: MemberActor, kind: str = "other") -> InteractionResult:
    """Press a button of the panel, which was the first message in its channel."""
    return await who.click(here.channels["support"].history()[0], custom_id=f"nc:ticket:open:{kind}")


def fields(form: InteractionResult) -> list[str]:
    """Return the custom ids of a form's fields."""
    assert form.modal is not None
    return custom_ids([part["component"] for part in form.modal["components"]])


async def opened(here: Town, who: MemberActor, kind: str = "other", **answers: Any) -> tuple[Ticket, ChannelHandle]:
    """Open a ticket, and let its channel be made with its card in it."""
    await fill_in(here, who, kind, **answers)
    ticket = stored(here)[-1]
    channel = here.guild.create_text_channel(ticket_card.channel_name(ticket), category=here.channels["tickets"])
    await here.env.settle()
    tickets.channel_ready(here.shop, SYSTEM, ticket.id, Given(channel_id=channel.id))
    ticket = stored(here)[-1]
    home = here.bot.get_channel(channel.id)
    await home.send(view=ticket_card.card(ticket, order_of(here, ticket)).view)  # type: ignore[union-attr]
    return ticket, channel


def order_of(here: Town, ticket: Ticket) -> Order | None:
    """Return the order that a ticket is about."""
    with reading(here.shop.database) as session:
        return session.get(Order, ticket.order_id) if ticket.order_id else None


async def press(who: MemberActor, channel: ChannelHandle, verb: str, ticket: Ticket) -> InteractionResult:
    """Press a button of the card, which is the first message of the channel; what is for staff, on their own page."""
    card = channel.history()[0]
    if verb not in {"ask_close", "staff"}:
        card = page(await who.click(card, custom_id=f"nc:ticket:staff:{ticket.id}"))
    return await who.click(card, custom_id=f"nc:ticket:{verb}:{ticket.id}")


def stored(here: Town) -> list[Ticket]:
    """Return every ticket, the oldest first."""
    with reading(here.shop.database) as session:
        return [*session.execute(select(Ticket).order_by(Ticket.number)).scalars()]


def standing(here: Town, ticket: Ticket) -> Ticket:
    """Return a ticket as it is now."""
    with reading(here.shop.database) as session:
        return session.get_one(Ticket, ticket.id)


def told(here: Town, ticket: Ticket) -> list[str]:
    """Return the triggers of what happened to a ticket."""
    with reading(here.shop.database) as session:
        rows = select(Event.trigger).where(Event.subject_id == ticket.id).order_by(Event.id)
        return [*session.execute(rows).scalars()]


def wordings(here: Town, ticket: Ticket) -> list[tuple[str, int, bool]]:
    """Return what was kept of a ticket's channel: the words, which wording, and whether it was deleted."""
    with reading(here.shop.database) as session:
        rows = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id).order_by(TicketMessage.id)
        return [(one.content, one.number, one.deleted_at is not None) for one in session.execute(rows).scalars()]


def jobs(here: Town, ticket: Ticket) -> list[str]:
    """Return the names of the jobs of a ticket."""
    with reading(here.shop.database) as session:
        return [*session.execute(select(Job.name).where(Job.subject_id == ticket.id).order_by(Job.id)).scalars()]


def finish(here: Town, ticket: Ticket) -> Ticket:
    """Close a ticket without a transcript, as when someone deletes its channel."""
    return tickets.channel_lost(here.shop, SYSTEM, ticket.id)
