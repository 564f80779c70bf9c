"""The job that keeps someone's private pages true while Discord lets us edit them. Whatever Discord says, it ends well.

Nobody waits for it: what it can't show stands in `/orders`, and each page says so.
"""

import logging
from datetime import timedelta
from typing import Final

import aiohttp
import discord

from novacore.db.models import PrivatePage
from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.messages.orders.customer.private_page import private_page
from novacore.tasks.queue import retry
from novacore.tasks.queue.handlers import REFRESHES, Postpone, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing
from novacore.workflows.machine import job_kinds
from novacore.workflows.orders import private_pages

AGAIN: Final = timedelta(seconds=10)
"""When an edit is tried again that Discord could not take just now. After some minutes the page is over."""

_OVER: Final = frozenset({401, 403, 404})
"""What Discord answers once the token or the message is gone, with a code of its own."""

_TROUBLE: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What comes of a call to Discord that did not work; a TimeoutError is an OSError."""

log = logging.getLogger(__name__)


@handles(job_kinds.REFRESH_PAGES)
def refresh_pages(work: Work) -> str:
    """Show what is true now on each private page of this person that shows something else."""
    edited, again = 0, None
    for message_id in private_pages.living(work.shop, int(work.job.subject_id)):
        try:
            edited += _bring_up_to_date(work, message_id)
        except _TROUBLE as error:
            again = _again(error)
            if isinstance(error, TimeoutError):  # the others would hang as well, and this thread with them
                break
    if again:
        raise again
    return f"Private pages that were edited: {edited}."


def _again(error: Exception) -> Postpone:
    """Return the wish to be run again. Raises the error where waiting doesn't help: it is a bug of ours."""
    verdict = retry.classify(error)
    if verdict.kind is not retry.Kind.later:
        raise error
    return Postpone(verdict.sentence, delay=max(AGAIN, timedelta(seconds=verdict.wait or 0.0)))


def _bring_up_to_date(work: Work, message_id: int) -> bool:
    """Edit the page until it shows what is stored; tell whether that was needed."""
    edited = False
    for _ in range(REFRESHES):
        found = private_pages.out_of_date(work.shop, message_id)
        if found is None or not _edited(work, *found):
            break
        edited = True
        # Something may have changed while we were at Discord: whoever edits last must be the one who read last.
    return edited


def _edited(work: Work, page: PrivatePage, now: OwnOrders) -> bool:
    token = private_pages.token_of(work.shop, page)
    if token is None or not _took_it(work, page, now, token):
        private_pages.forget(work.shop, page)
        return False
    private_pages.note_shown(work.shop, page, now.mark)
    return True


def _took_it(work: Work, page: PrivatePage, now: OwnOrders, token: str) -> bool:
    """Edit the page; False where Discord lets nobody edit it any more."""
    which = None if page.is_answer else page.message_id
    try:
        work.calls.edit_answer(token, which, lambda: outgoing(private_page(now, page.ends_at)))
    except discord.HTTPException as error:
        if error.status not in _OVER or not error.code:
            raise
        log.info("A private page can't be edited any more (%s, code %s).", error.status, error.code)
        return False
    return True
