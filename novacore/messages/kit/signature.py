"""Puts the token of a send under a message, small: how a later attempt finds it when an earlier one was killed."""

from discord import ui

from novacore.messages.kit.layout import Message


def signed(message: Message, token: str) -> Message:
    """Return the message with its token as the last line, named so that nobody takes it for a code they bought."""
    message.view.add_item(ui.TextDisplay(f"-# Message {token}"))
    return message
