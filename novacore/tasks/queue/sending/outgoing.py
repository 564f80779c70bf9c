"""Turns what `messages` builds into what `calls` sends. Every handler that speaks goes through here."""

from collections.abc import Callable

import discord

from novacore.messages.kit.layout import Message
from novacore.messages.kit.signature import signed
from novacore.tasks.discord.calls import Outgoing
from novacore.tasks.queue.handlers import Work
from novacore.tasks.queue.sending.send_once import Receipt, To, send_once

NOBODY = discord.AllowedMentions.none()


def outgoing(message: Message, mentions: discord.AllowedMentions = NOBODY) -> Outgoing:
    """Make the message ready for one try of a send or an edit. It notifies only whom `mentions` names."""
    return Outgoing(message.view, message.discord_files(), mentions)


def post(
    work: Work,
    key: str,
    purpose: str,
    to: To,
    build: Callable[[], Message],
    mentions: discord.AllowedMentions = NOBODY,
) -> Receipt:
    """Send a message once, with its token as the last line. Raises as `send_once` does."""
    return send_once(work, key, purpose, to, lambda token: outgoing(signed(build(), token), mentions))
