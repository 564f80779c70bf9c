"""Puts the token of a send under a message, small: how a later attempt finds it when an earlier one was killed."""

from discord import ui

from novacore.messages.layout import Message


def signed(message: Message, token: str) -> Message:
    """Return the message with its token as the last line."""
    message.view.add_item(ui.TextDisplay(f"-# {token}"))
    return message
