"""What the owner sees of the shop's texts: the list, each text as customers read it, the form, the look before Save."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages.catalog import window
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import (
    MOST_TEXT,
    Card,
    FilePart,
    Form,
    Item,
    Message,
    box,
    length,
    one_each_line,
    rows,
    text,
)
from novacore.messages.orders import buttons
from novacore.messages.orders.after_sale import vouch_invite
from novacore.messages.orders.customer.order_card import order_card
from novacore.states import OrderStatus, PaymentMethod, ProductKind
from novacore.states.texts import ShopText
from novacore.workflows.texts.drafts import DraftPage, Standing
from novacore.workflows.texts.rules import FORM_TEXT


def texts_page(standing: Sequence[Standing]) -> Message:
    """Build the list of all texts."""
    told = [f"{one.key.row.emoji} **{one.key.row.label}**: {_state(one)}" for one in standing]
    options = [
        discord.SelectOption(label=one.label, value=key.value, emoji=one.emoji, description=one.where[:100])
        for key, one in ((each.key, each.key.row) for each in standing)
    ]
    pick = window.select(custom_ids.build("text", "pick"), "Which one?", options)
    head = text("## ✍️ The shop's texts", "In your own words: pick one, change it, and look at it before you save it.")
    return Message(box([head, text(*told), pick], colours.BRAND))


def _state(standing: Standing) -> str:
    if standing.words is None or standing.saved_at is None:
        return "none yet" if standing.key is ShopText.terms else "the default"
    if standing.key is ShopText.terms:
        return f"version {standing.version}, in force since {words.stamp(standing.saved_at, 'f')}"
    return f"your own words, saved {words.stamp(standing.saved_at)}"


def text_page(standing: Standing, shown: Message, said: str = "") -> Message:
    """Build the page of one text; `shown` is what customers see now, `said` what has just been done."""
    row = standing.key.row
    told = [*([said] if said else []), f"### {row.emoji} {row.label}", row.where, f"It is {_state(standing)}."]
    return _below(shown, [text(*told), *rows(_text_buttons(standing))], colours.BRAND)


def _text_buttons(standing: Standing) -> list[buttons.Button]:
    edit = _button("Edit", ("edit", standing.key), ButtonStyle.primary, "✏️")
    every = _button("All texts", ("list", 0), ButtonStyle.secondary, "✍️")
    if standing.words is None:
        return [edit, every]
    back = "Remove the terms" if standing.key is ShopText.terms else "Back to the default"
    default = _button(back, ("reset", standing.key, standing.version), ButtonStyle.danger, "↩️")
    return [edit, default, every]


def preview(draft: DraftPage, shown: Message) -> Message:
    """Build the look at a draft: `shown` is what customers would see. Save rests while something is in the way."""
    colour = colours.WARNING if draft.slips or draft.is_overtaken else colours.BRAND
    room = MOST_TEXT - length(_container(shown).children)
    told = words.shorten(one_each_line(*_told(draft)), room)
    stands = _what_stands(draft)
    own = [text(told), *(ui.File(one.url) for one in stands), *rows(_draft_buttons(draft))]
    return _below(shown, own, colour, stands)


def _what_stands(draft: DraftPage) -> tuple[FilePart, ...]:
    """What was saved meanwhile, whole: next to long terms there is no room for others."""
    if not draft.is_overtaken:
        return ()
    content = (draft.now.words or draft.now.key.row.default or "(nothing)").encode("utf-8-sig", "replace")
    return (FilePart("what-stands-now.txt", content, "The text as it stands now"),)


def _told(draft: DraftPage) -> Iterator[str]:
    yield "### 👀 Above is what customers will see. Nothing is saved yet."
    yield from (f"⚠️ {words.harmless(slip, 400)}" for slip in draft.slips)
    if draft.is_overtaken:
        yield "⚠️ **Someone else has changed this text meanwhile.** **Save** puts yours in its place. What stands now:"
        yield words.quote(draft.now.words or draft.now.key.row.default or "(nothing)", _QUOTED)


_QUOTED: Final = 1000
"""Of what stands now; the file has all of it."""


def _draft_buttons(draft: DraftPage) -> list[buttons.Button]:
    save = _button("Save", ("save", draft.id), ButtonStyle.success, "✅")
    save.disabled = bool(draft.slips)
    return [
        save,
        _button("Edit", ("form", draft.id), ButtonStyle.primary, "✏️"),
        _button("Discard", ("discard", draft.id), ButtonStyle.danger, "🗑️"),
    ]


def text_form(draft_id: int, key: ShopText, typed: str) -> Form:
    """Ask for the words. What was typed before stands in it."""
    row = key.row
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id="words",
        style=discord.TextStyle.paragraph,
        default=words.shorten(typed, FORM_TEXT) or None,
        max_length=FORM_TEXT,
    )
    hint = "Markdown works; nobody is pinged."
    if row.place:
        hint = f"Markdown works. {{{row.place}}} is {row.place_meaning}."
    label: ui.Label[Any] = ui.Label(text=row.label, description=hint, component=field)
    return Form("In your own words", custom_ids.build("text", "form", draft_id), label)


def _button(label: str, address: tuple[object, ...], style: ButtonStyle, emoji: str) -> buttons.Button:
    verb, *args = address
    custom_id = custom_ids.build("text", str(verb), *args)
    return ui.Button(label=label, style=style, emoji=emoji, custom_id=custom_id)


# ---- as customers see it


def as_customers_see(key: ShopText, own: str) -> Message:
    """Return what shows a text that stands on no panel: about an order that does not exist."""
    if key is ShopText.vouch:
        return vouch_invite(_example(OrderStatus.delivered), own)
    return order_card(_example(OrderStatus.under_review), own=own)


def _example(status: OrderStatus) -> Order:
    """Return an order as a row would be read; it is never stored."""
    return Order(**{**_EXAMPLE, "status": status})


_EXAMPLE: Final[Mapping[str, Any]] = {
    "id": "NC-20260102-ABCDEF",
    "version": 1,
    "product_name": "Game key",
    "kind": ProductKind.unique,
    "quantity": 2,
    "unit_price_minor": 999,
    "total_minor": 1998,
    "discount_minor": 0,
    "currency": "USD",
    "method": PaymentMethod.paypal.value,
    "pay_address": "",
    "pay_network": "",
    "warranty_days": 0,
    "review_round": 1,
    "is_late": False,
}


def _below(shown: Message, own: Sequence[Item], colour: discord.Colour, files: tuple[FilePart, ...] = ()) -> Message:
    """Put the owner's part below what customers see, whose buttons can't be pressed here."""
    seen = _container(shown)
    for item in seen.walk_children():
        if isinstance(item, ui.Button | ui.Select):
            item.disabled = True
    return Message(Card(seen, ui.Container(*own, accent_colour=colour)), (*shown.files, *files))


def _container(shown: Message) -> ui.Container[Any]:
    """Every message that shows a text is one box."""
    (found,) = shown.view.children
    if not isinstance(found, ui.Container):
        raise TypeError("What shows a text is one box.")
    return found
