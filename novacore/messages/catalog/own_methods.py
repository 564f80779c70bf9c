"""What the owner sees of the ways to pay: the form, the look before Save, the list, and each of their own."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import discord
from discord import ButtonStyle, ui

from novacore.db.event_kinds.kind import Pair
from novacore.db.queries.orders.own_methods import OwnRow
from novacore.messages.catalog import window
from novacore.messages.catalog.window import PAGE_SIZE
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import (
    MOST_TEXT,
    Card,
    Form,
    Item,
    Message,
    box,
    length,
    line,
    one_each_line,
    rows,
    text,
)
from novacore.messages.orders import buttons
from novacore.messages.payments import instructions
from novacore.money import format_money
from novacore.plurals import counted
from novacore.states import Method, PaymentMethod, ReferenceNeed
from novacore.workflows.payments.methods import filled_in
from novacore.workflows.payments.own_drafts import DraftPage
from novacore.workflows.payments.own_methods import Standing, changes
from novacore.workflows.payments.own_rules import Typed

NEEDS: Final = {
    ReferenceNeed.required: "every proof needs it",
    ReferenceNeed.optional: "customers may leave it out",
    ReferenceNeed.none: "not asked for: a picture is enough",
}

_EXAMPLE_MINOR: Final = 1999
_EXAMPLE_ORDER: Final = "NC-20260102-ABCDEF"

_COLUMNS: Final = {
    "label": "Name",
    "emoji": "Emoji",
    "reference_name": "Reference",
    "reference_need": "Whether it is asked for",
    "address": "Text to copy",
}


# ---- the form


def method_form(draft_id: int, typed: Typed) -> Form:
    """Ask for what is written of a way to pay. What was typed before stands in it."""
    return Form(
        "A way to pay",
        custom_ids.build("payment", "form", draft_id),
        _line("label", "Name", typed.label, "What customers pick, such as Bank transfer.", required=True),
        _line("emoji", "Emoji", typed.emoji, "Shown before the name, such as 🏦. Optional."),
        _paragraph(typed.instructions),
        _line("address", "Text to copy", typed.address, "Such as an account number or an address. Optional."),
        _line("reference", "What the reference is called", typed.reference, "Such as transfer reference."),
    )


def _line(name: str, label: str, value: str, hint: str, *, required: bool = False) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=name, default=value[:_LINE] or None, max_length=_LINE, required=required
    )
    return ui.Label(text=label, description=hint, component=field)


_LINE: Final = 200


def _paragraph(value: str) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id="instructions",
        style=discord.TextStyle.paragraph,
        default=words.shorten(value, _BOX) or None,
        max_length=_BOX,
    )
    hint = "{total} and {order} are filled in: the amount, and the order's id."
    return ui.Label(text="Instructions for customers", description=hint, component=field)


_BOX: Final = 2000


# ---- a draft


def preview(draft: DraftPage, currency: str) -> Message:
    """Build the look at a draft. Nothing of it is offered before Save; Save rests while something is in the way."""
    shown = _as_customers_see(draft.described, currency)
    told = words.shorten(one_each_line(*_told(draft)), MOST_TEXT - length(shown))
    colour = colours.WARNING if draft.slips else colours.BRAND
    own: list[Item] = [text(told), *rows(_draft_buttons(draft))]
    return Message(Card(ui.Container(*shown, accent_colour=colours.BRAND), ui.Container(*own, accent_colour=colour)))


def _as_customers_see(way: Method, currency: str) -> list[Item]:
    """Return what the card of an order says of it, for an order that does not exist."""
    total = format_money(_EXAMPLE_MINOR, currency)
    filled = filled_in(way.instructions, total, _EXAMPLE_ORDER)
    steps = Method(key=way.key, label=way.label, emoji=way.emoji, address=way.address, instructions=filled)
    return [
        text(f"## ⏳ Pay {total}", f"Order id `{_EXAMPLE_ORDER}`"),
        line(),
        text(f"**1. Pay** {instructions.how_much(way, total)}", *instructions.told_to_pay(steps)),
        text(instructions.send_proof(way)),
    ]


def _told(draft: DraftPage) -> Iterator[str]:
    yield "### 👀 Above is what customers will see. Nothing is saved yet."
    yield from (f"⚠️ {words.harmless(slip, 400)}" for slip in draft.slips)
    yield from (f"✏️ {_change(name, *cast(Pair, pair))}" for name, pair in changes(draft).items())
    yield from about_reference(draft.described)


def _change(name: str, before: str, after: str) -> str:
    if name == "instructions":
        return "New instructions"
    if name == "reference_need":
        before, after = (NEEDS[ReferenceNeed(one)] for one in (before, after))
    return f"{_COLUMNS[name]}: {words.escape(before or 'none', 60)} → **{words.escape(after or 'none', 60)}**"


def about_reference(way: Method) -> list[str]:
    """Say what the owner has to know of the reference."""
    if way.need is ReferenceNeed.none:
        return ["🔖 No reference is asked for: a picture is enough for a proof."]
    return [
        f"🔖 The form asks for the **{instructions.reference(way)}**: {NEEDS[way.need]}.",
        "-# Each one counts for a single order, so ask for something that differs from payment to payment.",
    ]


def _draft_buttons(draft: DraftPage) -> list[buttons.Button]:
    save = _button("Save", "save", draft.id, ButtonStyle.success, "✅")
    save.disabled = bool(draft.slips)
    return [
        save,
        _button("Edit", "form", draft.id, ButtonStyle.primary, "✏️"),
        _button("Discard", "discard", draft.id, ButtonStyle.danger, "🗑️"),
    ]


# ---- the list


def methods_page(known: Sequence[Method], total: int, own: Sequence[OwnRow], page: int = 0) -> Message:
    """Build the list of all ways to pay; `known` are those that the settings turn on, `own` a page of the owner's."""
    on = {one.key: one for one in known}
    items: list[Item] = [
        text("## 💳 Ways to pay", *(_known(one, on.get(one.value)) for one in PaymentMethod)),
        line(),
        text(f"**Your own:** {counted(total, 'way', 'ways')} to pay. `/payment add` makes another one."),
    ]
    if own:
        options = [_option(one) for one in own[:PAGE_SIZE]]
        items.append(window.select(custom_ids.build("payment", "pick"), "Which one?", options))
    turn = buttons.paging(page, window.pages(total), lambda n: custom_ids.build("payment", "list", n))
    return Message(box([*items, *rows(turn)], colours.BRAND))


def _known(method: PaymentMethod, on: Method | None) -> str:
    row = method.row
    if on is None:
        return f"{row.emoji} {row.label}: off (`{row.setting.upper()}=off`)"
    return f"{row.emoji} {row.label}: on, paid to {words.inline(on.address)}"


def _option(one: OwnRow) -> discord.SelectOption:
    state = "customers are offered it" if one.is_on_sale else "hidden"
    return discord.SelectOption(label=window.label(one.label), value=str(one.id), emoji=one.emoji, description=state)


# ---- one of them


def method_page(standing: Standing, currency: str, said: str = "") -> Message:
    """Build the page of one of the owner's own; `said` is what has just been done."""
    state = "customers are offered it" if standing.is_on_sale else "**hidden**: customers are not offered it"
    unfinished = counted(standing.unfinished_orders, "open order", "open orders")
    told = [f"**For you:** {state} · {unfinished} using it", *about_reference(standing.method), *_warning(standing)]
    head: list[Item] = [text(said), line()] if said else []
    shown = _as_customers_see(standing.method, currency)
    own = [line(), text(*told), *rows(_method_buttons(standing))]
    return Message(box([*head, *shown, *own], colours.BRAND))


def _warning(standing: Standing) -> list[str]:
    if not standing.is_last:
        return []
    if standing.is_on_sale:
        return ["⚠️ It is the only way to pay: without it, customers can't order."]
    return ["⚠️ There is no way to pay now, so customers can't order."]


def _method_buttons(standing: Standing) -> list[buttons.Button]:
    other = _button("Offer again", "show", standing.id, ButtonStyle.success, "♻️")
    if standing.is_on_sale:
        other = _button("Hide", "hide", standing.id, ButtonStyle.danger, "🙈")
    return [
        _button("Edit", "edit", standing.id, ButtonStyle.primary, "✏️"),
        other,
        _button("All ways to pay", "list", 0, ButtonStyle.secondary, "💳"),
    ]


def saved(standing: Standing) -> str:
    """Say that a draft was saved."""
    named = words.escape(standing.method.label)
    if standing.is_on_sale:
        return f"### ✅ {named} is saved. Customers are offered it from now on."
    return f"### ✅ {named} is saved. It is still hidden: press **Offer again** when customers may use it."


def hidden(standing: Standing) -> str:
    """Say that one is hidden."""
    named = words.escape(standing.method.label)
    return f"### 🙈 {named} is hidden. Customers are not offered it any more; its orders go on."


def shown_again(standing: Standing) -> str:
    """Say that one is offered again."""
    return f"### ♻️ {words.escape(standing.method.label)} is offered again."


def _button(label: str, verb: str, row: int, style: ButtonStyle, emoji: str) -> buttons.Button:
    return ui.Button(label=label, style=style, emoji=emoji, custom_id=custom_ids.build("payment", verb, row))
