"""A proof whose transaction id or order id was wrong: what its customer reads, and the form that asks for that id."""

from typing import Any

from discord import ButtonStyle, ui

from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Message, box, rows, text
from novacore.messages.orders import buttons
from novacore.messages.orders.customer.order_card import reference_fields
from novacore.states import Method

_LIMIT = 1500


def try_again(sentence: str, kept_id: int) -> Message:
    """Say what was wrong, and that the picture need not be sent again."""
    again: buttons.Button = ui.Button(
        label="Try again", style=ButtonStyle.primary, emoji="✏️", custom_id=custom_ids.build("proof", "retry", kept_id)
    )
    told = text(
        f"⚠️ {words.pointing(sentence, _LIMIT)}",
        "We've kept your picture for now. Press **Try again** and enter only what was wrong.",
    )
    return Message(box([told, *rows([again])], colours.WARNING))


def send_another(sentence: str, order_id: str) -> Message:
    """Say what was wrong with a proof, with the way to send another one whole."""
    again = buttons.drawn(buttons.ROWS["submit_proof"], custom_ids.order("submit_proof", order_id))
    told = text(f"⚠️ {words.pointing(sentence, _LIMIT)}")
    return Message(box([told, *rows([again])], colours.WARNING))


def retry_form(kept_id: int, method: Method | None, typed: str) -> Form:
    """Ask for the order's id where `method` is None; else for the reference, with what was typed before."""
    fields = reference_fields(method, typed) if method else [_order_id()]
    return Form("Send payment proof", custom_ids.build("proof", "retry", kept_id), *fields)


def _order_id() -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(custom_id="order_id", min_length=1, max_length=40)
    return ui.Label(text="Order id", description="Like NC-20260102-ABCDEF. /orders shows it.", component=field)
