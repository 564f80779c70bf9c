"""What follows a delivery: the purchase notice in the public log, and the invitation to leave a vouch."""

import discord
from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages import buttons, custom_ids, words
from novacore.messages.layout import Message, box, rows, text


def purchase_announcement(order: Order) -> Message:
    """Build the public notice: the mention (which pings nobody) is all that it tells about the person."""
    return Message(box([text(f"🛍️ <@{order.customer_id}> bought **{words.bought(order)}**")], words.BRAND))


def struck_announcement(order: Order) -> Message:
    """Build the notice as it stands after a refund: struck out."""
    struck = f"~~🛍️ <@{order.customer_id}> bought **{words.bought(order)}**~~"
    return Message(box([text(struck, "-# Refunded")], discord.Colour(0x80848E)))


def vouch_invite(order: Order) -> Message:
    """Ask the customer by DM for a few words about their purchase."""
    write: buttons.Button = ui.Button(
        label="Write a vouch",
        style=ButtonStyle.primary,
        emoji="⭐",
        custom_id=custom_ids.build("vouch", "write", order.id),
    )
    return Message(box([text(f"## ⭐ How was it?\nYou bought {words.bought(order)}."), *rows([write])], words.BRAND))
