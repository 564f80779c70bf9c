"""What staff decide by: the review card and the forms for their reasons. Posted and kept true by jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
from discord import ui

from novacore.db.queries.orders import ReviewFacts
from novacore.messages import buttons, custom_ids, words
from novacore.messages.layout import FilePart, Form, Item, Message, box, gallery, rows, text
from novacore.workflows.order_rules import REASON_LIMIT


def review_card(
    facts: ReviewFacts,
    picture: bytes | None,
    comparisons: Sequence[bytes] = (),
    account_created_at: datetime | None = None,
) -> Message:
    """Build the card on which staff decide.

    `picture` is the safe JPEG of the newest proof; `comparisons` are side-by-side JPEGs in the order of `facts.alike`.
    """
    order = facts.order
    look = words.STATES[order.status]
    items: list[Item] = [text(f"### {look.emoji} {look.label} · `{order.id}`", words.bought(order))]
    files: tuple[FilePart, ...] = ()
    if picture:
        files = (FilePart(f"proof-{order.id}.jpg", picture, "Proof of payment"),)
        items.append(gallery(*files))
    return Message(box([*items, *rows(buttons.for_staff(order))], look.colour), files)


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A form that a staff button opens. `ask` labels the reason; the customer reads the answer."""

    title: str
    ask: str
    required: bool = True


FORMS: Mapping[str, ReasonForm] = {
    "ask_again": ReasonForm("Ask for another proof", "What is wrong with this proof?"),
    "reject": ReasonForm("Reject this order", "Why is the payment not accepted?"),
    "reinstate": ReasonForm("Reinstate this order", "Why does it go back to review?"),
    "refund": ReasonForm("Refund this order", "Why does the money go back?"),
    "fulfil": ReasonForm("Mark as done", "A note to the customer", required=False),
    "cancel": ReasonForm("Cancel this order", "Why is it cancelled?", required=False),
}
"""The staff buttons that open a form; a press on any other acts at once. (The buyer's own `cancel` acts at once too.)"""


def reason_form(trigger: str, order_id: str, review_round: int | None = None) -> Form:
    """Build the form of a staff button; its custom id is the button's. Raises KeyError where the trigger has none."""
    form = FORMS[trigger]
    reason: ui.Label[Any] = ui.Label(
        text=form.ask,
        description="The customer reads this.",
        component=ui.TextInput(
            custom_id="reason",
            style=discord.TextStyle.paragraph,
            max_length=REASON_LIMIT,
            required=form.required,
        ),
    )
    extra = [_amount()] if trigger == "refund" else []
    return Form(form.title, custom_ids.order(trigger, order_id, review_round), reason, *extra)


def _amount() -> ui.Label[Any]:
    return ui.Label(
        text="Amount returned",
        description="Leave it empty for everything that came in.",
        component=ui.TextInput(custom_id="amount", required=False, max_length=20),
    )
