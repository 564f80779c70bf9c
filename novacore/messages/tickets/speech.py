"""What counts as something a person said in a ticket, and how it is taken down. The one rule for whoever listens.

The bot asks it as things are heard, jobs ask it as they catch up and before a channel goes, and transcripts show
what it turns down as the notices that they are.
"""

from datetime import datetime
from typing import Final

import discord

from novacore.messages.tickets.contents import answered_by, attachments_of, kind_of, said_without_words
from novacore.workflows.tickets.wordings import Said, SaidFile

_SPEECH: Final = frozenset({discord.MessageType.default, discord.MessageType.reply})
"""Discord tells of pins, threads, boosts, new members and the like by messages of other types, in the name of whoever
did it. A slash command's answer has a type of its own as well, and is its bot's."""


def is_said(message: discord.Message) -> bool:
    """Tell whether a person wrote this: no bot, no webhook, and not Discord itself in someone's name."""
    author = message.author
    return message.type in _SPEECH and message.webhook_id is None and not author.bot and not author.system


def is_notice(message: discord.Message) -> bool:
    """Tell whether this is Discord's own word on what someone did. What bots and webhooks write is not."""
    return message.is_system() or message.type is discord.MessageType.poll_result or message.author.system


def said_in(message: discord.Message, at: datetime) -> Said:
    """Return a message as the workflows take it; `at` is when it was given this wording."""
    return Said(
        message.id,
        message.author.id,
        message.author.display_name,
        message.content,
        at,
        parts=tuple(said_without_words(message)),
        files=tuple(SaidFile(one.id, one.filename, one.size, kind_of(one)) for one in attachments_of(message)),
        answers=answered_by(message),
    )
