"""What follows a delivery: the purchase notice in the public log, and the invitation to leave a vouch."""

from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.kit.own_words import own_words
from novacore.messages.orders import buttons
from novacore.states.texts import ShopText
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


def vouch_invite(order: Order, own: str = "", *, is_open: bool = True) -> Message:
    """Ask the customer by DM for a few words about their purchase. `is_open`: they can still write them.

    `own` is what the owner has the shop say there in their own words.
    """
    write: buttons.Button = ui.Button(
        label="Write a vouch",
        style=ButtonStyle.primary,
        emoji="⭐",
        custom_id=custom_ids.build("vouch", "write", order.id),
    )
    told = text(
        "## ⭐ How was it?",
        own_words(ShopText.vouch, own or ShopText.vouch.row.default, words.bought(order)),
        f"-# Order id `{order.id}`",
    )
    return Message(box([told, *rows([write] if is_open else [])], colours.BRAND))
