"""What staff look up: the queue, and an order's whole story."""

import math
from collections.abc import Sequence
from typing import Final

from discord import ui

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import LedgerEntry, Order
from novacore.db.queries.orders.contests import RefusedPicture
from novacore.db.queries.orders.orders import OrderDetails, QueueRow, QueueTotals, ReviewFacts
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import MOST_TEXT, Item, Message, box, gallery, length, line, one_each_line, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.messages.orders.desk import notes
from novacore.messages.orders.staff import alerts, contests, review
from novacore.messages.orders.staff.expected import explorer_links, flags
from novacore.messages.orders.staff.story import job_name, paged, story_file
from novacore.money import format_money
from novacore.plurals import counted
from novacore.states import JobState, LedgerDirection
from novacore.wallets.explorers import NO_EXPLORERS, Explorers

QUEUE_PAGE: Final = 10
"""Orders on one page of /queue; the query pages by it."""

_ROW_NAME = 50
"""Of a product's name in a row of the queue."""


# ---- the queue


def queue_page(totals: QueueTotals, waiting: Sequence[QueueRow], page: int = 0) -> Message:
    """Build a page (counted from 0) of the queue: what waits for staff, then what waits for another proof."""
    if not waiting:
        return Message(box([text("## 🔎 Review queue", _nothing(totals))], colours.BRAND))
    for_customers = [row for row in waiting[:QUEUE_PAGE] if row.status.row.staff_choice]
    for_staff = [row for row in waiting[:QUEUE_PAGE] if not row.status.row.staff_choice]
    items: list[Item] = [
        text("## 🔎 Review queue", _for_staff(totals)),
        *([line(), *map(_row, for_staff)] if for_staff else []),
        *([line(), text(_for_customers(totals)), *map(_row, for_customers)] if for_customers else []),
    ]
    pages = math.ceil(totals.together / QUEUE_PAGE)
    turn = buttons.paging(page, pages, lambda n: custom_ids.build("order", "queue", n))
    return Message(box([*items, *rows(turn)], colours.CHECKING))


def _nothing(totals: QueueTotals) -> str:
    if totals.together == 0:
        return "Nobody is waiting. ☕"
    return "Nothing on this page any more. Type `/queue` for the first one."


def _for_staff(totals: QueueTotals) -> str:
    if totals.for_staff == 0:
        return "Nobody is waiting for staff. ☕"
    return f"{counted(totals.for_staff, 'order', 'orders')} waiting for staff, the longest wait first"


def _for_customers(totals: QueueTotals) -> str:
    count = counted(totals.for_customers, "customer was", "customers were")
    return f"### 🔁 Waiting for another proof\n{count} asked for it. You can still approve the proof you already have."


def _row(row: QueueRow) -> Item:
    since = f"waiting since {words.stamp(row.submitted_at)}" if row.submitted_at else "waiting"
    if row.status.row.staff_choice and row.expires_at:
        since = f"expires {words.stamp(row.expires_at)}"
    late = " · ⚠️ late" if row.is_late else ""
    alike = " · ⚠️ not the only order with its amount" if row.shares_amount else ""
    task = row.status.row.staff_task or row.status.row.staff_task_by_hand or row.status.row.staff_choice
    price = format_money(row.total_minor, row.currency)
    words_of_it = one_each_line(
        f"**{row.quantity} × {words.escape(row.product_name, _ROW_NAME)}** · {price}",
        f"-# {words.inline(row.order_id)} · <@{row.customer_id}> · {task}, {since}{late}{alike}",
    )
    return ui.Section(words_of_it, accessory=buttons.details(row.order_id, "Open"))


# ---- the whole story of an order


def details(
    story: OrderDetails,
    picture: bytes | None,
    refused: Sequence[RefusedPicture] = (),
    explorers: Explorers = NO_EXPLORERS,
    for_reviewer: bool = False,
) -> Message:
    """Build the first page of an order's story: where it stands, its proof and its buttons, and how it began.

    `refused` are the pictures of contested proofs. What does not fit is on further pages, and all of it in a text file
    in the same message. `for_reviewer`: with no buttons but those that decide on the proof.
    """
    order = story.facts.order
    proof = (*review.proof_parts(order, picture), *contests.refused_parts(order, refused))
    links = explorer_links(order, story.facts.proof, explorers)
    ways = review.decisions(story.facts) if for_reviewer else [*review.ways(story.facts, books=True), *_dead(story)]
    pages = _pages(story)
    files = (story_file(story),) if len(pages) > 1 else ()
    items: list[Item] = [
        *_above(story),
        *([gallery(*proof)] if proof else []),
        line(),
        text(pages[0]),
        *[ui.File(file.url) for file in files],
        *_turn(order.id, 0, len(pages)),
        *rows([*ways, *_read_terms(story), *links, *([] if for_reviewer else _about(story.facts))]),
    ]
    return Message(box(items, appearance.colour(order.status)), (*proof, *files))


def story_page(story: OrderDetails, page: int) -> Message:
    """Build a further page (counted from 0) of an order's story. The first one is `details`."""
    order, pages = story.facts.order, _pages(story)
    told = pages[page] if page < len(pages) else "Nothing on this page any more."
    # From the second page "Back" leads there anyway, and Discord takes no custom id twice.
    back = rows([buttons.first_page(order.id)]) if page != 1 else []
    items = [review.head(story.facts), line(), text(told), *_turn(order.id, page, len(pages)), *back]
    return Message(box(items, appearance.colour(order.status)))


def _about(facts: ReviewFacts) -> list[buttons.Button]:
    return [*notes.on_details(facts), notes.open_customer(facts.customer.id, custom_ids.BESIDE)]


def _files(story: OrderDetails) -> list[str]:
    return [f"📁 {counted(story.files, 'file comes', 'files come')} with it"] if story.files else []


def _terms(story: OrderDetails) -> list[str]:
    if story.terms is None:
        return []
    return [
        f"📜 The customer accepted our terms, version {story.terms.version} of {words.stamp(story.terms.saved_at, 'f')}"
    ]


def _above(story: OrderDetails) -> list[Item]:
    facts = story.facts
    told = text(*review.about(facts), *_files(story), *_terms(story), *_moments(facts.order), *_money(story.ledger))
    against = [*contests.flags(facts.contested, came_first=False)]
    return [review.head(facts), *([text(*against)] if against else []), *flags(facts), line(), told]


def _pages(story: OrderDetails) -> list[str]:
    first = MOST_TEXT - length(_above(story)) - _TURNING
    return paged(story, first, MOST_TEXT - length([review.head(story.facts)]) - _TURNING)


_TURNING: Final = 60
"""Characters that the number of the page takes."""

_MOST_RETRIES: Final = 3


def _turn(order_id: str, page: int, pages: int) -> list[Item]:
    if pages < 2:
        return []
    ways = buttons.paging(page, pages, lambda n: custom_ids.build("order", "story", order_id, n))
    return [text(f"-# Page {page + 1} of {pages}"), *rows(ways)]


def _read_terms(story: OrderDetails) -> list[buttons.Button]:
    return [buttons.terms(story.terms.version, "Terms they accepted")] if story.terms else []


def _dead(story: OrderDetails) -> list[buttons.Button]:
    """Return the buttons that have dead jobs tried again, for the newest of those that staff were told of."""
    told = {died["job_id"] for event in story.events if (died := event.detail_of(JOB_DIED))}
    dead = [one.job for one in story.jobs if one.job.state is JobState.dead and one.job.id in told]
    return [alerts.try_again(job.id, f"Try again: {job_name(job.name)}") for job in dead[-_MOST_RETRIES:]]


def _moments(order: Order) -> list[str]:
    moments = {
        "Ordered": order.placed_at,
        "proof": order.submitted_at,
        "decided": order.decided_at,
        "delivered": order.delivered_at,
        "expired": order.expired_at,
        "expires": order.expires_at,
    }
    known = [f"{what} {words.stamp(at, 'f')}" for what, at in moments.items() if at]
    return ["🕒 " + " · ".join(known)]


def _money(ledger: Sequence[LedgerEntry]) -> list[str]:
    if not ledger:
        return []
    signs = {LedgerDirection.received: "received", LedgerDirection.returned: "returned"}
    moved = [f"{format_money(one.amount_minor, one.currency)} {signs[one.direction]}" for one in ledger[-5:]]
    return ["🏦 " + " · ".join(moved)]
