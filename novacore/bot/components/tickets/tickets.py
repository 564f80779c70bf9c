"""What people do with tickets: open one from the panel, look after it from its card, reopen it, rate it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import discord

from novacore import clock
from novacore.bot.answers import before_a_form, is_page, open_form, open_page, show, turn_page
from novacore.bot.lookups import tickets as lookups
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.bot.progress import follow
from novacore.db.models import Order, Ticket
from novacore.errors import BadInput, Refusal, WrongState
from novacore.messages.kit.layout import Form, Message
from novacore.messages.tickets import forms, pages
from novacore.states import TicketKind, TicketStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.buttons import Button
from novacore.workflows.machine.policy import BY_BUYER, Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from novacore.workflows.tickets.table import TICKETS

log = logging.getLogger(__name__)

LOOK_EVERY, LOOK_AT_MOST = 1.0, 5.0
"""Seconds in which the answer shows the new channel. It is made in one or two; if it takes longer, its card calls."""

_FORMS: Mapping[str, tuple[Callable[[str], Form], str]] = {
    "transfer": (forms.transfer_form, "reassign this ticket"),
    "priority": (forms.priority_form, "set the priority of this ticket"),
}
"""The forms of staff, and what only they can do, in a sentence."""

_AT_ONCE: Mapping[str, Callable[[Shop, Actor, str], Ticket]] = {
    "claim": attributes.claim,
    "release": attributes.release,
    "ask_close": attributes.ask_close,
}
"""What needs nothing but the press, and moves no state."""

_MOVES: Mapping[str, Button] = {verb: button for verb, button in TICKETS.buttons.items() if verb != "reopen"}
"""The buttons of arrows. Reopening also shows where the new channel is, so it has a handler of its own."""


# ---- a new ticket


async def ask_ticket(press: Press) -> None:
    """Ask what it is about, unless no ticket can be opened now.

    "Get help" names the order; else the customer's own orders can be picked where they are read in time.
    """
    kind, about = _asked(press)
    await open_form(press.interaction, forms.ticket_form(kind, await _own_orders(press), about))


def _asked(press: Press) -> tuple[TicketKind, str]:
    """Return the kind of ticket that the button is for, and the order that it names; empty for none."""
    kind, *about = press.id.args
    return TicketKind(kind), "".join(about)


async def _own_orders(press: Press) -> Sequence[Order]:
    """Return what can be picked. Nothing when it takes too long or fails: an id can be typed, a form cannot wait.

    Raises what speaks against a ticket.
    """
    try:
        return await before_a_form(press.desk.run(lookups.to_open, press.actor, *_asked(press))) or ()
    except Refusal:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it was, the form opens without a list
        log.warning("The form of a ticket opens without the customer's orders: %s", type(fault).__name__)
        return ()


async def take_ticket(press: Press) -> None:
    """Open the ticket. What was typed goes before what was picked, and that before the order of the button."""
    await open_page(press.interaction)
    answers = press.answers
    kind, about = _asked(press)
    order_text = answers.text("order_id").strip() or answers.text("order_pick") or about
    draft = TicketForm(kind, answers.text("subject"), answers.text("description"), order_text)
    ticket = await press.desk.run(tickets.open_ticket, press.actor, draft)
    await follow(press.interaction, partial(_current_page, press, ticket.id), LOOK_EVERY, LOOK_AT_MOST)


async def _current_page(press: Press, ticket_id: str) -> tuple[Message, bool]:
    """Show where the new ticket is. Whoever has closed their DMs reads here why it could not be opened."""
    ticket = await press.desk.run(lookups.own, press.actor, ticket_id)
    terms = press.desk.shop.terms
    back_at = terms.staff_hours.back_at(clock.now(), terms.zone) if terms.staff_hours else None
    return pages.opened(ticket, back_at), ticket.status is not TicketStatus.opening


# ---- its card


async def show_to_staff(press: Press) -> None:
    """Show staff what they can do, where the customer doesn't see it."""
    await open_page(press.interaction)
    facts = await press.desk.run(lookups.for_staff, press.actor, press.id.args[0])
    await show(press.interaction, pages.ticket_page(facts.ticket, facts.order, facts.balance))


async def act(press: Press) -> None:
    """Do what the button says."""
    await turn_page(press.interaction)
    ticket = await press.desk.run(_AT_ONCE[press.id.verb], press.actor, press.id.args[0])
    await _tell(press, ticket)


async def ask_staff(press: Press) -> None:
    """Open a form of staff. Whoever is not is told so at once, and once more by the command."""
    form, what = _FORMS[press.id.verb]
    require_staff(press.actor, what)
    await _refuse_early(press)
    await open_form(press.interaction, form(press.id.args[0]))


async def _refuse_early(press: Press) -> None:
    await before_a_form(press.desk.run(attributes.refuse_early, press.actor, press.id.args[0], press.id.verb))


async def move(press: Press) -> None:
    """Take the arrow that the button stands for."""
    await turn_page(press.interaction)
    await _move(press)


async def ask_move(press: Press) -> None:
    """Open the form of an arrow. Whoever may not take it is told so at once, and once more by the command."""
    arrow = TICKETS.arrow(press.id.verb)
    if not arrow.who & BY_BUYER:
        require_staff(press.actor, arrow.verb)
    await before_a_form(press.desk.run(tickets.refuse_early, press.actor, press.id.args[0], press.id.verb))
    await open_form(press.interaction, forms.move_form(press.id.verb, press.id.args[0]))


async def move_as_asked(press: Press) -> None:
    """Take the arrow with the reason that came back."""
    await turn_page(press.interaction)
    await _move(press)


async def _move(press: Press) -> None:
    given = Given(reason=press.answers.text("reason") or None)
    await _tell(press, await press.desk.run(tickets.take, press.actor, press.id.args[0], press.id.verb, given))


async def transfer(press: Press) -> None:
    """Hand the ticket on to the person that was picked."""
    await turn_page(press.interaction)
    ticket = await press.desk.run(attributes.transfer, press.actor, press.id.args[0], await _picked(press))
    await _tell(press, ticket)


async def _picked(press: Press) -> Actor:
    """Return who was picked, with the roles that they have now. Raises BadInput for someone who is not there."""
    guild, picked = press.interaction.guild, press.answers.text("person")
    if guild is None:
        raise WrongState(OUT_OF_DATE)
    member = await _member(guild, picked) if picked.isascii() and picked.isdigit() and len(picked) < 20 else None
    if member is None:
        raise BadInput("Please pick someone who is in this server.")
    return press.desk.actor_of(member)


async def _member(guild: discord.Guild, user_id: int | str) -> discord.Member | None:
    """Ask Discord for a member: no list of them is kept. None for someone who isn't one, or for no id at all."""
    try:
        return await guild.fetch_member(int(user_id))
    except discord.HTTPException as error:
        if error.status not in (400, 404):
            raise
        return None


async def rank(press: Press) -> None:
    """Set the priority that was chosen."""
    await turn_page(press.interaction)
    chosen = press.answers.text("priority")
    await _tell(press, await press.desk.run(attributes.set_priority, press.actor, press.id.args[0], chosen))


async def ask_order(press: Press) -> None:
    """Ask which order the ticket is about."""
    await _refuse_early(press)
    await open_form(press.interaction, forms.link_form(press.id.args[0]))


async def link_order(press: Press) -> None:
    """Note which order the ticket is about."""
    await turn_page(press.interaction)
    typed = press.answers.text("order_id")
    await _tell(press, await press.desk.run(attributes.link_order, press.actor, press.id.args[0], typed))


async def _tell(press: Press, ticket: Ticket) -> None:
    """Say what was done: above the page of staff, as it is now, or alone. The card is renewed by its job."""
    if not (is_page(press.interaction) and press.actor.decides):
        await show(press.interaction, pages.changed(ticket, press.id.verb))
        return
    facts = await press.desk.run(lookups.for_staff, press.actor, ticket.id)
    told = pages.done(ticket, press.id.verb)
    await show(press.interaction, pages.ticket_page(facts.ticket, facts.order, facts.balance, told))


# ---- after its end


async def reopen(press: Press) -> None:
    """Take the ticket up again."""
    await open_page(press.interaction)
    ticket = await press.desk.run(tickets.reopen, press.actor, press.id.args[0])
    await follow(press.interaction, partial(_current_page, press, ticket.id), LOOK_EVERY, LOOK_AT_MOST)


async def ask_rating(press: Press) -> None:
    """Ask for stars and words."""
    await _refuse_early(press)
    await open_form(press.interaction, forms.rate_form(press.id.args[0]))


async def rate(press: Press) -> None:
    """Keep the rating."""
    await open_page(press.interaction)
    stars, comment = press.answers.text("rating"), press.answers.text("comment")
    await _tell(press, await press.desk.run(attributes.rate, press.actor, press.id.args[0], stars, comment))


# ---- what waits


async def turn_waiting(press: Press) -> None:
    """Show another page of the tickets that wait for staff."""
    await turn_page(press.interaction)
    page = press.id.number(0)
    total, found = await press.desk.run(lookups.waiting, press.actor, page)
    await show(press.interaction, pages.waiting_page(total, found, page))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("ticket", "open"): ask_ticket,
    ("ticket", "staff"): show_to_staff,
    **{("ticket", verb): act for verb in _AT_ONCE},
    **{("ticket", verb): ask_staff for verb in _FORMS},
    **{("ticket", verb): ask_move if button.asks else move for verb, button in _MOVES.items()},
    ("ticket", "link_order"): ask_order,
    ("ticket", "reopen"): reopen,
    ("ticket", "rate"): ask_rating,
    ("ticket", "waiting"): turn_waiting,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {
    ("ticket", "open"): take_ticket,
    **{("ticket", verb): move_as_asked for verb, button in _MOVES.items() if button.asks},
    ("ticket", "transfer"): transfer,
    ("ticket", "priority"): rank,
    ("ticket", "link_order"): link_order,
    ("ticket", "rate"): rate,
}
