"""A product before it is saved: exactly what customers would see, and under it what only its owner reads."""

from typing import Final, cast

from discord import ButtonStyle, ui

from novacore.db.event_kinds.kind import Pair
from novacore.db.queries.catalog.shop_window import UNCOUNTED, ProductRow
from novacore.messages.catalog import window
from novacore.messages.catalog.products import KINDS
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import MOST_TEXT, Card, Item, Message, length, one_each_line, rows, text
from novacore.messages.orders import buttons
from novacore.money import format_money
from novacore.plurals import counted
from novacore.states import PictureState, ProductKind
from novacore.workflows.catalog.draft_page import DraftPage
from novacore.workflows.catalog.products import changes
from novacore.workflows.goods.items import GoodsItem

_SHOWN_GOODS: Final = 8

_NAMES: Final = {
    "name": "Name",
    "category": "Category",
    "warranty_days": "Warranty in days",
    "max_quantity": "Most in one order",
    "currency": "Currency",
    "role": "Role",
}

_PICTURES: Final = {
    PictureState.waiting: "⏳ The picture is being fetched and checked.",
    PictureState.removed: "🖼️ The picture is taken away.",
}


def preview(draft: DraftPage, currency: str) -> Message:
    """Build the look at a draft. Nothing of it is on sale before Save; Save rests while something is in the way."""
    shown, files = window.showcase(as_customers_see(draft, currency))
    told = words.shorten(one_each_line(*_told(draft, currency)), MOST_TEXT - length(shown))
    colour = colours.WARNING if draft.slips else colours.BRAND
    own: list[Item] = [text(told), *rows(_buttons(draft))]
    card = Card(ui.Container(*shown, accent_colour=colours.BRAND), ui.Container(*own, accent_colour=colour))
    return Message(card, files)


def as_customers_see(draft: DraftPage, currency: str) -> ProductRow:
    """Return the product that a draft would become, for the very page that customers see."""
    told, now = draft.described, draft.product
    counted = None if told.kind in UNCOUNTED else 0
    return ProductRow(
        id=now.id if now else 0,
        name=told.name,
        description=told.description,
        kind=told.kind,
        price_minor=told.price_minor,
        currency=currency,
        max_quantity=told.max_quantity,
        warranty_days=told.warranty_days,
        category_id=now.category_id if now else 0,
        category=told.category,
        available=now.available if now else counted,
        is_on_sale=now.is_on_sale if now else True,
        picture=draft.picture,
        role=told.role,
    )


def _told(draft: DraftPage, currency: str) -> list[str]:
    head = "### 👀 Above is what customers will see. Nothing is saved yet."
    lines = [head, *(f"⚠️ {words.harmless(slip, 400)}" for slip in draft.slips), *_about_picture(draft)]
    told = draft.described
    where = f"📂 {words.escape(told.category)} · {KINDS[told.kind]} · at most {told.max_quantity} in one order"
    return [*lines, *_changes(draft, currency), where, *_goods(draft), *_files(draft)]


def _about_picture(draft: DraftPage) -> list[str]:
    if draft.picture_state is PictureState.refused and draft.picture_problem:
        return [f"🖼️ No new picture: {words.harmless(draft.picture_problem, 300)}"]
    return [_PICTURES[draft.picture_state]] if draft.picture_state in _PICTURES else []


def _changes(draft: DraftPage, currency: str) -> list[str]:
    lines = [f"✏️ {_change(name, cast(Pair, pair), currency)}" for name, pair in changes(draft, currency).items()]
    if draft.product and draft.picture_state is PictureState.ready:
        lines.append("✏️ A new picture")
    return lines


def _change(name: str, pair: Pair, currency: str) -> str:
    if name == "price_minor":
        before, after = (format_money(one, currency) for one in pair)
        return f"Price: {before} → **{after}**"
    if name == "sale_price_minor":
        return "Its sale price ends: it doesn't fit the new price."
    if name == "description":
        return "A new description"
    before, after = (words.escape(str(one), 60) for one in pair)
    return f"{_NAMES[name]}: {before} → **{after}**"


def _goods(draft: DraftPage) -> list[str]:
    """Name the goods as they were understood; what they are stays covered."""
    if draft.goods is None:
        return []
    each = [_covered(one) for one in draft.goods[:_SHOWN_GOODS]]
    more = len(draft.goods) - len(each)
    return [
        f"🎁 Every buyer gets {counted(len(draft.goods), 'item', 'items')}:",
        *each,
        *([f"and {more} more"] if more else []),
    ]


def _files(draft: DraftPage) -> list[str]:
    if not draft.files:
        return ["📁 Buyers get no files any more."] if draft.files_changed and draft.product else []
    each = [f"📁 {words.escape(one.name, 60)} ({words.size(one.size)})" for one in draft.files]
    new = "from now on" if draft.files_changed else "as before"
    return [f"📁 Every buyer gets {counted(len(each), 'file', 'files')}, {new}:", *each]


def _covered(item: GoodsItem) -> str:
    size = counted(len(item.value), "character", "characters")
    return f"{item.type.row.emoji} {words.escape(item.name, 40)} ({item.type}, {size})"


def _buttons(draft: DraftPage) -> list[buttons.Button]:
    def one(verb: str, label: str, style: ButtonStyle, emoji: str) -> buttons.Button:
        return ui.Button(label=label, style=style, emoji=emoji, custom_id=custom_ids.build("product", verb, draft.id))

    save = one("save", "Save", ButtonStyle.success, "✅")
    save.disabled = bool(draft.slips)
    found = [save, one("form", "Edit", ButtonStyle.primary, "✏️")]
    if draft.described.kind is not ProductKind.by_hand:
        found.append(one("goods", "Goods", ButtonStyle.secondary, "🎁"))
        found.append(one("files", "Files", ButtonStyle.secondary, "📁"))
    found.append(one("role", "Role", ButtonStyle.secondary, "🎭"))
    if draft.picture_state is PictureState.waiting:
        found.append(one("look", "Look again", ButtonStyle.secondary, "🔄"))
    return [*found, one("discard", "Discard", ButtonStyle.danger, "🗑️")]
