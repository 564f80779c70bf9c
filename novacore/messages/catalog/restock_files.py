"""Restocking with files, each of which is sold once: the form that takes them, and the page before the yes."""

from typing import Any, Final

from discord import ui

from novacore.messages.catalog.restock_preview import yes_or_no
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, rows, text
from novacore.plurals import counted
from novacore.workflows.stock.unit_files import MOST_AT_ONCE, FilesPreview

_NAME: Final = 60


def files_form(product_id: int, product: str) -> Form:
    """Ask for the files."""
    upload: ui.Label[Any] = ui.Label(
        text=f"Files of {product}"[:45],
        description="Each file is one unit and is sold once. Up to 10 MiB each; a .zip goes out as it is.",
        component=ui.FileUpload(custom_id="files", required=True, min_values=1, max_values=MOST_AT_ONCE),
    )
    return Form("Files that are sold once each", custom_ids.build("stock", "files", product_id), upload)


def files_preview(found: FilesPreview) -> Message:
    """Build what the owner says yes or no to. Where nothing is new there is nothing to say yes to."""
    items: list[Item] = [text(f"## 📥 Restock {words.escape(found.product)}", f"{found.left:,} on sale now"), line()]
    if found.new:
        items.append(text(*_new(found)))
    if found.repeats:
        items.append(text(*_left_out(found)))
    if found.batch_id is None:
        items.append(text("None of these are new, so there is nothing to add. The stock is as it was."))
        return Message(box(items, colours.WARNING))
    items += rows(yes_or_no(len(found.new), found.batch_id))
    items.append(text("-# Only what is new is added. A preview that nobody confirms is thrown away after a day."))
    return Message(box(items, colours.BRAND))


def _new(found: FilesPreview) -> list[str]:
    units = counted(len(found.new), "unit", "units")
    told = f"📁 **{units}**, a file each. Each buyer gets one of these files, and nobody else gets the same."
    return [told, *(f"- {words.escape(one.name, _NAME)} · {words.size(one.size)}" for one in found.new)]


def _left_out(found: FilesPreview) -> list[str]:
    told = f"🚫 {counted(len(found.repeats), 'file stays', 'files stay')} out:"
    return [told, *(f"- {words.escape(name, _NAME)} {why}" for name, why in found.repeats)]
