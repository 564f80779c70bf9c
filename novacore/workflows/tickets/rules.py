"""The guards and effects of the ticket table, one small function a rule. A guard raises a sentence."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select

from novacore.db.models import Ticket, Transcript
from novacore.errors import WrongState
from novacore.states import ActorKind
from novacore.workflows.machine import jobs
from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.typed_text import REASON_LIMIT, storable
from novacore.workflows.tickets import turns

TicketMove = Move[Ticket]

# ---- guards


def require_no_other(move: TicketMove) -> None:
    """One open ticket per person, kind and order. The index has the last word; this one says where the other is."""
    turns.refuse_repeat(move.session, move.subject)


def require_cooldown(move: TicketMove) -> None:
    """A person may not open one ticket after the other. One whose channel could not be made does not count."""
    turns.refuse_too_soon(move.session, move.shop.terms, move.subject.customer_id, move.now)


def require_pause(move: TicketMove) -> None:
    """While no channel can be made, nobody calls staff time and again by trying."""
    if move.actor_kind is ActorKind.customer:
        turns.refuse_pause(move.session, move.subject.customer_id, move.now)


def require_idle(move: TicketMove) -> None:
    """Only a customer whose time is up, by the shop's clock, loses their ticket for lack of a reply."""
    closes_at = move.subject.closes_at
    if closes_at is None or closes_at > move.now:
        raise WrongState("The customer still has time to reply.")


def is_idle(move: TicketMove) -> ColumnElement[bool]:
    """The same in the very statement that closes it."""
    return Ticket.closes_at <= move.now


def require_transcript(move: TicketMove) -> None:
    """Nothing is deleted before what was said is stored; anything less is a bug of the caller."""
    kept = exists().where(Transcript.ticket_id == move.subject.id, Transcript.round == move.subject.round)
    if not move.session.execute(select(kept)).scalar_one():
        raise WrongState("The transcript of this ticket is not stored yet.")


def require_reopen_window(move: TicketMove) -> None:
    """Staff may reopen a ticket any time, its customer for some days."""
    closed_at, window = move.subject.closed_at, move.shop.terms.ticket_reopen
    if move.actor_kind is ActorKind.customer and closed_at is not None and move.now > closed_at + window:
        raise WrongState(
            f"This ticket was closed more than {window.days} days ago, so it can't be reopened. Please open a new one."
        )


# ---- effects


def tell_reason(move: TicketMove) -> None:
    """Keep the sentence in the event alone: the ticket goes on."""
    move.detail["reason"] = storable(move.given.reason or "")[:REASON_LIMIT]
    move.changes["reason"] = None


def note_idle(move: TicketMove) -> None:
    """Say why it closes."""
    hours = round(move.shop.terms.ticket_close.total_seconds() / 3600)
    move.changes["reason"] = move.detail["reason"] = f"There was no reply for {hours} hours."


def note_left(move: TicketMove) -> None:
    """Say why it closes."""
    move.changes["reason"] = move.detail["reason"] = "The customer has left the server."


def note_lost(move: TicketMove) -> None:
    """Say why it is closed."""
    move.changes["reason"] = move.detail["reason"] = "Its channel was deleted."


def keep_channel(move: TicketMove) -> None:
    """Remember the channel that was made; its first minutes belong to staff."""
    if move.given.channel_id is None:
        raise WrongState("There is no channel to remember.")
    move.changes["channel_id"] = move.detail["channel_id"] = move.given.channel_id
    move.changes["last_message_id"] = move.given.channel_id  # whatever is said there comes after


def note_closed(move: TicketMove) -> None:
    """Remember when the days for reopening began, and in the event which channel is to go."""
    move.changes["closed_at"] = move.now
    move.detail["channel_id"] = move.subject.channel_id


def note_customer_reply(move: TicketMove) -> None:
    """It is staff's turn, for as long as they need."""
    _note_message(move)
    move.changes |= {"customer_reply_at": move.now, "closes_at": None, "warned_at": None}


def note_staff_reply(move: TicketMove) -> None:
    """It is the customer's turn, and their time begins again."""
    _note_message(move)
    move.changes |= {
        "staff_reply_at": move.now,
        "closes_at": move.now + move.shop.terms.ticket_close,
        "warned_at": None,
    }


def _note_message(move: TicketMove) -> None:
    given = move.given.message_id
    if given is not None:
        move.changes["last_message_id"] = max(given, move.subject.last_message_id or 0)
        move.detail["message_id"] = given


def stop_clock(move: TicketMove) -> None:
    """Nobody is waited for any more."""
    move.changes |= {"closes_at": None, "warned_at": None}


def start_round(move: TicketMove) -> None:
    """Begin again in a new channel; what was said stays in the transcript of the round before."""
    move.changes |= {
        "round": move.subject.round + 1,
        "channel_id": None,
        "last_message_id": None,
        "closed_at": None,
        "asked_close_at": None,
        "staff_reply_at": None,
        "customer_reply_at": None,
        "reason": None,
    }


# ---- follows


def call_off_idle(move: TicketMove) -> None:
    """Withdraw the timers of a customer who was waited for."""
    jobs.withdraw(move.tx, (JobName.warn_idle, JobName.idle_close), "ticket", move.subject.id)


# ---- jobs


def at_warning(move: TicketMove) -> datetime:
    """Due when the customer is told that the ticket will close."""
    return move.now + move.shop.terms.ticket_idle


def at_close(move: TicketMove) -> datetime | None:
    """Due when the customer's time is up."""
    return move.subject.closes_at


def after_transcript(move: TicketMove) -> datetime:
    """Due when the customer has had a moment for the transcript."""
    return move.now + timedelta(minutes=1)


def is_reopened(move: TicketMove) -> bool:
    """There is an earlier transcript to show."""
    return move.subject.round > 1


def is_unrated(move: TicketMove) -> bool:
    """A ticket is rated once."""
    return move.subject.rated_at is None
