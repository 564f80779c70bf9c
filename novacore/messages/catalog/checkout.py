"""How many, and how to pay: the two steps between a product's page and its order. Called by the bot's shop handlers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.queries.terms import ShopTerms
from novacore.messages.catalog import window
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.money import format_money
from novacore.states import Method
from novacore.workflows.orders.discounts.pricing import Price, without_code
from novacore.workflows.orders.placing.promise import promise_of
from novacore.workflows.payments.methods import NO_WAY_TO_PAY


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the quantity form when it opens. With a `code` of None it doesn't ask for one."""

    quantity: int = 1
    code: str | None = None


def quantity_form(
    product_id: int,
    product: ProductRow | None = None,
    most: int = 1_000,
    filled: Filled | None = None,
    terms: ShopTerms | None = None,
) -> Form:
    """Ask how many, and for a code; the answer is checked when it comes. `product` is None if it was not read in time.

    `most` is how many of anything one order may hold in this shop. Where there are `terms`, they are accepted here.
    """
    filled = filled or Filled()
    count: ui.TextInput[Any] = ui.TextInput(
        custom_id="quantity", default=str(filled.quantity), min_length=1, max_length=4
    )
    hint = _how_many(product, most) if product else "A whole number."
    label: ui.Label[Any] = ui.Label(text="How many would you like?", description=hint, component=count)
    code = [] if filled.code is None else [_code_field(filled.code)]
    asked = [terms.version] if terms else []
    box_to_tick = [_terms_field(terms)] if terms else []
    return Form("Your order", custom_ids.build("shop", "buy", product_id, *asked), label, *code, *box_to_tick)


def _terms_field(terms: ShopTerms) -> ui.Label[Any]:
    """Discord's checkbox can't be required: whether it is ticked is looked at when the form comes back."""
    return ui.Label(
        text="I have read the terms and accept them",
        description=f"Version {terms.version} of {terms.saved_at:%d %b %Y}: “Our terms” on the product's page.",
        component=ui.Checkbox(custom_id="terms"),
    )


def _code_field(code: str) -> ui.Label[Any]:
    typed: ui.TextInput[Any] = ui.TextInput(
        custom_id="code", required=False, max_length=_TYPED_CODE, default=code or None
    )
    return ui.Label(text="Discount code", description="If you have one.", component=typed)


_TYPED_CODE: Final = 40
"""Longer than any code, so that one with blanks around it fits in."""


def to_correct(
    product: ProductRow, sentence: str, quantity: int, code: str, terms_version: int | None = None
) -> Message:
    """Say what is wrong with what was typed, or not ticked. The form opens again with it; the terms can be read."""
    read = [buttons.terms(terms_version)] if terms_version else []
    items = [
        text(f"⚠️ {words.pointing(sentence, _SENTENCE)}"),
        *rows([_change(product, quantity, code, "Open the form again"), *read, _back(product)]),
    ]
    return Message(box(items, colours.WARNING))


_SENTENCE: Final = 1000


def _change(product: ProductRow, quantity: int, code: str, label: str = "Change quantity or code") -> buttons.Button:
    typed = [one for one in (custom_ids.kept_code(code),) if one]
    custom_id = custom_ids.build("shop", "change", product.id, quantity, *typed)
    return ui.Button(label=label, emoji="✏️", style=ButtonStyle.primary, custom_id=custom_id)


def _back(product: ProductRow) -> buttons.Button:
    shelf = custom_ids.build("shop", "shelf", product.category_id, 0)
    return ui.Button(label="Back", emoji="◀️", custom_id=shelf)


def _how_many(product: ProductRow, most: int) -> str:
    """Say what an order may hold, and how many are left; within Discord's 100 characters."""
    allowed, available = min(product.max_quantity, most), product.available
    if available is not None and available < allowed:
        return f"From 1 to {available:,}: that is all we have left." if available > 1 else "There is only one left."
    limit = f"From 1 to {allowed:,} in one order." if allowed > 1 else "One in an order."
    return limit if available is None else f"{limit} {window.count_left(available)} left."


def method_page(
    product: ProductRow,
    quantity: int,
    methods: Collection[Method],
    note: str = "",
    price: Price | None = None,
    accepted: int | None = None,
) -> Message:
    """Ask how the customer pays; `methods` are those that are offered. A choice places the order.

    The order is placed only at what this page says. `note` says why the page is shown again. `price` is what it comes
    to; left out, nothing is taken off. `accepted` is the version of the terms that they have accepted.
    """
    price = price or without_code(product, quantity)
    bought = f"{quantity} × {words.escape(product.name)}"
    change = [_change(product, quantity, price.code)] if price.code else []
    items = [
        *([text(f"⚠️ **{words.pointing(note, _SENTENCE)}**")] if note else []),
        text("## 🧾 Your order", bought, *_sums(product, quantity, price), *window.terms(product)),
        line(),
        *_choices((product.id, quantity, _seen(product, price, accepted)), price, [_option(one) for one in methods]),
        *rows([*change, _back(product)]),
        text("-# Choosing a way to pay places the order and sets your items aside for you."),
    ]
    return Message(box(items, colours.BRAND))


def _sums(product: ProductRow, quantity: int, price: Price) -> list[str]:
    total = f"### Total {format_money(price.total_minor, price.currency)}"
    if not price.discount_minor and product.before_sale_minor is None:
        return [total]
    return [_full(product, quantity, price), *_off(price), total]


def _full(product: ProductRow, quantity: int, price: Price) -> str:
    """Say what all of them cost before a discount; at a sale price next to what they cost otherwise."""
    full = format_money(price.full_minor, price.currency)
    if product.before_sale_minor is None:
        return f"Price {full}"
    before = format_money(product.before_sale_minor * quantity, product.currency)
    until = f" until {words.stamp(product.sale_until, 'f')}" if product.sale_until else ""
    return f"Price ~~{before}~~ **{full}**{until}"


def _off(price: Price) -> list[str]:
    if not price.discount_minor:
        return []
    return [f"🏷️ {words.escape(price.label)}: {format_money(-price.discount_minor, price.currency)}"]


def _seen(product: ProductRow, price: Price, accepted: int | None) -> str:
    """Return what this page promises and what its reader has accepted, as `custom_ids` keeps it."""
    return promise_of(product, price) + (f"t{accepted}" if accepted else "")


def _choices(about: tuple[object, ...], price: Price, options: Sequence[discord.SelectOption]) -> list[Item]:
    """Return the ways to pay in one select, and in a second one where there are more than fit into it."""
    if not options:
        return [text(f"⏸️ {NO_WAY_TO_PAY}")]
    code = [price.code] if price.code else []
    address = (*about, *code)
    first = [*options[: window.PAGE_SIZE]]
    found: list[Item] = [
        window.select(custom_ids.build("shop", "method", *address), "How would you like to pay?", first)
    ]
    if more := options[window.PAGE_SIZE : 2 * window.PAGE_SIZE]:
        found.append(window.select(custom_ids.build("shop", "method", *address, "more"), "More ways to pay", [*more]))
    return found


def _option(method: Method) -> discord.SelectOption:
    return discord.SelectOption(
        label=window.label(method.label), value=method.key, emoji=method.emoji or None, description=_network(method)
    )


def _network(method: Method) -> str | None:
    if method.coin:
        return window.label(f"Network: {method.network}")
    return "PayPal balance or card" if method.known else None
