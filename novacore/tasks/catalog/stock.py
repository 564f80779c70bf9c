"""The jobs of stock: batches filled in or thrown away, a look at what is left, and the word to staff about it."""

from novacore import clock
from novacore.db.event_kinds.products import LOW_STOCK, SOLD_OUT
from novacore.db.models import Event
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.orders import unpaid
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound, WrongState
from novacore.messages.catalog.stock import low_stock
from novacore.tasks.queue.handlers import Postpone, Work, WorkWith, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import ByEvent
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.stock import restock, stock_levels

PARTS_A_TURN = 20
"""Parts of a batch that are filled in before proofs that wait for the same worker have their turn: about a second."""


@handles(job_kinds.FILL_STOCK)
def fill_stock(work: Work) -> str:
    """Fill a batch in, part by part, from wherever it has come to."""
    for _ in range(PARTS_A_TURN):
        if not restock.fill_next(work.shop, int(work.job.subject_id)):
            return "The batch is in stock."
    raise Postpone("More units are to come; others have their turn in between.")


@handles(job_kinds.DISCARD_STOCK)
def discard_stock(work: Work) -> str:
    """Throw a preview away that nobody has said yes to."""
    try:
        restock.discard(work.shop, SYSTEM, int(work.job.subject_id))
    except WrongState:
        return "Nothing to throw away: it is in stock."
    return "The preview is gone, with every code in it."


@handles(job_kinds.WATCH_STOCK)
def watch_stock(work: Work) -> str:
    """Look at how much of a product is left."""
    level = stock_levels.review(work.shop, int(work.job.subject_id))
    return f"Its stock is {level}." if level else "It never sells out."


@handles(job_kinds.ALERT_LOW_STOCK)
def alert_low_stock(work: WorkWith[ByEvent]) -> str:
    """Tell staff, once for each time, that a product runs low or is sold out. Nothing where it was restocked since."""
    with reading(work.shop.database) as session:
        product = shop_window.product(session, int(work.job.subject_id))
        event = session.get(Event, work.job.payload["event_id"])
        reserved = unpaid.reserved(unpaid.holdings(session, int(work.job.subject_id), clock.now()))
    fell = event.detail_of(LOW_STOCK, SOLD_OUT) if event else None
    if product is None or event is None or fell is None:
        raise NotFound("What this was about is gone.")
    threshold = fell["threshold"]
    if not product.is_on_sale or product.available is None or product.available > threshold:
        return "There is enough again, or it is not on sale any more."
    channel = ToChannel(work.shop.places.staff_channel_id)
    post(work, f"low_stock:{event.id}", "low_stock", channel, lambda: low_stock(product, threshold, reserved))
    return "Staff have been told."
