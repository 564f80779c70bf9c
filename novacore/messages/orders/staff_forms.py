"""The forms that buttons of staff open, for reasons, amounts and numbers. Each bears the custom id of its button."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from novacore.messages.kit import custom_ids
from novacore.messages.kit.layout import Form
from novacore.workflows.machine.typed_text import REASON_LIMIT


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `ask` labels it; `name` is what the answer is read by."""

    name: str
    ask: str
    hint: str = ""
    required: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True)
class StaffForm:
    """A form that a staff button opens."""

    title: str
    fields: tuple[Field, ...]


_READ: Final = "The customer reads this."
_KEPT: Final = "The details of the order keep it."


def _reason(ask: str, hint: str = _READ, *, required: bool = True) -> Field:
    return Field("reason", ask, hint, required)


_REFUNDED = Field(
    "amount",
    "Amount that you sent back",
    "All that came in: type it to be sure, or leave it empty. Send it first; we only note it.",
    required=False,
    example="19.98",
)

FORMS: Mapping[str, StaffForm] = {
    "ask_again": StaffForm(
        "Ask for another proof", (_reason("What is missing?", "The customer reads this. Be kind and exact."),)
    ),
    "reject": StaffForm("Reject this order", (_reason("Why is the payment not accepted?"),)),
    "reinstate": StaffForm("Reinstate this order", (_reason("Why does it go back to review?"),)),
    "refund": StaffForm("Refund this order", (_reason("Why does the money go back?"), _REFUNDED)),
    "fulfil": StaffForm(
        "Mark as done", (_reason("A note to the customer", "What they need to know; may stay empty.", required=False),)
    ),
    "cancel": StaffForm(
        "Cancel this order", (_reason("Why?", "The customer reads this; may stay empty.", required=False),)
    ),
    "approve_amount": StaffForm(
        "Approve another amount",
        (Field("amount", "What came in", "The books get this amount. The goods go out.", example="19.98"),),
    ),
    "replace_unit": StaffForm(
        "Replace a unit",
        (
            Field(
                "number",
                "Which one is faulty?",
                "Its number in the customer's message. Leave it empty where the order has only one.",
                required=False,
                example="2",
            ),
            _reason("What is wrong with it?", _KEPT),
        ),
    ),
    "return_money": StaffForm(
        "Return money",
        (
            Field(
                "amount",
                "Amount that you sent back",
                "Leave it empty for all that is left. Send it first; we only note it.",
                required=False,
                example="5.00",
            ),
            _reason("Why does it go back?"),
        ),
    ),
    "receive_money": StaffForm(
        "Note a payment",
        (
            Field("amount", "What came in", "Beside the payment that was approved.", example="5.00"),
            _reason("What is it for?", _KEPT),
        ),
    ),
}
"""The staff buttons that open a form; a press on any other acts at once, and so does the buyer's own `cancel`."""


def staff_form(pressed: custom_ids.CustomId) -> Form:
    """Build the form of a staff button; its custom id is the button's. Raises KeyError where the button has none."""
    form = FORMS[pressed.verb]
    return Form(form.title, pressed.text, *(_label(field) for field in form.fields))


def _label(field: Field) -> ui.Label[Any]:
    is_long = field.name == "reason"
    answer: ui.TextInput[Any] = ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        max_length=REASON_LIMIT if is_long else 40,
        required=field.required,
        placeholder=field.example or None,
    )
    return ui.Label(text=field.ask, description=field.hint or None, component=answer)
