"""The way through the shop: panel, category, product, how many, how to pay, order. Pages take each other's place."""

from collections.abc import Mapping

from novacore.bot import private_pages
from novacore.bot.answers import before_a_form, open_form, show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.errors import PageChanged, WrongState
from novacore.messages.catalog import checkout, window
from novacore.states import PaymentMethod, own_number
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.commands import Checkout, parse_quantity
from novacore.workflows.orders.placing import unpaid
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
    """Ask how many, unless nobody can buy it any more."""
    product_id = press.id.number(0)
    product = await before_a_form(press.desk.run(order_lookups.to_buy, product_id))
    await open_form(press.interaction, checkout.quantity_form(product_id, product, press.desk.shop.terms.max_quantity))


async def take_quantity(press: Press) -> None:
    """Ask how to pay, and say what it comes to."""
    await turn_page(press.interaction)
    await press.desk.run(blocks.refuse_blocked, press.actor)
    await press.desk.run(unpaid.refuse_held_back, press.actor)
    quantity = parse_quantity(press.answers.text("quantity"))
    await _show_methods(press, quantity)


async def _show_methods(press: Press, quantity: int, note: str = "") -> None:
    product = await press.desk.run(order_lookups.product, press.id.number(0))
    require_quantity(press.desk.shop.terms, product, quantity)
    offered = await press.desk.run(methods.offered)
    await show(press.interaction, checkout.method_page(product, quantity, offered.values(), note if offered else ""))


async def place_order(press: Press) -> None:
    """Place the order and say how to pay. One page of the shop becomes one order, however often it is pressed.

    Where the product or the ways to pay changed after the page was shown, nothing is ordered and the page is shown as
    it is now.
    """
    await turn_page(press.interaction)
    page = press.interaction.message
    key = f"{press.actor.id}:{page.id if page else press.interaction.id}"
    seen = next((one for one in press.id.args[2:] if one != "more"), None)
    chosen = Checkout(key, press.id.number(0), press.id.number(1), _method(press.chosen), seen)
    try:
        order = await press.desk.run(orders.place, press.actor, chosen)
    except PageChanged as refusal:
        await _show_methods(press, chosen.quantity, refusal.sentence)
        return
    await private_pages.show_order(press.desk, press.interaction, order.id)


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
    ("shop", "method"): place_order,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("shop", "buy"): take_quantity}
