"""The goods themselves, as the buyer gets them: by DM, or in an answer that only they see.

What does not fit into one message, or would not show there exactly, goes as one text file in it. Nothing here logs,
and no repr holds a value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from discord import ui

from novacore.db.models import Order
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.plurals import counted
from novacore.states import GoodsType
from novacore.workflows.goods.file_names import sent_as
from novacore.workflows.goods.files import File
from novacore.workflows.goods.items import GoodsItem

_TEXT_BUDGET: Final = 3200
"""What the goods may take of Discord's 4000 characters; the rest is for what stands around them."""

_NAMES_BUDGET: Final = 900
"""What the names of files may take of that, where there are any."""

_ENTRIES: Final = 24
"""The most entries in a message before a file is easier to read."""

_ENTRIES_AND_FILES: Final = 32
"""The most of both together: Discord takes 40 components, and 8 are what stands around them."""

_MANY = 4
"""From so many codes of one product on, they share one block, a code a line: copied with one press."""

_URL = re.compile(r"https?://[^\s<>`]{1,1000}")
_NUMBERED = re.compile(r" \(\d+ of \d+\)$")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is shown together. `lines` holds the goods."""

    title: str
    lines: str = field(repr=False)


def goods(order: Order, items: Sequence[GoodsItem], token: str | None = None, files: Sequence[File] = ()) -> Message:
    """Build the delivery. `token` is printed small at the end, so that a later attempt finds this very message."""
    intro = f"Thank you for buying {words.bought(order)}! Keep this message: it is what you paid for."
    return _build(order, items, ("## 🎉 Here are your goods", intro), token, files)


def goods_again(order: Order, items: Sequence[GoodsItem], token: str, files: Sequence[File] = ()) -> Message:
    """Build the goods as they are sent once more, at the wish of staff; a replaced unit is the new one."""
    intro = f"{words.bought(order)}, sent to you once more by our staff. Keep this message."
    return _build(order, items, ("## 🎉 Here are your goods again", intro), token, files)


def replacement(order: Order, items: Sequence[GoodsItem], token: str, files: Sequence[File] = ()) -> Message:
    """Build the message with the unit that takes a faulty one's place."""
    intro = f"{words.bought(order)}. This takes the place of the one that did not work. We're sorry for the trouble!"
    return _build(order, items, ("## 🔁 Here is your replacement", intro), token, files)


def goods_revealed(order: Order, items: Sequence[GoodsItem], files: Sequence[File] = ()) -> Message:
    """Build the answer to "Show my goods", which only the buyer sees."""
    intro = f"{words.bought(order)}. Only you can see this; copy what you need before you close it."
    return _build(order, items, ("## 🎁 Your goods", intro), None, files)


def _build(
    order: Order,
    items: Sequence[GoodsItem],
    head: tuple[str, str],
    token: str | None,
    files: Sequence[File] = (),
) -> Message:
    texts: tuple[FilePart, ...] = ()
    most = min(_ENTRIES, _ENTRIES_AND_FILES - len(files))
    entries = _short_entries(items, _TEXT_BUDGET - (_NAMES_BUDGET if files else 0), most)
    if entries is None:
        texts = (_file(order, items),)
        shown: list[Item] = [text(_in_the_file(items)), ui.File(texts[0].url)]
    else:
        shown = [text(entry.title, entry.lines) for entry in entries]
    parts = _parts(order, files)
    footer = text(*_extras(order), f"-# {order.id}" + (f" · {token}" if token else ""))
    helped = rows([buttons.get_help(order.id)])
    every = [text(*head), line(), *shown, *_shown_files(files, parts), line(), *helped, footer]
    return Message(box(every, colours.DONE), (*texts, *parts))


def _parts(order: Order, files: Sequence[File]) -> list[FilePart]:
    taken = _text_name(order)  # of the file with goods that are text, should there be one
    names = sent_as([taken, *(one.name for one in files)])[1:]
    return [FilePart(name, one.content) for name, one in zip(names, files, strict=True)]


def _shown_files(files: Sequence[File], parts: Sequence[FilePart]) -> list[Item]:
    """Discord shows what a file is called; where that is not its own name, the name stands in front of them."""
    if not files:
        return []
    others = [
        f"{number}. {words.escape(one.name, 40)}"
        for number, (one, part) in enumerate(zip(files, parts, strict=True), 1)
        if one.name != part.name
    ]
    told = "📁 **Your file.** Save it in a safe place."
    if len(files) > 1:
        told = f"📁 **Your {counted(len(files), 'file', 'files')}.** Save them in a safe place."
    return [text(told, *others), *(ui.File(part.url) for part in parts)]


def _groups(items: Sequence[GoodsItem]) -> Iterator[list[GoodsItem]]:
    """Units of one product stand together; everything else stands alone."""
    for _, group in groupby(enumerate(items), key=lambda pair: _kinship(*pair)):
        yield [item for _, item in group]


def _kinship(place: int, item: GoodsItem) -> tuple[str, GoodsType, int]:
    if _NUMBERED.search(item.name) and _copied(item) and "\n" not in item.value:
        return _NUMBERED.sub("", item.name), item.type, -1
    return item.name, item.type, place


def _entries(group: list[GoodsItem]) -> list[_Entry]:
    if len(group) < _MANY:
        return [_Entry(_title(item.type, item.name), _value(item)) for item in group]
    name = _NUMBERED.sub("", group[0].name)
    kind = group[0].type
    title = f"{_title(kind, name)} · {counted(len(group), kind, kind.row.plural)}, one on each line"
    return [_Entry(title, words.block("\n".join(item.value for item in group)))]


def _title(kind: GoodsType, name: str) -> str:
    return f"{kind.row.emoji} **{words.escape(name)}**"


def _copied(item: GoodsItem) -> bool:
    return not item.type.row.is_prose and not _URL.fullmatch(item.value)


def _value(item: GoodsItem) -> str:
    if _URL.fullmatch(item.value):
        return f"<{item.value}>"
    return words.block(item.value) if _copied(item) else words.quote(item.value, _TEXT_BUDGET)


def _fits_a_message(item: GoodsItem) -> bool:
    """Tell whether Discord would show the value exactly: it trims blanks and ends a block at three backticks."""
    value = item.value
    if not value or value != value.strip() or "```" in value:
        return False
    return all(one.isprintable() or one in "\n\t\u200d" for one in value)


def _short_entries(items: Sequence[GoodsItem], budget: int, most: int) -> list[_Entry] | None:
    """Return what the message shows, or None if a file is needed."""
    if sum(len(item.value) for item in items) > budget or not all(map(_fits_a_message, items)):
        return None
    entries = [entry for group in _groups(items) for entry in _entries(group)]
    size = sum(words.units(entry.title) + words.units(entry.lines) + 2 for entry in entries)
    return entries if len(entries) <= most and size <= budget else None


def _in_the_file(items: Sequence[GoodsItem]) -> str:
    kinds = dict.fromkeys(item.type for item in items)
    signs = " ".join(kind.row.emoji for kind in kinds)
    what = "Everything is" if len(items) == 1 else f"All {len(items)} items are"
    return f"{signs} {what} in this file. Save it in a safe place."


def _file(order: Order, items: Sequence[GoodsItem]) -> FilePart:
    parts = [f"Order {order.id}: {order.quantity} x {words.clean(order.product_name)}"]
    for number, item in enumerate(items, 1):
        parts.append(f"{number}. {words.clean(item.name)} [{item.type}]\n{item.value}")
    content = "\n\n".join(parts) + "\n"
    # A byte order mark, so that Windows' old editor reads it right; lone halves of characters become question marks.
    return FilePart(_text_name(order), content.encode("utf-8-sig", "replace"), "Your goods as a text file")


def _text_name(order: Order) -> str:
    return f"{order.id}-goods.txt"


def _extras(order: Order) -> list[str]:
    """Say what else comes with the order: a role, a warranty."""
    return [*_role(order), *_warranty(order)]


def _role(order: Order) -> list[str]:
    if order.role is None:
        return []
    times = f", {order.quantity} times" if order.quantity > 1 and order.role.days else ""
    return [f"🎭 With it comes the role **{words.escape(order.role.name)}** {order.role.term}{times}."]


def _warranty(order: Order) -> list[str]:
    if not order.warranty_days:
        return []
    return [f"🛡️ {order.warranty_days} days of warranty. Something wrong? Press **Get help**."]
