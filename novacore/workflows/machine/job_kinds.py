"""Every job there is, a row each: its name, what it carries, where it runs. Whoever queues or does one asks its row.

`job_kinds.TELL_WAITING.about("product", "7", {"customer_id": 5})` asks for one, and `@handles(job_kinds.TELL_WAITING)`
stands above what does it. Rows of older releases are read, too: what they may lack is NotRequired.
"""

from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from novacore.workflows.machine.jobs import JobKind, JobName, Nothing, Queue


class ByEvent(TypedDict):
    """A job that an event asked for: of most jobs that is all."""

    event_id: int


class ByEventOrClock(TypedDict):
    """The same, where a sweep may ask for it as well: for its timer was lost."""

    event_id: NotRequired[int]


class AlertStaff(ByEvent):
    """`others`: tell of those that died of the same cause since."""

    others: NotRequired[bool]


class SendReplacement(ByEvent):
    """The unit that was given for a faulty one."""

    unit_id: int


class DeleteTicketChannel(ByEvent):
    """The channel of one round of a ticket."""

    channel_id: int
    round: int


class TakePicture(TypedDict):
    """Which of the pictures that the owner has named for a draft, one after the other."""

    round: int


class TellWaiting(TypedDict):
    """Who is told that the product is back."""

    customer_id: int


class TellOwner(TypedDict):
    """The marks of what the doctor found."""

    findings: list[str]


class RemindOfReviews(TypedDict):
    """The orders whose proof had waited too long when it was asked for."""

    orders: list[str]


_STAFF: Final = ("staff_channel_id",)
_SERVER: Final = ("main_channel_id",)
"""The server is found by this channel."""

ORDER_RECEIPT = JobKind(JobName.order_receipt, ByEvent)
EXPIRE_ORDER = JobKind(JobName.expire_order, ByEventOrClock)
REMIND_UNPAID = JobKind(JobName.remind_unpaid, ByEvent)
REMIND_STAFF = JobKind(JobName.remind_staff, RemindOfReviews, speaks_in=_STAFF)
REMIND_OWNER = JobKind(JobName.remind_owner, RemindOfReviews)
PROCESS_PROOF = JobKind(JobName.process_proof, ByEvent, queue=Queue.media)
POST_REVIEW_CARD = JobKind(JobName.post_review_card, ByEvent, speaks_in=_STAFF)
REFRESH_CARDS = JobKind(JobName.refresh_cards, Nothing, coalesce=True)
REFRESH_PAGES = JobKind(JobName.refresh_pages, Nothing, coalesce=True)
TELL_CUSTOMER = JobKind(JobName.tell_customer, ByEvent)
DELIVER_ORDER = JobKind(JobName.deliver_order, ByEvent, is_delivery=True)
ALERT_STAFF = JobKind(JobName.alert_staff, AlertStaff, speaks_in=_STAFF)
ALERT_CONTESTS = JobKind(JobName.alert_contests, Nothing, coalesce=True, speaks_in=_STAFF)
ANNOUNCE_PURCHASE = JobKind(JobName.announce_purchase, ByEvent, speaks_in=("public_log_channel_id",))
STRIKE_ANNOUNCEMENT = JobKind(JobName.strike_announcement, ByEvent)
GRANT_CUSTOMER_ROLE = JobKind(JobName.grant_customer_role, ByEvent, speaks_in=_SERVER)
WITHDRAW_CUSTOMER_ROLE = JobKind(JobName.withdraw_customer_role, ByEvent, speaks_in=_SERVER)
SETTLE_ROLE = JobKind(JobName.settle_role, ByEventOrClock, speaks_in=_SERVER)
RETURN_ROLES = JobKind(JobName.return_roles, Nothing, coalesce=True, speaks_in=_SERVER)
CHECK_ROLES = JobKind(JobName.check_roles, Nothing, coalesce=True, speaks_in=_SERVER)
INVITE_VOUCH = JobKind(JobName.invite_vouch, ByEvent)
POST_VOUCH = JobKind(JobName.post_vouch, Nothing, coalesce=True, speaks_in=("vouch_channel_id",))
REFRESH_PANEL = JobKind(JobName.refresh_panel, Nothing, coalesce=True)
CHANGE_SHELF = JobKind(JobName.change_shelf, Nothing, coalesce=True)
SHOW_NEWS = JobKind(JobName.show_news, Nothing, coalesce=True, speaks_in=("news_channel_id",))
WATCH_STOCK = JobKind(JobName.watch_stock, Nothing, coalesce=True)
ALERT_LOW_STOCK = JobKind(JobName.alert_low_stock, ByEvent, speaks_in=_STAFF)
# Sealing codes takes the processor, and never speaks to Discord.
FILL_STOCK = JobKind(JobName.fill_stock, Nothing, queue=Queue.media)
DISCARD_STOCK = JobKind(JobName.discard_stock, Nothing)
CALL_WAITING = JobKind(JobName.call_waiting, Nothing, coalesce=True)
TELL_WAITING = JobKind(JobName.tell_waiting, TellWaiting)
TAKE_PICTURE = JobKind(JobName.take_picture, TakePicture, queue=Queue.media, max_bugs=2)
RESEND_GOODS = JobKind(JobName.resend_goods, ByEvent, is_delivery=True)
SEND_REPLACEMENT = JobKind(JobName.send_replacement, SendReplacement, is_delivery=True)
CREATE_TICKET_CHANNEL = JobKind(JobName.create_ticket_channel, ByEventOrClock)
POST_TICKET_CARD = JobKind(JobName.post_ticket_card, ByEvent)
LINK_TRANSCRIPT = JobKind(JobName.link_transcript, ByEvent)
REFRESH_TICKET = JobKind(JobName.refresh_ticket, Nothing, coalesce=True)
WARN_IDLE = JobKind(JobName.warn_idle, ByEvent)
IDLE_CLOSE = JobKind(JobName.idle_close, ByEventOrClock)
ARCHIVE_TICKET = JobKind(JobName.archive_ticket, ByEventOrClock)
SEND_TRANSCRIPT = JobKind(JobName.send_transcript, ByEvent, speaks_in=_STAFF)
DELETE_TICKET_CHANNEL = JobKind(JobName.delete_ticket_channel, DeleteTicketChannel)
RESCUE_TRANSCRIPT = JobKind(JobName.rescue_transcript, ByEvent)
INVITE_RATING = JobKind(JobName.invite_rating, ByEvent)
TELL_TICKET_CUSTOMER = JobKind(JobName.tell_ticket_customer, ByEvent)
ALERT_TICKET_STAFF = JobKind(JobName.alert_ticket_staff, ByEvent, speaks_in=_STAFF)
SEND_REPLY = JobKind(JobName.send_reply, ByEvent)
CHECK_TICKET = JobKind(JobName.check_ticket, Nothing, coalesce=True)
RESTORE_ACCESS = JobKind(JobName.restore_access, Nothing, coalesce=True)
MAKE_EXPORT = JobKind(JobName.make_export, Nothing, queue=Queue.media)
ROLL_UP = JobKind(JobName.roll_up, Nothing, queue=Queue.media)
MAKE_REPORT = JobKind(JobName.make_report, Nothing, queue=Queue.media)
SEND_REPORT = JobKind(JobName.send_report, Nothing, speaks_in=("staff_channel_id", "report_channel_id"))
TELL_OWNER = JobKind(JobName.tell_owner, TellOwner)
CLEAR_AWAY = JobKind(JobName.clear_away, Nothing)
FETCH_RATES = JobKind(JobName.fetch_rates, Nothing, queue=Queue.media, coalesce=True)
# Minutes of reading: on the queue whose workers nobody's press waits for.
CHECK_BOOKS = JobKind(JobName.check_books, Nothing, queue=Queue.media, coalesce=True)

AskedByEvent = JobKind[ByEvent] | JobKind[ByEventOrClock] | JobKind[AlertStaff]
"""What an arrow can queue: the id of its event is all that it knows."""

KINDS: Final[Mapping[JobName, JobKind[Any]]] = {
    kind.name: kind for kind in tuple(globals().values()) if isinstance(kind, JobKind)
}
"""The rows above by name, for whoever holds a name only."""
