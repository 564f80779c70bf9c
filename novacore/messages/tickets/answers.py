"""Answers that the owner keeps, as owner and staff see them, and the message in a ticket that is made of one."""

import math
from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.event_kinds.tickets import Reply
from novacore.db.models import CannedAnswer
from novacore.db.models.answers import NAME_LIMIT, TEXT_LIMIT
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.plurals import counted
from novacore.workflows.tickets import places
from novacore.workflows.tickets.answers import TypedAnswer
from novacore.workflows.tickets.replies import WORDS_LIMIT, values

ANSWERS_PAGE: Final = 10
"""Answers on one page of the list."""

_BEGINNING: Final = 60
"""Of an answer, in its line of the list."""

_NAME: Final = 50
_AUTHOR: Final = 30
_SHOWN: Final = 2900
"""Of an answer with its places filled in; `places.MOST_FILLED` and what makes it harmless fit in."""

NAME_PART, TEXT_PART = 701, 702
"""The ids of the parts of a refused page that hold what was typed: the form is filled from there again."""


def answer_form(typed: TypedAnswer, *known: object) -> Form:
    """Ask for an answer; `known` are the id and the version of the one that is changed."""
    name: ui.Label[Any] = ui.Label(
        text="Name",
        description="Staff pick the answer by it.",
        component=ui.TextInput(custom_id="name", max_length=NAME_LIMIT, default=typed.name or None),
    )
    says: ui.Label[Any] = ui.Label(
        text="What it says",
        description=f"These are filled in: {places.KNOWN_WORDS}",
        component=ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, max_length=TEXT_LIMIT, default=typed.text or None
        ),
    )
    title = "Edit an answer" if known else "Add an answer"
    return Form(title, custom_ids.build("answer", "form", *known), name, says)


def saved(answer: CannedAnswer) -> Message:
    """Say that an answer is kept, and what it says."""
    told = f"### ✅ Saved. Staff can reply with “{words.escape(answer.name, _NAME)}” from now on."
    return Message(box([text(told), text(words.block(answer.text))], colours.BRAND))


def refused(sentence: str, typed: TypedAnswer, *known: object) -> Message:
    """Say why an answer was not kept, with what was typed and a button that opens the form with it again."""
    parts = ((NAME_PART, typed.name), (TEXT_PART, typed.text))
    kept: list[Item] = [ui.TextDisplay(words.block(one), id=number) for number, one in parts if one.strip()]
    again: buttons.Button = ui.Button(
        label="Correct it",
        emoji="✏️",
        style=ButtonStyle.primary,
        custom_id=custom_ids.build("answer", "form", *known),
    )
    return Message(box([text(f"⚠️ {words.paragraph(sentence, 500)}"), *kept, *rows([again])], colours.WARNING))


def removed(answer: CannedAnswer) -> Message:
    """Say that an answer is gone, and what it said."""
    told = f"🗑️ Removed “{words.escape(answer.name, _NAME)}”. What was said with it stays. It said:"
    return Message(box([text(told), text(words.block(answer.text))], colours.BRAND))


def list_page(found: Sequence[CannedAnswer], page: int) -> Message:
    """Build a page (counted from 0) of all answers, by their names."""
    shown = found[page * ANSWERS_PAGE : (page + 1) * ANSWERS_PAGE]
    head = text("## 💬 Answers for staff", f"{counted(len(found), 'answer', 'answers')}. Staff use them with `/reply`.")
    listed: list[Item] = [text(_row(one)) for one in shown]
    if not shown:
        nothing = "Nothing on this page any more." if found else "There are none yet. `/answers add` keeps one."
        listed = [text(nothing)]
    hint = text(f"-# Filled in with each use: {places.KNOWN_WORDS}")
    pages = math.ceil(len(found) / ANSWERS_PAGE)
    turn = buttons.paging(page, pages, lambda n: custom_ids.build("answer", "list", n))
    return Message(box([head, line(), *listed, hint, *rows(turn)], colours.BRAND))


def _row(answer: CannedAnswer) -> str:
    says = words.escape(answer.text, _BEGINNING)
    by = f"{words.escape(answer.author_name, _AUTHOR)} {words.stamp(answer.saved_at)}"
    return f"**{words.escape(answer.name, _NAME)}** · {says}\n-# {by}"


def on_its_way(answer: CannedAnswer) -> Message:
    """Tell whoever replied that it is being posted."""
    told = f"💬 “{words.escape(answer.name, _NAME)}” is being posted here in your name."
    return Message(box([text(told)], colours.BRAND))


def reply(author: str, customer_id: int, said: Reply) -> Message:
    """Build what stands in the ticket: who replied, the answer with its places filled in, and words of their own."""
    shown = values(customer_id, said)
    shown[places.ORDER] = words.inline(said["order_id"])
    shown[places.PRODUCT] = words.escape(said["product"])
    answer = words.shorten(places.fill(words.harmless(said["text"], _SHOWN), shown), _SHOWN)
    more = words.harmless(said["words"], WORDS_LIMIT + WORDS_LIMIT // 2)
    parts = [text(one) for one in (answer, more) if one]
    return Message(box([text(f"💬 **{words.escape(author, _NAME)}**"), *parts], colours.BRAND))
