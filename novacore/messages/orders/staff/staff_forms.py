"""The forms that buttons open, for reasons, amounts and numbers. Each carries the custom id of its button."""

from dataclasses import replace
from typing import Any

import discord
from discord import ui

from novacore.db.models import Order
from novacore.messages.kit import custom_ids, words
from novacore.messages.kit.layout import Form
from novacore.messages.orders.buttons import ROWS
from novacore.money.coins import format_coin
from novacore.workflows.machine.buttons import Field
from novacore.workflows.machine.typed_text import REASON_LIMIT


def staff_form(pressed: custom_ids.CustomId, order: Order | None = None) -> Form:
    """Build the form of an order's button; its custom id is the button's. Raises KeyError for a verb without one.

    `order` is what came in for, where that is asked: the form says what it may be typed as.
    """
    row = ROWS[pressed.verb]
    asks = [replace(field, hint=_came_in(order)) if order and field.name == "amount" else field for field in row.asks]
    return Form(row.title, pressed.text, *map(label, asks))


def _came_in(order: Order) -> str:
    """Say how the price of this order would be typed: in its coin as well where it can be read."""
    coin, price = order.paid_by.unit, words.total(order)
    if coin and order.coin_rate is not None and order.coin_amount is not None:
        price += f", or {format_coin(order.coin_amount, coin)}"
    return f"As it was paid, like {price}. The goods go out."


def label(field: Field) -> ui.Label[Any]:
    """Draw one line of a form; a reason gets a box of several lines."""
    is_long = field.name == "reason"
    answer: ui.TextInput[Any] = ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        max_length=REASON_LIMIT if is_long else 40,
        required=field.required,
        placeholder=field.example or None,
    )
    return ui.Label(text=field.ask, description=field.hint or None, component=answer)
