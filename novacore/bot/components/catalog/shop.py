"""The way through the shop: panel, category, product, how many, how to pay, order. Pages take each other's place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from novacore.bot import private_pages
from novacore.bot.answers import before_a_form, open_form, show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.errors import BadInput, CodeRefused, PageChanged, WrongState
from novacore.messages.catalog import checkout, window
from novacore.messages.catalog.checkout import Filled
from novacore.states import PaymentMethod, own_number
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.commands import Checkout, parse_quantity
from novacore.workflows.orders.discounts import pricing
from novacore.workflows.orders.discounts.pricing import Price
from novacore.workflows.orders.discounts.typed_codes import plain
from novacore.workflows.orders.placing import limits, unpaid
from novacore.workflows.orders.rules import require_quantity
from novacore.workflows.payments import methods


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
    product = await press.desk.run(order_lookups.product, press.chosen_row())
    await show(press.interaction, window.product_page(product))


async def ask_quantity(press: Press) -> None:
    """Ask how many, and for a code, unless nobody can buy it any more, or this person may not order now."""
    product_id, *typed = press.id.args
    product = await before_a_form(press.desk.run(_to_buy, press.actor, int(product_id)))
    filled = Filled(int(typed[0]) if typed else 1, "".join(typed[1:]))
    most = press.desk.shop.terms.max_quantity
    await open_form(press.interaction, checkout.quantity_form(int(product_id), product, most, filled))


def _to_buy(shop: Shop, actor: Actor, product_id: int) -> ProductRow:
    """Return the product, or raise why this person could not order it now."""
    product = order_lookups.to_buy(shop, product_id)
    blocks.refuse_blocked(shop, actor)
    unpaid.refuse_held_back(shop, actor)
    limits.refuse_early(shop, actor)
    return product


async def take_quantity(press: Press) -> None:
    """Ask how to pay, and say what it comes to. Where a code was typed, what is wrong stays in the form."""
    await turn_page(press.interaction)
    await press.desk.run(blocks.refuse_blocked, press.actor)
    await press.desk.run(unpaid.refuse_held_back, press.actor)
    typed, code = press.answers.text("quantity"), press.answers.text("code")
    quantity, product = 1, await press.desk.run(order_lookups.product, press.id.number(0))
    try:
        quantity = parse_quantity(typed)
        require_quantity(press.desk.shop.terms, product, quantity)
        price = await _price(press, product, quantity, code)
    except BadInput as refusal:
        if not plain(code):
            raise
        await show(press.interaction, checkout.to_correct(product, refusal.sentence, quantity, code))
    else:
        await _show_methods(press, product, quantity, price, price.note)


async def _price(press: Press, product: ProductRow, quantity: int, code: str) -> Price:
    """Return what it comes to: without a code nothing has to be looked up for that. Raises CodeRefused."""
    if not plain(code):
        return pricing.without_code(product, quantity)
    return await press.desk.run(pricing.look, press.actor, product, quantity, code)


async def _show_methods(press: Press, product: ProductRow, quantity: int, price: Price, note: str = "") -> None:
    offered = await press.desk.run(methods.offered)
    told = note if offered else ""
    await show(press.interaction, checkout.method_page(product, quantity, offered.values(), told, price))


async def _show_as_it_is(press: Press, chosen: Checkout, note: str) -> None:
    """Show the page again, at what the order comes to now: without the code where that counts no longer."""
    product = await press.desk.run(order_lookups.product, chosen.product_id)
    require_quantity(press.desk.shop.terms, product, chosen.quantity)
    try:
        price = await _price(press, product, chosen.quantity, chosen.code)
    except CodeRefused as refusal:
        price = replace(pricing.without_code(product, chosen.quantity), note=refusal.sentence)
    notes = [note] if price.note in note else [note, price.note]
    await _show_methods(press, product, chosen.quantity, price, " ".join(notes))


async def place_order(press: Press) -> None:
    """Place the order and say how to pay. One page of the shop becomes one order, however often it is pressed.

    Where the product or the ways to pay changed after the page was shown, nothing is ordered and the page is shown as
    it is now.
    """
    await turn_page(press.interaction)
    page = press.interaction.message
    key = f"{press.actor.id}:{page.id if page else press.interaction.id}"
    seen, code = _seen_and_code([one for one in press.id.args[2:] if one != "more"])
    chosen = Checkout(key, press.id.number(0), press.id.number(1), _method(press.chosen), seen, code)
    try:
        order = await press.desk.run(orders.place, press.actor, chosen)
    except PageChanged as refusal:
        await _show_as_it_is(press, chosen, refusal.sentence)
        return
    await private_pages.show_order(press.desk, press.interaction, order.id)


def _seen_and_code(args: Sequence[str]) -> tuple[str | None, str]:
    """Return the promise of a page, None on pages of older releases, and the code that its total counts in."""
    return (args[0] if args else None), "".join(args[1:])


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
    ("shop", "buy"): ask_quantity,
    ("shop", "change"): ask_quantity,
    ("shop", "method"): place_order,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("shop", "buy"): take_quantity}
