"""What a page shows, read in one go. Every function runs in a thread through `Desk.run`; who may look is asked here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from novacore import clock
from novacore.bot.lookups import MOST_CHOICES
from novacore.db.models import Order, Person
from novacore.db.queries import people, texts
from novacore.db.queries import terms as shop_terms
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.catalog.shop_window import CategoryRow, ProductRow
from novacore.db.queries.orders import contests, orders, proofs, suggestions, vouches
from novacore.db.queries.orders.contests import RefusedPicture
from novacore.db.queries.orders.orders import OrderDetails, QueueRow, QueueTotals
from novacore.db.queries.orders.vouches import Stars
from novacore.db.queries.terms import ShopTerms
from novacore.db.unit_of_work import reading
from novacore.errors import NotAllowed, NotFound, SoldOut
from novacore.ids import parse_order_id
from novacore.messages.catalog.finding import found_page
from novacore.messages.catalog.panel_words import PANEL_TEXTS
from novacore.messages.catalog.window import PAGE_SIZE, product_page, shop_panel
from novacore.messages.kit.layout import Message
from novacore.messages.orders import terms as terms_pages
from novacore.messages.orders.staff.blocks import BLOCKS_PAGE
from novacore.messages.orders.staff.pages import QUEUE_PAGE
from novacore.money import format_money
from novacore.states.texts import ShopText
from novacore.wallets.explorers import Explorers
from novacore.workflows.machine.policy import (
    BY_REVIEWER,
    BY_REVIEWERS,
    Actor,
    Permission,
    authorise,
    require_reviewer,
    require_staff,
)
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import tidy_name
from novacore.workflows.orders.desk.found_orders import LOOK
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import methods, shared_evidence

MOST_PICTURES = 9 * 1024 * 1024
"""Bytes of pictures on one page: Discord takes 10 MiB of files, and the story is one of them."""


def panel(shop: Shop, page: int = 0, instead: Mapping[ShopText, str] = MappingProxyType({})) -> Message:
    """Return the panel of the shop, or another page of it, counted from 0; `instead` are texts to look at."""
    found, total, stars = categories(shop, page)
    if instead and not found:
        found = [_EXAMPLE]  # without anything on sale the panel says nothing else
    with reading(shop.database) as session:
        offered, own = methods.on_sale(shop, session), texts.own_words(session, PANEL_TEXTS)
    return shop_panel(found, page, total, stars, offered.values(), shop.face.name, {**own, **instead})


_EXAMPLE: Final = CategoryRow(1, "Games", 3)


def categories(shop: Shop, page: int = 0) -> tuple[Sequence[CategoryRow], int, Stars]:
    """Return a page of the categories (counted from 0), how many there are, and what buyers think of us."""
    with reading(shop.database) as session:
        found = shop_window.categories(session, limit=PAGE_SIZE, offset=page * PAGE_SIZE)
        return found, shop_window.count_categories(session), vouches.of_shop(session)


def shelf(shop: Shop, category_id: int, page: int = 0) -> tuple[CategoryRow, Sequence[ProductRow]]:
    """Return a category and a page of its products. Raises NotFound when nothing of it is on sale any more."""
    with reading(shop.database) as session:
        category = shop_window.category(session, category_id)
        if category is None:
            raise NotFound("Nothing is on sale there any more. `/shop` shows what we have.")
        return category, shop_window.products(session, category_id, limit=PAGE_SIZE, offset=page * PAGE_SIZE)


def found(shop: Shop, typed: str) -> Message:
    """Return what `/find` answers: the page of the one product that fits, or a list.

    Raises NotFound for one that was picked and isn't on sale any more.
    """
    if (number := _PICKED.fullmatch(typed.strip())) is not None:
        return page_of(shop, int(number[1]))
    words = tidy_name(typed)[:MOST_TYPED]
    with reading(shop.database) as session:
        fitting = shop_window.found(session, words, limit=PAGE_SIZE + 1) if words else ()
    if len(fitting) == 1:
        return page_of(shop, fitting[0].id)
    return found_page(words, fitting)


def on_offer(shop: Shop, _actor: Actor, typed: str) -> Sequence[ProductRow]:
    """Return products to choose from while someone types."""
    with reading(shop.database) as session:
        return shop_window.found(session, tidy_name(typed)[:MOST_TYPED], limit=MOST_CHOICES)


PICKED = "product:"
"""Before the number of a product that was picked from what was offered: nobody types a name like that."""

MOST_TYPED = 100
"""Characters of a search that count."""

_PICKED = re.compile(rf"{PICKED}(\d{{1,18}})", re.ASCII)


def product(shop: Shop, product_id: int) -> ProductRow:
    """Return a product with its picture. Raises NotFound when it is not on sale any more."""
    with reading(shop.database) as session:
        return _on_sale(shop_window.product(session, product_id))


def _on_sale(found: ProductRow | None) -> ProductRow:
    if found is None or not found.is_on_sale:
        raise NotFound("That product is not on sale any more. `/shop` shows what we have.")
    return found


def with_terms(shop: Shop, product_id: int) -> tuple[ProductRow, ShopTerms | None]:
    """Return a product, and the shop's terms where it has some. Raises NotFound."""
    with reading(shop.database) as session:
        return _on_sale(shop_window.product(session, product_id)), shop_terms.in_force(session)


def page_of(shop: Shop, product_id: int) -> Message:
    """Return a product's page, on which the terms can be read where there are any. Raises NotFound."""
    found, terms = with_terms(shop, product_id)
    return product_page(found, terms.version if terms else None)


def to_buy(shop: Shop, product_id: int) -> tuple[ProductRow, ShopTerms | None]:
    """Return the same for someone who wants to buy now. Raises NotFound, and SoldOut where none is left."""
    found, terms = with_terms(shop, product_id)
    if found.is_sold_out:
        raise SoldOut(f"Sorry, {found.name} is sold out.")
    return found, terms


def terms_page(shop: Shop, version: int) -> Message:
    """Return a version of the shop's terms as customers read it. Raises NotFound."""
    with reading(shop.database) as session:
        found, now = shop_terms.version(session, version), shop_terms.in_force(session)
    if found is None or found.words is None:
        raise NotFound("The shop has no such terms.")
    return terms_pages.terms_page(found, now)


def page_again(shop: Shop, actor: Actor, order_id: str) -> Message:
    """Return the page of an order's product, as it is today. Raises NotFound: theirs, or on sale, no more."""
    with reading(shop.database) as session:
        order = session.get(Order, order_id)
    if order is None or order.customer_id != actor.id:
        raise NotFound(ORDERS.missing)
    return page_of(shop, order.product_id)


def queue(shop: Shop, actor: Actor, page: int) -> tuple[QueueTotals, Sequence[QueueRow]]:
    """Return how many orders wait in the queue, and a page of them. Raises NotAllowed for customers.

    Reviewers see the proofs alone.
    """
    require_reviewer(actor, "look at the queue")
    with reading(shop.database) as session:
        late, offset = shop.terms.late_window, page * QUEUE_PAGE
        return orders.queue(session, limit=QUEUE_PAGE, offset=offset, late=late, proofs_alone=not actor.decides)


def blocked(shop: Shop, actor: Actor, page: int) -> tuple[int, Sequence[Person]]:
    """Return how many people are blocked, and a page of them. Raises NotAllowed for anybody but staff."""
    require_staff(actor, "look at the blocks")
    with reading(shop.database) as session:
        return people.blocked(session, clock.now(), limit=BLOCKS_PAGE, offset=page * BLOCKS_PAGE)


Seen = tuple[OrderDetails, bytes | None, Sequence[RefusedPicture], Explorers, bool]
"""What `pages.details` takes."""


def details(shop: Shop, actor: Actor, order_id: str) -> Seen:
    """Return the whole story of an order with the picture of its proof, and those of contested ones.

    For a reviewer, without notes, and only what they may decide on now. Raises NotAllowed, or NotFound for staff.
    """
    told = story(shop, actor, order_id)
    proof = told.facts.proof
    with reading(shop.database) as session:
        picture = proofs.picture(session, proof.id) if proof else None
        room = MOST_PICTURES - len(picture or b"")
        refused = contests.pictures(session, told.facts.order.id, room) if told.facts.contested else ()
    return told, picture, refused, shop.explorers, not actor.decides


def story(shop: Shop, actor: Actor, order_id: str) -> OrderDetails:
    """Return the story alone, for its further pages: pictures are megabytes. Raises as `details` does."""
    require_reviewer(actor, _LOOK.verb)
    with reading(shop.database) as session:
        told = shared_evidence.details(session, known_id(order_id), shop.terms.late_window)
    if told is None:
        raise NotFound(ORDERS.missing)
    return told if actor.decides else _to_review(actor, told)


_LOOK: Final = Permission(BY_REVIEWERS, LOOK, not_own=True)


def _to_review(actor: Actor, story: OrderDetails) -> OrderDetails:
    """Leave what a reviewer needs to decide on an order that waits for that. Raises NotAllowed for any other."""
    order = story.facts.order
    authorise(_LOOK, actor, order.customer_id)
    if not ORDERS.open_to(order, BY_REVIEWER):
        raise NotAllowed("Only staff can look at this order: no proof of it waits for a decision.")
    return replace(story, facts=replace(story.facts, notes=None), notes=())


def to_decide(shop: Shop, actor: Actor, order_id: str) -> Order:
    """Return an order that staff decide on. Raises NotAllowed, or NotFound for staff."""
    require_reviewer(actor, "use that button")
    with reading(shop.database) as session:
        order = session.get(Order, order_id)
    if order is None:
        raise NotFound(ORDERS.missing)
    return order


def came_in(shop: Shop, order: Order) -> str:
    """Return the money that came in for an order, as the books have it."""
    with reading(shop.database) as session:
        return format_money(orders.money(session, order.id).received, order.currency)


def known_id(typed: str) -> str:
    """Return an order id that someone typed, as it is stored. Raises NotFound when it is none."""
    order_id = parse_order_id(typed)
    if order_id is None:
        raise NotFound(ORDERS.missing)
    return order_id


def ids_awaiting_proof(shop: Shop, actor: Actor, typed: str) -> list[Order]:
    """Return the actor's own orders that a proof can be sent for and whose id or product has what was typed."""
    with reading(shop.database) as session:
        return _matching(suggestions.awaiting_proof(session, actor.id or 0), typed)


def ids_to_look_at(shop: Shop, actor: Actor, typed: str) -> list[Order]:
    """Return the newest orders whose id or product has what was typed, then older ones whose id begins with it.

    Nothing for anybody but staff.
    """
    if not actor.decides:
        return []
    with reading(shop.database) as session:
        found = {order.id: order for order in _matching(suggestions.recent(session), typed)}
        if beginning := _beginning_of_id(typed):
            older = suggestions.starting_with(session, beginning, MOST_CHOICES)
            found |= {order.id: order for order in older}
    return [*found.values()][:MOST_CHOICES]


def _beginning_of_id(typed: str) -> str:
    """Return what was typed as an id begins, a day at least; empty for anything else."""
    bare = typed.strip().upper()
    return bare if re.fullmatch(r"NC-\d{4,8}(-[A-Z0-9]{0,6})?", bare, re.ASCII) else ""


def ids_with_vouch(shop: Shop, actor: Actor, typed: str) -> list[Order]:
    """Return the orders with the newest vouches whose id or product has what was typed; for staff alone."""
    if not actor.decides:
        return []
    with reading(shop.database) as session:
        return _matching(suggestions.with_vouch(session), typed)


def _matching(found: Sequence[Order], typed: str) -> list[Order]:
    wanted = typed.strip().casefold()
    fitting = [order for order in found if wanted in order.id.casefold() or wanted in order.product_name.casefold()]
    return fitting[:MOST_CHOICES]
