"""The list of blocks, which only staff see."""

import math
from collections.abc import Sequence
from typing import Final

from novacore.db.models import Person
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, line, rows, text
from novacore.messages.orders import buttons

BLOCKS_PAGE: Final = 10
"""People on one page; the query pages by it."""

_REASON: Final = 100
"""Of a reason in the list; the events keep all of it."""


def blocks(people: Sequence[Person], page: int, total: int) -> Message:
    """Build a page (counted from 0) of who is blocked, those first whose block ends first."""
    if not people:
        told = "Nobody is blocked." if not total else "Nothing on this page any more. Type `/blocks` for the first one."
        return Message(box([text("## ⛔ Blocked people", told)], colours.BRAND))
    counted = "1 person" if total == 1 else f"{total} people"
    items: list[Item] = [text("## ⛔ Blocked people", f"{counted} can't order at the moment"), line()]
    items += [text(*_entry(person)) for person in people[:BLOCKS_PAGE]]
    turn = buttons.paging(page, math.ceil(total / BLOCKS_PAGE), lambda n: custom_ids.build("person", "blocks", n))
    return Message(box([*items, *rows(turn)], colours.BRAND))


def _entry(person: Person) -> list[str]:
    until = f"until {words.stamp(person.blocked_until, 'f')}" if person.blocked_until else ""
    by = f" · by <@{person.blocked_by}>" if person.blocked_by else ""
    why = [f"-# “{words.escape(person.block_reason, _REASON)}”"] if person.block_reason else []
    return [f"<@{person.id}> ({words.escape(person.name, 30)}) {until}{by}", *why]
