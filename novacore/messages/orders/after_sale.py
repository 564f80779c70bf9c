"""What follows a delivery: the purchase notice in the public log, and the invitation to leave a vouch."""

from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.orders import buttons
from novacore.workflows.machine.shop import Terms


def purchase_announcement(order: Order, terms: Terms) -> Message:
    """Build the public notice. A mention, which pings nobody, is all that it may tell about the person."""
    return Message(box([text(f"🛍️ {_deed(order, terms)}", "-# Thank you for your trust!")], colours.DONE))


def struck_announcement(order: Order, terms: Terms) -> Message:
    """Build the notice as it stands after a refund: struck out."""
    struck = text(f"~~🛍️ {_deed(order, terms)}~~", "-# This purchase was refunded.")
    return Message(box([struck], colours.ENDED))


def _deed(order: Order, terms: Terms) -> str:
    """Say as much as the owner lets the public know."""
    who = f"<@{order.customer_id}>" if terms.log_mentions else "Someone"
    amount = f" for {words.total(order)}" if terms.log_amounts else ""
    return f"{who} bought **{words.bought(order)}**{amount}"


def vouch_invite(order: Order, *, is_open: bool = True) -> Message:
    """Ask the customer by DM for a few words about their purchase. `is_open`: they can still write them."""
    write: buttons.Button = ui.Button(
        label="Write a vouch",
        style=ButtonStyle.primary,
        emoji="⭐",
        custom_id=custom_ids.build("vouch", "write", order.id),
    )
    told = text(
        "## ⭐ How was it?",
        f"You bought {words.bought(order)}. A few words from you help others to decide, and us to get better.",
        f"-# Order id `{order.id}`",
    )
    return Message(box([told, *rows([write] if is_open else [])], colours.BRAND))
