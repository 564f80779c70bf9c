"""What a customer is asked before something of theirs ends."""

from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.orders import buttons


def cancel_question(order: Order) -> Message:
    """Ask whether the order is really to be cancelled. A yes counts for the order as it is now."""
    yes: buttons.Button = ui.Button(
        label="Yes, cancel it",
        style=ButtonStyle.danger,
        custom_id=custom_ids.build("order", "cancel_now", order.id, order.version),
    )
    keep: buttons.Button = ui.Button(
        label="Keep the order", style=ButtonStyle.secondary, custom_id=custom_ids.order("keep", order.id)
    )
    asked = text(
        "## 🚫 Cancel this order?",
        f"{words.bought(order)} · **{words.total(order)}**\nOrder id `{order.id}`",
        "Your items go back on sale, and this can't be undone. **Have you paid already? Then don't cancel**: keep the "
        "order and send us the proof.",
    )
    return Message(box([asked, *rows([yes, keep])], colours.WARNING))
