"""What a message holds besides its words, told in words: what it forwards, embeds, stickers, a poll, our own cards.

Read as messages are heard, so that a deleted one is known by it, and again for the transcript.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import discord

from novacore.plurals import counted
from novacore.workflows.machine.typed_text import storable


def is_hidden(message: discord.Message) -> bool:
    """Tell whether Discord keeps back what a person wrote, for want of the Message Content Intent.

    Nobody can send a message with nothing in it.
    """
    parts = (message.content, message.attachments, message.embeds, message.components, message.stickers)
    return not any((*parts, message.poll, message.message_snapshots))


def attachments_of(message: discord.Message) -> list[discord.Attachment]:
    """Return the files of a message and of what it forwards."""
    return [*message.attachments, *(one for part in message.message_snapshots for one in part.attachments)]


def kind_of(attachment: discord.Attachment) -> str:
    """Return the type of a file's content, without what stands behind it."""
    return (attachment.content_type or "application/octet-stream").split(";")[0].strip().lower()


def answered_by(message: discord.Message) -> int | None:
    """Return the message of the same channel that this one replies to, or that a notice is about."""
    reference = message.reference
    if reference is None or reference.type is not discord.MessageReferenceType.reply:
        return None
    return reference.message_id if reference.channel_id == message.channel.id else None


def said_without_words(message: discord.Message) -> list[str]:
    """Return what a person puts into a message besides words and files: what they forward, stickers, a poll."""
    found = [_forwarded(part) for part in message.message_snapshots]
    found += [_stickers(message.stickers)] if message.stickers else []
    return [storable(one) for one in (*found, *([_poll(message.poll)] if message.poll else []))]


def embedded(message: discord.Message) -> list[str]:
    """Return what a message shows besides: embeds, and the texts of our own cards."""
    cards = _texts_of(message.components)
    return [storable(one) for one in (*_of_embeds(message.embeds), *([cards] if cards else []))]


def pictures_of(message: discord.Message) -> list[str]:
    """Return where Discord itself keeps the pictures of a message's embeds, forwarded ones too."""
    every = [*message.embeds, *(one for part in message.message_snapshots for one in part.embeds)]
    media = [one for embed in every for one in (embed.image, embed.thumbnail)]
    return [*dict.fromkeys(one.proxy_url or one.url for one in media if one.url)]


def notice_of(message: discord.Message) -> str:
    """Return what Discord says about what someone did. discord.py knows the words, but stumbles over odd messages."""
    try:
        told = message.system_content
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        told = ""
    return storable(told or message.content or "A notice from Discord.")


def _forwarded(part: discord.MessageSnapshot) -> str:
    cards = _texts_of(part.components)
    told = [part.content, *_of_embeds(part.embeds), cards, _stickers(part.stickers) if part.stickers else ""]
    return "\n".join(["Forwarded:", *(one for one in told if one)])


def _stickers(stickers: Sequence[discord.StickerItem]) -> str:
    return f"Sticker: {', '.join(one.name for one in stickers)}"


def _poll(poll: discord.Poll) -> str:
    rows = [f"- {' '.join(filter(None, (_emoji(one), one.text)))}{_votes(one.vote_count)}" for one in poll.answers]
    return "\n".join([f"Poll: {poll.question}", *rows])


def _emoji(answer: discord.PollAnswer) -> str:
    return str(answer.emoji) if answer.emoji else ""


def _votes(count: int) -> str:
    return f" ({counted(count, 'vote', 'votes')})" if count else ""


def _of_embeds(embeds: Sequence[discord.Embed]) -> Iterator[str]:
    for embed in embeds:
        parts = [embed.author.name, embed.title, embed.url, embed.description]
        parts += [f"{one.name}: {one.value}" for one in embed.fields]
        parts += [embed.footer.text, *(f"Picture: {one.url}" for one in (embed.image, embed.thumbnail) if one.url)]
        parts += [f"Video: {embed.video.url}"] if embed.video.url else []
        told = "\n".join(part for part in parts if part)
        if told:
            yield told


def _texts_of(components: Sequence[Any]) -> str:
    return "\n".join(text for one in components for text in _texts(one.to_dict()))


def _texts(component: Any) -> Iterator[str]:
    """Give the texts of a component and of those within it, in reading order; buttons are no words."""
    if isinstance(component, dict):
        if isinstance(component.get("content"), str):
            yield component["content"]
        for inner in ("component", "components", "accessory"):
            yield from _texts(component.get(inner))
    elif isinstance(component, list):
        for one in component:
            yield from _texts(one)
