"""The way through the shop: panel, category, product, how many, how to pay, order. Pages take each other's place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from novacore.bot import private_pages
from novacore.bot.answers import before_a_form, open_form, open_page, show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.queries.terms import ShopTerms
from novacore.errors import BadInput, CodeRefused, PageChanged, TermsNotAccepted, WrongState
from novacore.messages.catalog import checkout, window
from novacore.messages.catalog.checkout import Filled
from novacore.states import PaymentMethod, own_number
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.discounts import pricing
from novacore.workflows.orders.discounts.pricing import Price
from novacore.workflows.orders.discounts.typed_codes import plain
from novacore.workflows.orders.placing import limits, unpaid
from novacore.workflows.orders.placing.quantities import parse_quantity
from novacore.workflows.orders.rules import require_quantity
from novacore.workflows.payments import methods
from novacore.workflows.texts.accepting import require_ticked


async def choose_category(press: Press) -> None:
    """Show what a category has."""
    await turn_page(press.interaction)
    await _show_shelf(press, press.chosen_row(), 0)


async def turn_shelf(press: Press) -> None:
    """Show another page of a category, or the category again."""
    await turn_page(press.interaction)
    await _show_shelf(press, press.id.number(0), press.id.number(1))


async def _show_shelf(press: Press, category_id: int, page: int) -> None:
    category, products = await press.desk.run(order_lookups.shelf, category_id, page)
    await show(press.interaction, window.category_page(category, products, page))


async def turn_categories(press: Press) -> None:
    """Show the categories, for this person alone: the panel itself stays as it is for everybody."""
    await turn_page(press.interaction)
    page = press.id.number(0)
    panel = await press.desk.run(order_lookups.panel, page)
    await show(press.interaction, panel)


async def choose_product(press: Press) -> None:
    """Show a product."""
    await turn_page(press.interaction)
    await show(press.interaction, await press.desk.run(order_lookups.page_of, press.chosen_row()))


async def read_terms(press: Press) -> None:
    """Show a version of the shop's terms, on a page of its own: whoever reads them goes on where they were."""
    await open_page(press.interaction)
    await show(press.interaction, await press.desk.run(order_lookups.terms_page, press.id.number(0)))


async def ask_quantity(press: Press) -> None:
    """Ask how many, and for a code, unless nobody can buy it any more, or this person may not order now."""
    product_id, *typed = press.id.args
    found = await before_a_form(press.desk.run(_to_buy, press.actor, int(product_id)))
    product, terms = found or (None, None)
    filled = Filled(int(typed[0]) if typed else 1, "".join(typed[1:]))
    most = press.desk.shop.terms.max_quantity
    await open_form(press.interaction, checkout.quantity_form(int(product_id), product, most, filled, terms))


def _to_buy(shop: Shop, actor: Actor, product_id: int) -> tuple[ProductRow, ShopTerms | None]:
    """Return the product and the shop's terms, or raise why this person could not order it now."""
    found = order_lookups.to_buy(shop, product_id)
    blocks.refuse_blocked(shop, actor)
    unpaid.refuse_held_back(shop, actor)
    limits.refuse_early(shop, actor)
    return found


async def take_quantity(press: Press) -> None:
    """Ask how to pay, and say what it comes to. Where a code was typed, what is wrong stays in the form."""
    await turn_page(press.interaction)
    await press.desk.run(blocks.refuse_blocked, press.actor)
    await press.desk.run(unpaid.refuse_held_back, press.actor)
    typed, code = press.answers.text("quantity"), press.answers.text("code")
    quantity, (product, terms) = 1, await press.desk.run(order_lookups.with_terms, press.id.number(0))
    version = terms.version if terms else None
    try:
        quantity = parse_quantity(typed)
        require_quantity(press.desk.shop.terms, product, quantity)
        price = await _price(press, product, quantity, code)
        accepted = require_ticked(terms, _asked(press), ticked="terms" in press.answers.ticked)
    except (BadInput, TermsNotAccepted) as refusal:
        if not (plain(code) or version):
            raise
        await show(press.interaction, checkout.to_correct(product, refusal.sentence, quantity, code, version))
    else:
        await _show_methods(press, product, quantity, price, price.note, accepted)


def _asked(press: Press) -> int | None:
    """Return the version of the terms that the form named; None for a form that asked about none."""
    return press.id.number(1) if len(press.id.args) > 1 else None


async def _price(press: Press, product: ProductRow, quantity: int, code: str) -> Price:
    """Return what it comes to: without a code nothing has to be looked up for that. Raises CodeRefused."""
    if not plain(code):
        return pricing.without_code(product, quantity)
    return await press.desk.run(pricing.look, press.actor, product, quantity, code)


async def _show_methods(
    press: Press, product: ProductRow, quantity: int, price: Price, note: str = "", accepted: int | None = None
) -> None:
    offered = await press.desk.run(methods.offered)
    told = note if offered else ""
    await show(press.interaction, checkout.method_page(product, quantity, offered.values(), told, price, accepted))


async def _show_as_it_is(press: Press, chosen: Checkout, note: str) -> None:
    """Show the page again, at what the order comes to now: without the code where that counts no longer."""
    product = await press.desk.run(order_lookups.product, chosen.product_id)
    require_quantity(press.desk.shop.terms, product, chosen.quantity)
    try:
        price = await _price(press, product, chosen.quantity, chosen.code)
    except CodeRefused as refusal:
        price = replace(pricing.without_code(product, chosen.quantity), note=refusal.sentence)
    notes = [note] if price.note in note else [note, price.note]
    await _show_methods(press, product, chosen.quantity, price, " ".join(notes), chosen.terms)


async def _ask_again(press: Press, chosen: Checkout, sentence: str) -> None:
    """Say that the terms have to be accepted, with what was typed one press away."""
    product, terms = await press.desk.run(order_lookups.with_terms, chosen.product_id)
    version = terms.version if terms else None
    page = checkout.to_correct(product, sentence, chosen.quantity, chosen.code, version)
    await show(press.interaction, page)


async def place_order(press: Press) -> None:
    """Place the order and say how to pay. One page of the shop becomes one order, however often it is pressed.

    Where the product or the ways to pay changed after the page was shown, nothing is ordered and the page is shown as
    it is now.
    """
    await turn_page(press.interaction)
    page = press.interaction.message
    key = f"{press.actor.id}:{page.id if page else press.interaction.id}"
    seen, code, terms = _seen_and_code([one for one in press.id.args[2:] if one != "more"])
    chosen = Checkout(key, press.id.number(0), press.id.number(1), _method(press.chosen), seen, code, terms)
    try:
        order = await press.desk.run(orders.place, press.actor, chosen)
    except TermsNotAccepted as refusal:
        await _ask_again(press, chosen, refusal.sentence)
        return
    except PageChanged as refusal:
        await _show_as_it_is(press, chosen, refusal.sentence)
        return
    await private_pages.show_order(press.desk, press.interaction, order.id)


def _seen_and_code(args: Sequence[str]) -> tuple[str | None, str, int | None]:
    """Return the promise of a page, None on pages of older releases, the code that its total counts in, and the terms.

    The last is the version that was accepted before the page was shown; None for none.
    """
    promise, _, terms = (args[0] if args else "").partition("t")
    return promise or None, "".join(args[1:]), int(terms) if terms else None


def _method(chosen: str) -> str:
    """Return the key that was picked. Raises WrongState for anything that our selects never offer."""
    if PaymentMethod.of(chosen) is None and own_number(chosen) is None:
        raise WrongState(OUT_OF_DATE)
    return chosen


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("shop", "category"): choose_category,
    ("shop", "shelf"): turn_shelf,
    ("shop", "categories"): turn_categories,
    ("shop", "product"): choose_product,
    ("shop", "terms"): read_terms,
    ("shop", "buy"): ask_quantity,
    ("shop", "change"): ask_quantity,
    ("shop", "method"): place_order,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("shop", "buy"): take_quantity}
