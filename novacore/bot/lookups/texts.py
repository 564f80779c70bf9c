"""What the owner's pages of the shop's texts show, read in one go: in a thread, by `Desk.run`, for the owner alone."""

from novacore.bot.lookups import orders as order_lookups
from novacore.db.queries.texts import every_text
from novacore.db.unit_of_work import reading
from novacore.messages.catalog import texts as pages
from novacore.messages.catalog.panel_words import PANEL_TEXTS
from novacore.messages.kit.layout import Message
from novacore.messages.orders import terms as terms_pages
from novacore.states.texts import ShopText
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.texts import drafts
from novacore.workflows.texts.drafts import DraftPage, Standing


def every(shop: Shop, actor: Actor) -> Message:
    """Return the list of all texts. Raises NotAllowed."""
    require_owner(actor, "look at the shop's texts")
    with reading(shop.database) as session:
        rows = every_text(session)
        terms = drafts.standing(session, ShopText.terms)
    known = {key: Standing(key, row.words, row.version, row.saved_at) for key, row in rows.items()}
    known[ShopText.terms] = terms
    return pages.texts_page([known.get(key, Standing(key)) for key in ShopText])


def page(shop: Shop, actor: Actor, key: ShopText, said: str = "") -> Message:
    """Return the page of one text. Raises NotAllowed."""
    require_owner(actor, "look at the shop's texts")
    with reading(shop.database) as session:
        standing = drafts.standing(session, key)
    return pages.text_page(standing, _seen(shop, key, standing.words or ""), said)


def preview(shop: Shop, draft: DraftPage) -> Message:
    """Return the look at a draft."""
    return pages.preview(draft, _seen(shop, draft.now.key, draft.words))


def _seen(shop: Shop, key: ShopText, words: str) -> Message:
    """Return what customers see, or would see with these words in place of what stands."""
    if key is ShopText.terms:
        return terms_pages.look(words)
    if key in PANEL_TEXTS:
        return order_lookups.panel(shop, 0, {key: words})
    return pages.as_customers_see(key, words)
