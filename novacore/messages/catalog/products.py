"""What the owner sees of the catalogue: forms, lists, a product with what hangs on it. `drafts` has the previews."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.queries.catalog.products import Shelf
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.catalog import window
from novacore.messages.catalog.shelf import times
from novacore.messages.catalog.window import PAGE_SIZE
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, one_each_line, rows, text
from novacore.messages.orders import buttons
from novacore.plurals import counted
from novacore.states import ProductKind
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog.drafts import FORM_TEXT
from novacore.workflows.catalog.products import Standing
from novacore.workflows.catalog.rules import SHARED_KINDS, Typed
from novacore.workflows.goods.files import MOST_FILES, FileHead

KINDS: Final = {
    ProductKind.unique: "each code sold once",
    ProductKind.shared: "same goods for everybody, counted",
    ProductKind.unlimited: "same goods for everybody, unlimited",
    ProductKind.by_hand: "done by hand",
}

_RED = colours.FAULT


# ---- forms


def product_form(draft_id: int, typed: Typed) -> Form:
    """Ask for what is written of a product. What was typed before stands in it."""
    picture: ui.Label[Any] = ui.Label(
        text="Picture",
        description="May stay empty: then the picture stays as it is.",
        component=ui.FileUpload(custom_id="picture", required=False, max_values=1),
    )
    return Form(
        "A product",
        custom_ids.build("product", "form", draft_id),
        _line("name", "Name", typed.name, 100),
        _paragraph("description", "Description", typed.description, "Markdown works. 2000 characters are shown."),
        _line("category", "Category", typed.category, 80, "One that you have, or a new one."),
        _line("price", "Price", typed.price, 40, "Like 9.99"),
        picture,
    )


def goods_form(draft_id: int, present: str) -> Form:
    """Ask for the goods that every buyer gets. `present` are the goods up to now."""
    file: ui.Label[Any] = ui.Label(
        text="Or a text file with the goods",
        description="Plain text or JSON. It takes the place of the box above.",
        component=ui.FileUpload(custom_id="file", required=False, max_values=1),
    )
    return Form(
        "What every buyer gets",
        custom_ids.build("product", "goods", draft_id),
        _paragraph(
            "goods",
            "Goods",
            present,
            'A line each, like "link: https://..." or "guide: ...", or JSON.',
        ),
        file,
    )


def files_form(draft_id: int, present: Sequence[FileHead]) -> Form:
    """Ask for files that every buyer gets. Of `present`, which they get up to now, some may be left out."""
    upload: ui.Label[Any] = ui.Label(
        text="Files to add",
        description="Up to 10 MiB each, 20 MiB and 9 files in all. One of the same name replaces the old.",
        component=ui.FileUpload(custom_id="files", required=False, min_values=0, max_values=MOST_FILES),
    )
    return Form("Files that every buyer gets", custom_ids.build("product", "files", draft_id), upload, *_gone(present))


def _gone(present: Sequence[FileHead]) -> list[ui.Label[Any]]:
    if not present:
        return []
    options = [
        discord.SelectOption(label=window.label(one.name), value=str(one.id), description=words.size(one.size))
        for one in present
    ]
    select: ui.Select[Any] = ui.Select(
        custom_id="gone",
        options=options,
        placeholder="All of them stay",
        min_values=0,
        max_values=len(options),
        required=False,
    )
    told = "Orders that were placed already keep their files."
    return [ui.Label(text="Which ones should buyers no longer get?", description=told, component=select)]


def role_form(draft_id: int, present: SoldRole | None) -> Form:
    """Ask for the role that buyers get. `present` is the one up to now, which the server has to have."""
    now = [discord.SelectDefaultValue(id=present.id, type=discord.SelectDefaultValueType.role)] if present else []
    select: ui.RoleSelect[Any] = ui.RoleSelect(
        custom_id="role", placeholder="No role", min_values=0, max_values=1, default_values=now, required=False
    )
    days: ui.TextInput[Any] = ui.TextInput(
        custom_id="days", default=str(present.days) if present and present.days else None, max_length=4, required=False
    )
    return Form(
        "A role that comes with it",
        custom_ids.build("product", "role", draft_id),
        ui.Label(text="Role", description="Every buyer gets it with the goods.", component=select),
        ui.Label(text="For how many days", description="Of one unit. Empty is for ever.", component=days),
    )


def _line(name: str, label: str, value: str, most: int, hint: str | None = None) -> ui.Label[Any]:
    box_: ui.TextInput[Any] = ui.TextInput(custom_id=name, default=value[:most] or None, max_length=most)
    return ui.Label(text=label, description=hint, component=box_)


def _paragraph(name: str, label: str, value: str, hint: str) -> ui.Label[Any]:
    box_: ui.TextInput[Any] = ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph,
        default=words.shorten(value, FORM_TEXT) or None,
        max_length=FORM_TEXT,
        required=False,
    )
    return ui.Label(text=label, description=hint, component=box_)


# ---- lists


def shelves_page(total: int, shelves: Sequence[Shelf], page: int = 0) -> Message:
    """Build a page of every category there is in the owner's order, also of those that customers do not see."""
    head = text("## 🗃️ Your catalogue", counted(total, "category", "categories"))
    if not shelves:
        nothing = "Nothing here yet. `/product add` makes the first product." if not total else "Nothing on this page."
        return Message(box([head, text(nothing)], colours.BRAND))
    options = [
        discord.SelectOption(label=window.label(one.name), value=str(one.id), description=_filled(one), emoji="📂")
        for one in shelves[:PAGE_SIZE]
    ]
    turn = buttons.paging(page, window.pages(total), lambda n: custom_ids.build("product", "shelves", n))
    choose = window.select(custom_ids.build("product", "category"), "Which category?", options)
    return Message(box([head, choose, *rows(turn)], colours.BRAND))


def _filled(shelf: Shelf) -> str:
    removed = f", {shelf.removed} removed" if shelf.removed else ""
    return counted(shelf.products, "product", "products") + removed


def shelf_page(shelf: Shelf, products: Sequence[ProductRow], page: int = 0, note: str = "") -> Message:
    """Build a page of a category's products, removed ones at the end. `note` says what has just been done."""
    items: list[Item] = [text(f"## 📂 {words.escape(shelf.name)}", _filled(shelf), *([note] if note else []))]
    if products:
        options = [_option(one) for one in products[:PAGE_SIZE]]
        items.append(window.select(custom_ids.build("product", "pick"), "Which product?", options))
    else:
        items.append(text("Nothing on this page."))
    turn = buttons.paging(
        page,
        window.pages(shelf.products + shelf.removed),
        lambda n: custom_ids.build("product", "shelf", shelf.id, n),
    )
    back = _button("All categories", custom_ids.build("product", "shelves", 0), emoji="🗃️")
    return Message(box([*items, *rows([*turn, *movers("category", shelf.id), back])], colours.BRAND))


def movers(noun: str, row_id: int) -> list[buttons.Button]:
    """Return the buttons that move a product or a category one place towards the top, and one on."""
    return [
        _button("Move up", custom_ids.build(noun, "up", row_id), emoji="⬆️"),
        _button("Move down", custom_ids.build(noun, "down", row_id), emoji="⬇️"),
    ]


def _option(product: ProductRow) -> discord.SelectOption:
    told = window.label(f"{window.price_in_a_list(product)} · {_state(product)} · {KINDS[product.kind]}")
    emoji = "🗑️" if not _is_offered(product) else "⛔" if product.is_sold_out else "🏷️"
    return discord.SelectOption(label=window.label(product.name), value=str(product.id), description=told, emoji=emoji)


def _state(product: ProductRow) -> str:
    if product.comes_at:
        return "not on sale yet"
    return window.left(product) if product.is_on_sale else "removed"


def _is_offered(product: ProductRow) -> bool:
    """Tell whether it is on sale, or will be on its first day."""
    return product.is_on_sale or product.comes_at is not None


# ---- one product


def owners_page(standing: Standing, done: str = "") -> Message:
    """Build a product's page for its owner: what customers see, what hangs on it, and what can be done.

    `done` says what has just been done.
    """
    product = standing.product
    shown, files = window.showcase(product)
    note = text(*([done] if done else []), *_numbers(standing), *_restock_hint(product))
    shelf = custom_ids.build("product", "shelf", product.category_id, 0)
    edit = _button("Edit", custom_ids.build("product", "edit", product.id), ButtonStyle.primary, "✏️")
    back = _button(words.shorten(f"Back to {words.clean(product.category)}", 80), shelf, emoji="◀️")
    move = movers("product", product.id) if _is_offered(product) else []
    return Message(box([*shown, line(), note, *rows([edit, _other(standing), *move, back])], colours.BRAND), files)


def _other(standing: Standing) -> buttons.Button:
    product_id = standing.product.id
    if _is_offered(standing.product):
        return _button("Remove", custom_ids.build("product", "ask_remove", product_id), ButtonStyle.danger, "🗑️")
    return _button("Bring back", custom_ids.build("product", "restore", product_id), ButtonStyle.success, "♻️")


def _numbers(standing: Standing) -> list[str]:
    product = standing.product
    state = "on sale" if _is_offered(product) else "**removed**: customers don't see it"
    left = "" if product.available is None else f" · {counted(standing.units_left, 'unit', 'units')} left"
    open_orders = counted(standing.unfinished_orders, "unfinished order", "unfinished orders")
    return [
        f"**For you:** {state} · {KINDS[product.kind]} · at most {product.max_quantity} an order",
        f"{open_orders}{left} · product number `{product.id}`",
        *times(product),
    ]


def _restock_hint(product: ProductRow) -> list[str]:
    if product.available is None or not _is_offered(product):
        return []
    return ["-# Fill its stock with `/product restock`."]


def removal_page(standing: Standing) -> Message:
    """Ask whether a product really goes, with the numbers."""
    product = standing.product
    units = counted(standing.units_left, "unit", "units")
    unfinished = counted(standing.unfinished_orders, "unfinished order", "unfinished orders")
    told = [
        f"## 🗑️ Remove {words.escape(product.name)}?",
        "Customers don't see it any more and can't order it.",
        f"{unfinished} of it will go on as if nothing had happened.",
        "" if product.available is None else f"{units} left in stock stay with it.",
        "You can bring it back at any time.",
    ]
    yes = _button("Remove it", custom_ids.build("product", "remove", product.id), ButtonStyle.danger, "🗑️")
    no = _button("Keep it", custom_ids.build("product", "page", product.id), emoji="◀️")
    return Message(box([text(*filter(None, told)), *rows([yes, no])], _RED))


def removed(name: str, product_id: int) -> Message:
    """Say that a product is gone from the shop."""
    told = f"Done: **{words.escape(name)}** is removed. Customers can't order it any more; its orders go on."
    return _done(told, product_id)


def back_again(name: str, product_id: int) -> Message:
    """Say that a product is offered again."""
    return _done(f"Done: **{words.escape(name)}** is on sale again.", product_id)


def _done(sentence: str, product_id: int) -> Message:
    look = _button("Show it", custom_ids.build("product", "page", product_id), emoji="🏷️")
    return Message(box([text(sentence), *rows([look])], colours.BRAND))


def saved(standing: Standing) -> Message:
    """Say that a draft is on sale now, or its change in force, and what is still missing."""
    product = standing.product
    told = [f"## ✅ {words.escape(product.name)} is saved", "The shop's panel shows it in a few seconds."]
    if product.is_sold_out and product.is_on_sale:
        what = "units" if product.kind in SHARED_KINDS else "codes"
        told.append(f"It has no {what} yet, so customers read “sold out”: fill it with `/product restock`.")
    if product.comes_at:
        told = [told[0], f"Customers will see it from {words.stamp(product.comes_at, 'f')} on."]
    elif not product.is_on_sale:
        told = [told[0], "It is removed at the moment: **Bring back** on its page offers it again."]
    return _done(one_each_line(*told), product.id)


def _button(
    label: str, custom_id: str, style: ButtonStyle = ButtonStyle.secondary, emoji: str | None = None
) -> buttons.Button:
    return ui.Button(label=label, custom_id=custom_id, style=style, emoji=emoji)
