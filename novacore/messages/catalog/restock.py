"""What the owner sees of stock: how far a restock has come, the batches of a product, one batch."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.queries.catalog.restock import BATCHES_PAGE, BatchRow
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, line, rows, text
from novacore.messages.kit.progress import bar
from novacore.messages.orders import buttons
from novacore.plurals import counted
from novacore.states import BatchState, ProductKind, UnitStatus

_STATUSES: Final = {
    UnitStatus.available: "on sale",
    UnitStatus.reserved: "reserved",
    UnitStatus.sold: "sold",
    UnitStatus.replaced: "replaced",
    UnitStatus.revoked: "revoked",
    UnitStatus.withdrawn: "withdrawn",
}


# ---- how far it has come


def coming_in(batch: BatchRow) -> Message:
    """Build the page that moves while a batch is filled in, and the last one that says what came of it."""
    title = f"## 📥 Restock {words.escape(batch.product)}"
    moved = bar(batch.done, batch.total)
    if batch.state is BatchState.filling:
        told = text(title, moved, f"{batch.done:,} of {batch.total:,}", "-# It goes on without you, too.")
        return Message(box([told], colours.BRAND))
    lines = [title, moved, f"✅ **{batch.added:,}** added and on sale"]
    if batch.refused:
        lines.append(f"🚫 **{batch.refused:,}** left out: someone else added the same meanwhile")
    lines.append(f"-# Batch {batch.id}. `/product batches` lets you withdraw what is left of it.")
    return Message(box([text(*lines)], colours.DONE))


def discarded() -> Message:
    """Say that a preview is gone."""
    return Message(box([text("🗑️ Discarded. Nothing was added, and what was uploaded is thrown away here.")]))


# ---- batches


def batches_page(product: str, product_id: int, total: int, found: Sequence[BatchRow], page: int = 0) -> Message:
    """Build a page (counted from 0) of a product's batches, the newest first; a choice opens one."""
    items: list[Item] = [text(f"## 📦 Batches of {words.escape(product)}", counted(total, "restock", "restocks"))]
    if not found:
        items.append(text("There are none here. `/product restock` adds stock."))
        return Message(box(items, colours.BRAND))
    items += [line(), *(text(_batch_line(one), f"-# {_counts(one)}") for one in found), _choose(found)]
    turn: Callable[[int], str] = lambda n: custom_ids.build("stock", "batches", product_id, n)  # noqa: E731 - typed
    return Message(box([*items, *rows(buttons.paging(page, math.ceil(total / BATCHES_PAGE), turn))], colours.BRAND))


def _choose(found: Sequence[BatchRow]) -> ui.ActionRow[Any]:
    options = [
        discord.SelectOption(
            label=f"Batch {one.id}", value=str(one.id), description=words.shorten(f"{one.available:,} on sale", 100)
        )
        for one in found
    ]
    select: ui.Select[Any] = ui.Select(
        custom_id=custom_ids.build("stock", "batch"), placeholder="Look at a batch", options=options
    )
    return ui.ActionRow(select)


def _batch_line(batch: BatchRow) -> str:
    source = words.inline(batch.file_name, 40) if batch.file_name else "a count"
    moves = f" · {bar(batch.done, batch.total)}" if batch.state is BatchState.filling else ""
    return f"**Batch {batch.id}** · {words.stamp(batch.added_at, 'f')} · <@{batch.added_by}> · {source}{moves}"


def _counts(batch: BatchRow) -> str:
    parts = [f"{batch.units[status]:,} {label}" for status, label in _STATUSES.items() if batch.units.get(status)]
    return " · ".join(parts) or "nothing yet"


def batch_page(batch: BatchRow, withdrawn: int | None = None) -> Message:
    """Build the page of one batch; `withdrawn` says how many were just taken off sale."""
    items: list[Item] = [text(f"## 📦 {words.escape(batch.product)}", _batch_line(batch), _counts(batch))]
    if withdrawn is not None:
        items.append(text(_withdrawn(batch, withdrawn)))
    ways: list[buttons.Button] = []
    if batch.available and batch.state is BatchState.filled:
        ways.append(
            ui.Button(
                label=f"Withdraw the {batch.available:,} that are left",
                style=ButtonStyle.danger,
                emoji="↩️",
                custom_id=custom_ids.build("stock", "withdraw", batch.id),
            )
        )
    ways.append(
        ui.Button(label="All batches", emoji="◀️", custom_id=custom_ids.build("stock", "batches", batch.product_id, 0))
    )
    return Message(box([*items, *rows(ways)], colours.BRAND))


def _withdrawn(batch: BatchRow, count: int) -> str:
    told = f"↩️ **{count:,}** taken off sale." if count else "There was nothing left to withdraw."
    if count and batch.kind is ProductKind.unique:
        told += " Their codes may be added again."
    if reserved := batch.units.get(UnitStatus.reserved, 0):
        held = "1 is reserved by an open order" if reserved == 1 else f"{reserved:,} are reserved by open orders"
        told += f"\n{held}. What comes back of it can be withdrawn here as well."
    return told


def alert_set(product: str, threshold: int) -> Message:
    """Say from where on staff hear of a product's stock."""
    name = words.escape(product)
    told = f"🔔 Staff hear of it when **{threshold:,}** or fewer of {name} are left, and when it is sold out."
    if not threshold:
        told = f"🔕 Staff hear nothing of the stock of {name} any more."
    return Message(box([text(told)], colours.BRAND))
