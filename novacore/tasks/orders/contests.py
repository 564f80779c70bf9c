"""Tells staff of orders that claim one payment: once a pair, and of many in one message."""

from novacore import clock
from novacore.db.queries.orders import contests as contest_queries
from novacore.db.queries.orders.contests import Pair
from novacore.db.unit_of_work import reading
from novacore.media.proofs import side_by_side
from novacore.messages.orders.staff.contests import NAMED, contest_alert
from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel
from novacore.workflows.machine import job_kinds
from novacore.workflows.orders import contests


@handles(job_kinds.ALERT_CONTESTS)
def alert_contests(work: Work) -> str:
    """Tell staff of every pair that they haven't been told of, with both pictures where it is one."""
    until = contests.next_alert(work.shop, work.job.id)
    if until is not None and until > clock.now():
        raise Postpone("Staff were told of others lately; these follow in one message.", until=until)
    contests.take_untold(work.shop, work.job.id)
    with reading(work.shop.database) as session:
        total, pairs = contest_queries.alerted_by(session, work.job.id, NAMED)
        size = contest_queries.pictures_size(session, pairs[0]) if total == 1 else 0
    if not pairs:
        return "Staff have been told of all of them."
    with work.carrying(size):
        picture = _side_by_side(work, pairs[0]) if size else None
        channel = ToChannel(work.shop.places.staff_channel_id)
        post(work, f"contests:{work.job.id}", "alert", channel, lambda: contest_alert(pairs, total, picture))
    return f"Staff have been told of contested payments: {total}."


def _side_by_side(work: Work, pair: Pair) -> bytes | None:
    with reading(work.shop.database) as session:
        found = contest_queries.both_pictures(session, pair)
    return work.pictures.run(side_by_side, *found, pair.order_id, pair.paid_order_id) if found else None
