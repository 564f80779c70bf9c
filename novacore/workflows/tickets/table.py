"""The ticket's state table. Everything else about tickets is read from here."""

from novacore.db.event_kinds.kind import Reasoned
from novacore.db.event_kinds.tickets import Archived, ChannelReady, Ended, Replied
from novacore.db.models import Ticket
from novacore.states import OPEN_TICKET_STATUSES, TALKING, TicketStatus
from novacore.workflows.goods import masking
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.arrows import Arrow, JobRule, Table
from novacore.workflows.machine.buttons import Button, Style, reason
from novacore.workflows.machine.policy import BY_BUYER, BY_STAFF, BY_SYSTEM
from novacore.workflows.machine.reasons import keep_reason, require_reason
from novacore.workflows.tickets import rules

NEW, OPENING, CLOSING, CLOSED, FAILED = (
    TicketStatus.new,
    TicketStatus.opening,
    TicketStatus.closing,
    TicketStatus.closed,
    TicketStatus.failed,
)
STAFFS_TURN, CUSTOMERS_TURN = TicketStatus.awaiting_staff, TicketStatus.awaiting_customer

ALERT: JobRule[Ticket] = JobRule(job_kinds.ALERT_TICKET_STAFF)
MAKE_CHANNEL: JobRule[Ticket] = JobRule(job_kinds.CREATE_TICKET_CHANNEL)
ARCHIVE: JobRule[Ticket] = JobRule(job_kinds.ARCHIVE_TICKET)

ARROWS: tuple[Arrow[Ticket], ...] = (
    Arrow(
        "open_ticket",
        (NEW,),
        OPENING,
        BY_BUYER,
        verb="open this ticket",
        past="opened this ticket",
        guards=(rules.require_no_other, rules.require_cooldown, rules.require_pause),
        jobs=(MAKE_CHANNEL,),
        refused_unless="an order of their own where the kind asks for one; one open ticket per person, kind and order; "
        "some minutes after the last one",
    ),
    Arrow(
        "channel_ready",
        (OPENING,),
        STAFFS_TURN,
        BY_SYSTEM,
        verb="record its channel",
        past="made its channel",
        effects=(rules.keep_channel,),
        jobs=(
            JobRule(job_kinds.POST_TICKET_CARD),
            JobRule(job_kinds.LINK_TRANSCRIPT, when=rules.is_reopened),
        ),
        detail=ChannelReady,
    ),
    Arrow(
        "channel_failed",
        (OPENING,),
        FAILED,
        BY_SYSTEM,
        verb="give up its channel",
        past="could not make its channel",
        guards=(require_reason,),
        effects=(keep_reason, rules.note_closed),
        jobs=(JobRule(job_kinds.TELL_TICKET_CUSTOMER), ALERT),
        detail=Ended,
        refused_unless="category or server full, permission missing, or the job died",
    ),
    Arrow(
        "staff_replied",
        TALKING,
        CUSTOMERS_TURN,
        BY_SYSTEM,
        verb="record a reply",
        past="noted a reply by staff",
        effects=(rules.note_staff_reply,),
        follows=(rules.call_off_idle,),
        jobs=(
            JobRule(job_kinds.WARN_IDLE, due=rules.at_warning),
            JobRule(job_kinds.IDLE_CLOSE, due=rules.at_close),
        ),
        detail=Replied,
    ),
    Arrow(
        "customer_replied",
        TALKING,
        STAFFS_TURN,
        BY_SYSTEM,
        verb="record a reply",
        past="noted a reply by the customer",
        effects=(rules.note_customer_reply,),
        follows=(rules.call_off_idle,),
        detail=Replied,
    ),
    Arrow(
        "close",
        TALKING,
        CLOSING,
        BY_STAFF,
        verb="close this ticket",
        past="closed this ticket",
        button=Button(
            "Close",
            "🔒",
            Style.danger,
            title="Close this ticket",
            asks=(reason("Reason", "The customer will read it."),),
        ),
        guards=(require_reason,),
        effects=(keep_reason, rules.stop_clock),
        follows=(rules.call_off_idle,),
        jobs=(ARCHIVE,),
        detail=Reasoned,
        refused_unless="a reason is given",
    ),
    Arrow(
        "idle_close",
        (CUSTOMERS_TURN,),
        CLOSING,
        BY_SYSTEM,
        verb="close this ticket for lack of a reply",
        past="closed this ticket for lack of a reply",
        guards=(rules.require_idle,),
        effects=(rules.note_idle, rules.stop_clock),
        also=(rules.is_idle,),
        follows=(rules.call_off_idle,),
        jobs=(ARCHIVE,),
        detail=Reasoned,
        refused_unless="due time passed, and the channel's history shows no later reply",
    ),
    Arrow(
        "archived",
        (CLOSING,),
        CLOSED,
        BY_SYSTEM,
        verb="record the transcript",
        past="kept the transcript",
        guards=(rules.require_transcript,),
        effects=(rules.note_closed,),
        jobs=(
            JobRule(job_kinds.SEND_TRANSCRIPT),
            JobRule(job_kinds.INVITE_RATING, due=rules.after_transcript, when=rules.is_unrated),
        ),
        detail=Archived,
        refused_unless="transcript stored, with its attachments",
    ),
    Arrow(
        "archive_failed",
        (CLOSING,),
        STAFFS_TURN,
        BY_SYSTEM,
        verb="give up the transcript",
        past="could not keep the transcript",
        guards=(require_reason,),
        effects=(rules.tell_reason,),
        jobs=(ALERT,),
        detail=Reasoned,
        refused_unless="the job died",
    ),
    Arrow(
        "channel_lost",
        OPEN_TICKET_STATUSES,
        CLOSED,
        BY_SYSTEM,
        verb="record that its channel is gone",
        past="found its channel deleted",
        effects=(rules.note_lost, rules.note_closed, rules.stop_clock),
        follows=(rules.call_off_idle,),
        jobs=(ALERT, JobRule(job_kinds.RESCUE_TRANSCRIPT)),
        detail=Ended,
        refused_unless="someone deleted the channel",
    ),
    Arrow(
        "customer_left",
        (OPENING, *TALKING),
        CLOSING,
        BY_SYSTEM,
        verb="record that the customer has left",
        past="noted that the customer has left",
        effects=(rules.note_left, rules.stop_clock),
        follows=(rules.call_off_idle,),
        jobs=(ARCHIVE,),
        detail=Reasoned,
        refused_unless="the customer left the server",
    ),
    Arrow(
        "reopen",
        (CLOSED, FAILED),
        OPENING,
        BY_BUYER | BY_STAFF,
        verb="reopen this ticket",
        past="reopened this ticket",
        button=Button("Reopen", "♻️", Style.primary),
        guards=(rules.require_reopen_window, rules.require_no_other, rules.require_pause),
        effects=(rules.start_round, rules.stop_clock),
        jobs=(MAKE_CHANNEL,),
        refused_unless="its customer comes within some days, and a minute after a channel could not be made; "
        "no other open ticket of the same kind and order",
    ),
)


def _customer(ticket: Ticket) -> int:
    return ticket.customer_id


def _round(ticket: Ticket) -> int:
    return ticket.round


TICKETS: Table[Ticket] = Table(
    name="ticket",
    model=Ticket,
    initial=NEW,
    states={status: status.row.label for status in TicketStatus},
    arrows=ARROWS,
    always=(job_kinds.REFRESH_TICKET,),
    missing="I can't find that ticket.",
    buyer_of=_customer,
    round_of=_round,
    hide=masking.hidden,
    one="a ticket",
)
