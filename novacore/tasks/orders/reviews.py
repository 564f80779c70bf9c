"""Tells staff, and later the owner, of proofs that have waited long: each once, and many in one message."""

import discord

from novacore import clock
from novacore.messages.orders.staff.slow_reviews import slow_reviews
from novacore.tasks.discord.owners import owners
from novacore.tasks.orders.cards import pinging
from novacore.tasks.queue.handlers import WorkWith, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import RemindOfReviews
from novacore.workflows.orders.timers.slow_reviews import still_waiting


@handles(job_kinds.REMIND_STAFF)
def remind_staff(work: WorkWith[RemindOfReviews]) -> str:
    """Tell staff of those that still wait."""
    waiting = still_waiting(work.shop, work.job.payload["orders"])
    if not waiting:
        return "All of them are decided by now."
    now = clock.now()
    role, channel = work.shop.places.review_ping_role_id, ToChannel(work.shop.places.staff_channel_id)
    key = f"slow_reviews:{work.job.id}"
    post(work, key, "alert", channel, lambda: slow_reviews(waiting, now, role), pinging(role))
    return f"Staff have been reminded of proofs: {len(waiting)}."


@handles(job_kinds.REMIND_OWNER)
def remind_owner(work: WorkWith[RemindOfReviews]) -> str:
    """Tell each owner of those that still wait. Closed DMs are no fault: staff have been told."""
    waiting = still_waiting(work.shop, work.job.payload["orders"])
    if not waiting:
        return "All of them are decided by now."
    reached, now = 0, clock.now()
    for owner in owners(work.calls, work.shop):
        try:
            post(
                work,
                f"slow_reviews:{work.job.id}:u{owner}",
                "alert",
                ToPerson(owner),
                lambda: slow_reviews(waiting, now),
            )
            reached += 1
        except (discord.Forbidden, discord.NotFound):
            continue
    return f"Owners who have been reminded: {reached}."
