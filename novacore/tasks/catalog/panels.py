"""The shop's panel, shown again after changes of catalogue, stock and vouches. The bot posts it, and posts it again."""

from collections.abc import Mapping, Sequence

from novacore.db.models import Card
from novacore.db.queries import texts
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.catalog.shop_window import CategoryRow
from novacore.db.queries.orders import vouches
from novacore.db.queries.orders.vouches import Stars
from novacore.db.unit_of_work import reading
from novacore.messages.catalog.panel_words import PANEL_TEXTS
from novacore.messages.catalog.window import PAGE_SIZE, shop_panel
from novacore.states import Method
from novacore.states.texts import ShopText
from novacore.tasks.queue.handlers import REFRESHES, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing
from novacore.workflows.catalog import sales
from novacore.workflows.machine import cards, job_kinds, panel
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.payments import methods

Shown = tuple[Sequence[CategoryRow], int, Stars, Sequence[Method], Mapping[ShopText, str]]
"""The first page of the categories, how many there are, what buyers think of the shop, the ways to pay, own words."""


@handles(job_kinds.REFRESH_PANEL)
def refresh_panel(work: Work) -> str:
    """Show what is on sale now on every panel that is remembered."""
    for _ in range(REFRESHES):
        shown = _shown(work)
        for card in cards.remembered(work.shop, CardKind.panel, panel.NAME):
            _edit(work, card, shown)
        if _shown(work) == shown:
            break
        # It changed while we were at Discord: whoever edits last must be the one who read last.
    return "The panel shows what is on sale."


@handles(job_kinds.CHANGE_SHELF)
def change_shelf(work: Work) -> str:
    """Let the panel follow as a sale begins or ends, or a product's first day comes."""
    following = sales.change(work.shop, int(work.job.subject_id))
    return "The panel follows." if following is None else "The panel follows, and will again at the next moment."


def _edit(work: Work, card: Card, shown: Shown) -> None:
    categories, total, stars, offered, own = shown
    page = shop_panel(categories, 0, total, stars, offered, work.shop.face.name, own)
    if not work.calls.edit(card.channel_id, card.message_id, lambda: outgoing(page)):
        cards.forget(work.shop, card.id)  # someone deleted it; the next start posts a new one


def _shown(work: Work) -> Shown:
    with reading(work.shop.database) as session:
        categories = shop_window.categories(session, limit=PAGE_SIZE)
        offered = [*methods.on_sale(work.shop, session).values()]
        own = texts.own_words(session, PANEL_TEXTS)
        return categories, shop_window.count_categories(session), vouches.of_shop(session), offered, own
