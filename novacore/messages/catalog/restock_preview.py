"""The preview of a restock: how the file was read, what in it are goods, and what the owner should know before the yes.

Where something isn't clear it asks with a menu, and there is no button to add anything until that is answered.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.messages.catalog.window import select
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import MOST_TEXT, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.workflows.stock.files.columns.words import Reading, reading
from novacore.workflows.stock.files.limits import MAX_COLUMNS
from novacore.workflows.stock.files.rows.json_lists import READ_BY_NAME
from novacore.workflows.stock.files.tables import WHOLE_LINES, Column, Heading, Question, StockFile
from novacore.workflows.stock.previews import Preview
from novacore.workflows.stock.samples import Sample, masked

ANSWERS: Final[Mapping[str, bool]] = {"heading": True, "goods": False}
"""The values of the menu that asks about a heading."""

_LINES: Final = "lines"
"""The value of the option that takes whole lines."""

_NAMED: Final = 10
"""Line numbers in one list; nobody looks up more by hand."""
_GROUPS: Final = 5
_COLUMNS: Final = 8
"""Columns that are named in a sentence."""
_NAME: Final = 40
_SAMPLES: Final = 5
_ROOM: Final = MOST_TEXT - 600
"""What the lines about the file may come to; the rest is for what stands around them."""


def preview(found: Preview) -> Message:
    """Build what the owner says yes or no to. Where nothing is new there is nothing to say yes to."""
    title = text(f"## 📥 Restock {words.escape(found.product)}", f"{found.left:,} on sale now")
    told = _fitting([*_how_it_was_read(found), *_counts(found), *_oddities(found.file)])
    items: list[Item] = [title, line(), *([text(*told)] if told else [])]
    if found.batch_id is None:
        return _nothing_new(items)
    items += _menus(found.file, found.batch_id)
    if not found.new and not found.file.question:
        items.append(text("Nothing in it is new, so there is nothing to add. You can choose something else above."))
    items += rows(yes_or_no(found.new, found.batch_id))
    items.append(text("-# Only what is new is added. A preview that nobody confirms is thrown away after a day."))
    return Message(box(items, colours.BRAND))


def _fitting(told: Sequence[str]) -> list[str]:
    """Return the lines that fit into one message, the most important first; what doesn't fit is said to be missing."""
    sizes = accumulate(words.units(one) + 1 for one in told)
    fitting = [one for one, size in zip(told, sizes, strict=True) if size <= _ROOM]
    return fitting if len(fitting) == len(told) else [*fitting, "-# There is more to say than fits here."]


def columns_of(values: Sequence[str]) -> list[int]:
    """Return the columns that were chosen in the menu; none for values that it never offers."""
    if _LINES in values:
        return [WHOLE_LINES]
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 5]


def _nothing_new(items: list[Item]) -> Message:
    items.append(text("Nothing in it is new, so there is nothing to add. The stock is as it was."))
    return Message(box(items, colours.WARNING))


def yes_or_no(new: int, batch_id: int) -> list[buttons.Button]:
    """Return the buttons below a preview: only the no where nothing is new."""
    yes: buttons.Button = ui.Button(
        label=f"Add {new:,}",
        style=ButtonStyle.success,
        emoji="📥",
        custom_id=custom_ids.build("stock", "confirm", batch_id),
    )
    no: buttons.Button = ui.Button(label="Discard", emoji="🗑️", custom_id=custom_ids.build("stock", "discard", batch_id))
    return [yes, no] if new else [no]


# ---- how the file was read


def _how_it_was_read(found: Preview) -> list[str]:
    file = found.file
    if file.question is Question.heading:
        return [_heading_question(file.heading, file.counted)]
    told = [_heading(file)] if file.heading.lines or (found.samples and not file.columns) else []
    if file.question is Question.columns:
        return [*told, *_columns_question()]
    return [*told, *_goods(file), *_lengths(found.samples)]


def _heading(file: StockFile) -> str:
    heading = file.heading
    if not heading.lines:
        return f"🏷️ No heading: every {file.counted} is read as goods"
    place, are_several = _places(heading.lines, file.counted), len(heading.lines) > 1
    if not heading.is_taken:
        return f"🏷️ No heading: {place} {'count' if are_several else 'counts'} as goods, as you said"
    return f"🏷️ Heading: {_heading_text(heading)} ({place}). {'They stay' if are_several else 'It stays'} out."


def _heading_text(heading: Heading) -> str:
    """Show what reads like words. While it is in doubt, anything else may be a code, so it is masked."""
    if heading.is_taken:
        return words.inline(heading.text)
    cells = (one if reading(one) is not Reading.none else masked(one) for one in heading.cells)
    return words.inline(" · ".join(cells))


def _heading_question(heading: Heading, counted: str) -> str:
    place, shown = _places(heading.lines, counted), _heading_text(heading)
    other = "" if heading.lines[0] == 1 else " or other text"
    if len(heading.lines) == 1:
        return f"❓ **Is {place} a heading{other}, or is it goods?** It reads {shown}."
    where = f"{counted.capitalize()} {heading.shown}"
    return f"❓ **Are {place} headings or other text, or are they goods?** {where} reads {shown}."


def _columns_question() -> list[str]:
    asked = (
        "❓ **Which columns are the goods?** Choose everything that a buyer needs, such as a card number and its PIN. "
        "Where you choose several, buyers get each value with the name of its column."
    )
    return [asked, f"-# Columns called {READ_BY_NAME} and the like are taken for goods without asking."]


def _goods(file: StockFile) -> list[str]:
    if not file.columns:
        return []
    if file.goods == (WHOLE_LINES,):
        return ["🧾 Goods: whole lines, as they stand in the file"]
    chosen = [one for one in file.columns if one.number in (file.goods or ())]
    left_out = [one for one in file.columns if one not in chosen]
    told = f"🧾 Goods: {_named(chosen, '**')}"
    return [f"{told} · left out: {_named(left_out)}" if left_out else told]


def _named(columns: Sequence[Column], mark: str = "") -> str:
    named = ", ".join(f"{mark}{words.escape(_name(one), _NAME)}{mark}" for one in columns[:_COLUMNS])
    return f"{named} and {len(columns) - _COLUMNS} more" if len(columns) > _COLUMNS else named


def _name(column: Column) -> str:
    return column.name or f"Column {column.number + 1}"


def _lengths(samples: Sequence[Sample]) -> Iterator[str]:
    yield from (_length(one, len(samples)) for one in samples[:_SAMPLES])
    if len(samples) > _SAMPLES:
        yield "-# The lengths of the other columns aren't shown here."


def _length(sample: Sample, count: int) -> str:
    size = f"{sample.shortest:,}" if sample.shortest == sample.longest else f"{sample.shortest:,} to {sample.longest:,}"
    noun = "character" if sample.longest == 1 else "characters"
    name = f"**{words.escape(sample.name, _NAME)}**: " if count > 1 and sample.name else ""
    return f"📏 {name}{size} {noun} · first {words.inline(sample.first)} · last {words.inline(sample.last)}"


# ---- how many


def _counts(found: Preview) -> list[str]:
    file = found.file
    if file.question:
        return []
    return [
        f"🆕 **{found.new:,}** new",
        *_left_out("🔁", "repeated in the file", file.repeated, file.counted),
        *_left_out("📦", "in stock already", found.in_stock, file.counted),
        *_left_out("🚫", "sold before", found.sold, file.counted),
        *_each("⚠️", "malformed", file.malformed, file.counted),
    ]


def _left_out(emoji: str, what: str, lines: Sequence[int], counted: str) -> list[str]:
    return [f"{emoji} **{len(lines):,}** {what} ({_places(lines, counted)})"] if lines else []


def _each(emoji: str, what: str, faults: Sequence[tuple[int, str]], counted: str) -> list[str]:
    if not faults:
        return []
    told = [f"{emoji} **{len(faults):,}** {what}"]
    told += [f"-# {counted} {number}: {words.escape(fault)}" for number, fault in faults[:_NAMED]]
    more = len(faults) - _NAMED
    return [*told, f"-# and {more:,} more"] if more > 0 else told


def _places(lines: Sequence[int], counted: str) -> str:
    several = {"entry": "entries"}.get(counted, f"{counted}s")
    named = ", ".join(str(one) for one in lines[:_NAMED])
    more = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
    return f"{counted if len(lines) == 1 else several} {named}{more}"


# ---- what is odd


def _oddities(file: StockFile) -> Iterator[str]:
    if file.look_alikes:
        shown = "; ".join(_places(one, file.counted) for one in file.look_alikes[:_GROUPS])
        more = len(file.look_alikes) - _GROUPS
        rest = f" and {more:,} more groups" if more > 1 else " and one more group" if more == 1 else ""
        count = sum(map(len, file.look_alikes))
        yield f"👀 **{count:,}** look alike: {shown}{rest}. Buyers who type them may mix them up."
    if file.deceptive:
        places = _places(file.deceptive, file.counted)
        yield f"🔤 **{len(file.deceptive):,}** with characters that only look like those of a keyboard ({places})"
    if file.changed:
        looks = "looks" if len(file.changed) == 1 else "look"
        told = f"{looks} changed by a spreadsheet, and worthless to the buyer"
        yield from _each("📉", told, file.changed, file.counted)
        yield "-# Format the column as text, enter the codes again and save the file as CSV."
    yield from (f"-# ℹ️ {one}" for one in file.notes)


# ---- menus


def _menus(file: StockFile, batch_id: int) -> Iterator[ui.ActionRow[Any]]:
    if file.heading.lines:
        yield select(
            custom_ids.build("stock", "heading", batch_id), "Heading or goods?", _heading_options(file.heading)
        )
    if file.can_choose_columns and file.question is not Question.heading:
        options = _column_options(file)
        yield select(
            custom_ids.build("stock", "columns", batch_id), "Which columns are the goods?", options, most=len(options)
        )


def _heading_options(heading: Heading) -> list[discord.SelectOption]:
    one = len(heading.lines) == 1
    left_out = "It's a heading: leave it out" if heading.lines[0] == 1 else "It isn't goods: leave it out"
    labels = {
        "heading": left_out if one else "They aren't goods: leave them out",
        "goods": "It's goods: add it" if one else "They are goods: add them",
    }
    return [
        discord.SelectOption(label=label, value=value, default=heading.is_taken is ANSWERS[value])
        for value, label in labels.items()
    ]


def _column_options(file: StockFile) -> list[discord.SelectOption]:
    goods = file.goods or ()
    room = MAX_COLUMNS - file.has_lines
    # Where there are too many for one menu, those that are goods are offered for sure.
    offered = sorted(sorted(file.columns, key=lambda one: one.number not in goods)[:room], key=lambda one: one.number)
    options = [_option(_name(one), str(one.number), masked(one.example), one.number in goods) for one in offered]
    if file.has_lines:
        options.append(_option("Whole lines", _LINES, "Each line as it stands in the file", WHOLE_LINES in goods))
    return options


def _option(name: str, value: str, example: str, is_chosen: bool) -> discord.SelectOption:
    label = words.shorten(words.clean(name), 100)
    description = words.shorten(words.clean(example), 100)
    return discord.SelectOption(label=label, value=value, description=description, default=is_chosen)
