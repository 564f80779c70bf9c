"""The jobs that tell customers that something is back in stock: who is next, and one DM at a time."""

import discord

from novacore import clock
from novacore.db.queries import terms as shop_terms
from novacore.db.queries.catalog import shop_window
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import OPENING_DMS_TOO_FAST
from novacore.messages.catalog.waiting_list import back_in_stock
from novacore.tasks.queue.handlers import Postpone, Work, WorkWith, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToPerson
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import TellWaiting
from novacore.workflows.stock import waiting_list


@handles(job_kinds.CALL_WAITING)
def call_waiting(work: Work) -> str:
    """Give those who have waited longest their turn, and come back for the next ones when theirs are over."""
    last = waiting_list.call_some(work.shop, work.job.id)
    if last is None:
        return "Nobody is waiting for what is in stock, or another job calls them."
    raise Postpone("The next ones are called when these have been told.", until=last)


@handles(job_kinds.TELL_WAITING)
def tell_waiting(work: WorkWith[TellWaiting]) -> str:
    """Tell one customer, once, that what they wait for is back; not where it is sold out again."""
    product_id, customer_id = int(work.job.subject_id), work.job.payload["customer_id"]
    wait = waiting_list.waiting(work.shop, product_id, customer_id)
    if wait is None:
        return "They do not wait for it any more."
    if waiting_list.paused_until(work.shop, clock.now()):
        raise Postpone("Discord wants fewer DMs for a while.", until=waiting_list.next_place(work.shop))
    if not waiting_list.is_in_stock(work.shop, product_id):
        waiting_list.wait_on(work.shop, product_id, customer_id)
        return "It is sold out again; they wait on."
    _tell(work, waiting_list.key_of(wait), product_id, customer_id)
    waiting_list.told(work.shop, product_id, customer_id)
    return "They have been told."


def _tell(work: Work, key: str, product_id: int, customer_id: int) -> None:
    with reading(work.shop.database) as session:
        product, terms = shop_window.product(session, product_id), shop_terms.in_force(session)
    if product is None:
        return
    try:
        post(
            work,
            key,
            "back_in_stock",
            ToPerson(customer_id),
            lambda: back_in_stock(product, terms.version if terms else None),
        )
    except discord.HTTPException as error:
        if error.code == OPENING_DMS_TOO_FAST:
            waiting_list.pause(work.shop)
        raise
