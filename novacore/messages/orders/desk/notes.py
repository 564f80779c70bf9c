"""Notes of staff, as only staff read them: a line on a card, a list, and the form that asks for one."""

import math
from collections.abc import Callable
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.models import StaffNote
from novacore.db.models.notes import NOTE_LIMIT
from novacore.db.queries.desk.notes import NoteHead
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.plurals import counted
from novacore.workflows.orders.desk.notes import NotesPage

NOTES_PAGE: Final = 3
"""Notes on one page: each may have 500 characters, and as many again before markup is harmless."""

_ON_A_CARD: Final = 40
"""Of the newest note, in its line on a review card."""

_NAME: Final = 40


def note_line(notes: NoteHead | None) -> list[str]:
    """Return the line of a card about notes; nothing where there is none. Its newest may be kept from who reads it."""
    if notes is None:
        return []
    if not notes.newest:
        return [f"📝 **Notes:** {notes.count}. `/details` shows them to staff."]
    return [f"📝 **Notes ({notes.count}):** “{words.escape(notes.newest, _ON_A_CARD)}”"]


def told(note: StaffNote, limit: int) -> str:
    """Return a note in one line: what it says, who wrote it and when, and about which order."""
    about = f" · about {words.inline(note.order_id)}" if note.order_id else ""
    by = f"{words.escape(note.author_name, _NAME)} {words.stamp(note.at)}"
    return f"📝 “{words.escape(note.text, limit)}” · {by}{about}"


def on_details(facts: ReviewFacts) -> list[buttons.Button]:
    """Return the buttons about notes on the page of an order."""
    add = _button("Add a note", custom_ids.build("order", "note", facts.order.id))
    person_id, count = facts.customer.id, facts.customer.note_count
    return [add, *([all_notes(person_id, count, custom_ids.BESIDE)] if count else [])]


def all_notes(person_id: int, count: int, *beside: str) -> buttons.Button:
    """Return the button that opens the list of all notes about a customer; `BESIDE`: as a page of its own."""
    return _button(f"Notes ({count})", custom_ids.build("person", "notes", person_id, 0, *beside), "🗒️")


def add_note(person_id: int) -> buttons.Button:
    """Return the button that asks for a note about a person."""
    return _button("Add a note", custom_ids.build("person", "note", person_id))


def open_customer(person_id: int, *beside: str) -> buttons.Button:
    """Return the button that leads to the page about a customer; `BESIDE`: as a page of its own."""
    return _button("Customer", custom_ids.build("person", "page", person_id, *beside), "👤")


def _button(label: str, custom_id: str, emoji: str = "📝") -> buttons.Button:
    return ui.Button(label=label, emoji=emoji, style=ButtonStyle.secondary, custom_id=custom_id)


def note_form(custom_id: str) -> Form:
    """Ask for a note; the form has the custom id of its button."""
    field: ui.Label[Any] = ui.Label(
        text="Your note",
        description="Only staff read it. Please don't write codes or passwords here.",
        component=ui.TextInput(custom_id="note", style=discord.TextStyle.paragraph, max_length=NOTE_LIMIT),
    )
    return Form("Add a note", custom_id, field)


def notes_page(found: NotesPage, page: int, may_remove: Callable[[StaffNote], bool]) -> Message:
    """Build a page (counted from 0) of the notes about a customer, the newest first; `may_remove` gives the button."""
    pages = math.ceil(found.total / NOTES_PAGE)
    turn = buttons.paging(page, pages, lambda n: custom_ids.build("person", "notes", found.person_id, n))
    items: list[Item] = [text("## 📝 Notes", _about(found)), line()]
    items += [_row(note, may_remove(note)) for note in found.notes[:NOTES_PAGE]]
    if not found.notes:
        items.append(text("Nothing on this page any more." if found.total else "There are no notes about them."))
    ways = [*turn, add_note(found.person_id), open_customer(found.person_id)]
    return Message(box([*items, *rows(ways)], colours.BRAND))


def _about(found: NotesPage) -> str:
    name = f" ({words.escape(found.name, _NAME)})" if found.name else ""
    notes = counted(found.total, "note", "notes")
    return f"{notes} about <@{found.person_id}>{name} and their orders. Only staff see this."


def _row(note: StaffNote, removable: bool) -> Item:
    said = told(note, NOTE_LIMIT)
    if not removable:
        return text(said)
    return ui.Section(said, accessory=_button("Remove", custom_ids.build("note", "ask_remove", note.id), "🗑️"))


def removal_page(note: StaffNote) -> Message:
    """Ask whether a note really goes."""
    yes: buttons.Button = ui.Button(
        label="Remove it",
        emoji="🗑️",
        style=ButtonStyle.danger,
        custom_id=custom_ids.build("note", "remove", note.id),
    )
    keep = _button("Keep it", custom_ids.build("person", "notes", note.customer_id, 0), "↩️")
    asked = text("## Remove this note?", told(note, NOTE_LIMIT), "-# It can't be brought back.")
    return Message(box([asked, *rows([yes, keep])], colours.WARNING))


def noted(person_id: int, order_id: str | None) -> Message:
    """Say that a note was kept."""
    what = f"order {words.inline(order_id)}" if order_id else f"<@{person_id}>"
    return Message(box([text(f"📝 Kept your note about {what}. Only staff see it.")], colours.BRAND))
