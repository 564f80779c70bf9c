"""What an owner may have the shop say, as long as it may be, and the pages on which they look at it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.db.queries.terms import ShopTerms
from novacore.messages.catalog import checkout, window
from novacore.messages.catalog import texts as pages
from novacore.messages.catalog.panel_words import PANEL_TEXTS
from novacore.messages.kit.layout import Message
from novacore.messages.orders import terms as terms_pages
from novacore.messages.orders.after_sale import vouch_invite
from novacore.messages.orders.customer.order_card import receipt
from novacore.messages.orders.customer.private_page import private_page
from novacore.states import Method, OrderStatus, ReferenceNeed, known_method
from novacore.states.payments import PaymentMethod
from novacore.states.texts import ShopText
from novacore.workflows.texts import rules
from novacore.workflows.texts.drafts import DraftPage, Standing
from tests.messages import samples
from tests.messages.private import ENDS_AT, long_queue


def every_text(text: str) -> Iterator[tuple[str, Message]]:
    """Build everything that shows a text in the owner's words, and their pages, in every state."""
    own = dict.fromkeys(ShopText, text)
    shelf = [samples.category(id=n, name=text) for n in range(1, 26)]
    bank = Method(key="own_1", label=text[:40], emoji="🏦", instructions=text, need=ReferenceNeed.none)
    ways = [known_method(PaymentMethod.btc), known_method(PaymentMethod.paypal), bank, replace(bank, key="own_2")]

    def panel() -> Message:
        return window.shop_panel(shelf, 1, 99, methods=ways, name=text, own=own)

    yield "panel in own words", panel()
    yield "invitation in own words", vouch_invite(samples.order(product_name=text), text)
    order = samples.order(OrderStatus.under_review, product_name=text, reason=text)
    waiting = OwnOrders((order,), dms_closed=True, queue=long_queue([order]), after_payment=text)
    yield "order in own words", private_page(waiting, ENDS_AT)
    yield "receipt in own words", receipt(order, text, text)
    terms = ShopTerms(10**6, text, samples.NOW)
    yield "terms", terms_pages.terms_page(terms, replace(terms, version=10**6 - 1))
    yield "terms in force", terms_pages.terms_page(terms, terms)
    product = samples.product(name=text, description=text, category=text)
    yield "product with terms", window.product_page(product, 10**6)
    yield "terms to accept", checkout.to_correct(product, text, 1000, text, 10**6)
    yield "methods, terms accepted", checkout.method_page(product, 1000, ways, text, accepted=10**6)
    accepted = samples.order(product_name=text, terms_version=10**6)
    yield "receipt with terms", receipt(accepted, text)
    yield "texts", pages.texts_page([Standing(key, text, 3, samples.NOW) for key in ShopText])
    for key in ShopText:
        seen = partial(terms_pages.look, text) if key is ShopText.terms else partial(pages.as_customers_see, key, text)
        shown = panel if key in PANEL_TEXTS else seen
        standing = Standing(key, text, 3, samples.NOW)
        yield f"text {key}", pages.text_page(standing, shown(), "### ✅ Saved. Customers read it from now on.")
        words, slips = rules.read(key, text)
        for is_overtaken in (False, True):
            draft = DraftPage(7, words, slips, standing, is_overtaken)
            yield f"draft of {key}, overtaken {is_overtaken}", pages.preview(draft, shown())
