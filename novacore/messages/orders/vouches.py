"""Vouches: the form that a buyer fills in, the thanks for it, and what everybody reads in the channel."""

from typing import Any, Final

import discord
from discord import ui

from novacore.db.models.orders.vouches import COMMENT_LIMIT
from novacore.db.queries.orders.vouches import PublicVouch
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Message, box, text
from novacore.workflows.machine.typed_text import RATINGS

_LINES: Final = 12
"""Lines of a comment that are shown: a thousand line breaks would push everybody else's words away."""

_MEANINGS: Final = ("Bad", "Not good", "All right", "Good", "Excellent")
"""What one star means, and so on up to five."""


def vouch_form(order_id: str) -> Form:
    """Ask for stars and words. Opens without a look into the database, so what was written before is not in it."""
    comment: ui.Label[Any] = ui.Label(
        text="A few words",
        description="Everybody can read them. May stay empty. They take the place of what you wrote before.",
        component=ui.TextInput(
            custom_id="comment", style=discord.TextStyle.paragraph, max_length=COMMENT_LIMIT, required=False
        ),
    )
    return Form("Write a vouch", custom_ids.build("vouch", "write", order_id), star_choice(), comment)


def star_choice() -> ui.Label[Any]:
    """Return the field `rating` of a form: one to five stars."""
    return ui.Label(text="How many stars?", component=ui.RadioGroup(custom_id="rating", options=_options()))


def _options() -> list[discord.RadioGroupOption]:
    """The best first, as people expect it."""
    pairs = zip(reversed(RATINGS), reversed(_MEANINGS), strict=True)
    return [discord.RadioGroupOption(label=f"{stars(int(one))} {what}", value=one) for one, what in pairs]


def vouch_taken() -> Message:
    """Thank the writer."""
    told = text(
        "## 💜 Thank you!",
        "Your vouch will be in our channel in a moment. Want to change it? Press **Write a vouch** again.",
    )
    return Message(box([told], colours.BRAND))


def public_vouch(vouch: PublicVouch) -> Message:
    """Build what stands in the channel. The mention pings nobody, and an address in the comment cannot be pressed."""
    told = text(
        f"### {stars(vouch.rating)}",
        f"<@{vouch.customer_id}> about **{words.escape(vouch.product_name)}**",
        *_said(vouch.comment),
        "-# Bought and delivered here",
    )
    return Message(box([told], colours.BRAND))


def _said(comment: str) -> list[str]:
    short = "\n".join(comment.splitlines()[:_LINES])
    if not words.paragraph(short, COMMENT_LIMIT):
        return []
    return [words.without_links(words.quote(short, COMMENT_LIMIT))]


def stars(rating: int) -> str:
    """Return a rating as it is shown."""
    return "⭐" * rating
