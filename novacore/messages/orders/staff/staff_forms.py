"""The forms that buttons open, for reasons, amounts and numbers. Each carries the custom id of its button."""

from typing import Any

import discord
from discord import ui

from novacore.messages.kit import custom_ids
from novacore.messages.kit.layout import Form
from novacore.messages.orders.buttons import ROWS
from novacore.workflows.machine.buttons import Field
from novacore.workflows.machine.typed_text import REASON_LIMIT


def staff_form(pressed: custom_ids.CustomId) -> Form:
    """Build the form of an order's button; its custom id is the button's. Raises KeyError for a verb without one."""
    row = ROWS[pressed.verb]
    return Form(row.title, pressed.text, *(label(field) for field in row.asks))


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
