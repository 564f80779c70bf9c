"""Gives goods of an earlier release the mark of their key, once: each key at hand is tried on them.

Killed, it goes on with the next start. What no key opens is marked as unknown, and tried again only when a key is at
hand that was not tried yet.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from novacore.crypto import FIRST_MARK, MARK_BYTES, UNKNOWN
from novacore.db.queries import sealed
from novacore.db.queries.sealed import SEALED, UNMARKED
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine import facts
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.keys import sealed_rows
from novacore.workflows.upkeep.keys.sealed_rows import Row

TRIED: Final = "keys_tried"
"""The fact that names, by their marks, the keys that were tried on everything of which the key is unknown."""

log = logging.getLogger(__name__)


def give(shop: Shop) -> int:
    """Give marks to what has none; returns how many were given. Usually there is nothing to do, found in one look."""
    shop = shop.for_long_work()
    with reading(shop.database) as session:
        there = sealed.marks(session)
    tried = _tried(shop)
    again = UNKNOWN in there and not shop.cipher.marks <= tried
    if UNMARKED not in there and not again:
        return 0
    log.info("Noting which key the goods of an earlier release need. That is done once; a large stock takes minutes.")
    count, unknown = 0, False
    for marks in _given(shop, again=again):
        count += len(marks)
        unknown = unknown or UNKNOWN in marks
    _note_tried(shop, tried if again else frozenset(), unknown=unknown)
    return count


def _given(shop: Shop, *, again: bool) -> Iterator[Sequence[bytes]]:
    """Give marks part by part, and return those of each."""
    yield _give_fact(shop, again=again)
    for column in SEALED:
        for part in sealed_rows.parts(shop, column):
            changed = _marked(shop, part, again=again)
            if changed:
                sealed_rows.write(shop, column, changed)
            yield [new[:MARK_BYTES] for _, new in changed]


def _marked(shop: Shop, part: Sequence[Row], *, again: bool) -> list[tuple[Row, bytes]]:
    """Open before the transaction begins, which takes no longer than its statements."""
    wanted = [row for row in part if _needs_mark(row[1], again=again)]
    marked = [(row, shop.cipher.marked(row[1])) for row in wanted]
    return [(row, new) for row, new in marked if new != row[1]]


def _needs_mark(content: bytes, *, again: bool) -> bool:
    return content < FIRST_MARK or (again and content.startswith(UNKNOWN))


def _give_fact(shop: Shop, *, again: bool) -> Sequence[bytes]:
    with writing(shop.database) as tx:
        fact = sealed_rows.fact(tx)
        if fact is None or not _needs_mark(sealed_rows.sealed_in(fact), again=again):
            return []
        new = shop.cipher.marked(sealed_rows.sealed_in(fact))
        fact.value = {**fact.value, "sealed": new.decode()}
    return [new[:MARK_BYTES]]


def _tried(shop: Shop) -> frozenset[bytes]:
    return frozenset(str(one).encode() for one in facts.recall(shop, TRIED).get("marks", ()))


def _note_tried(shop: Shop, before: frozenset[bytes], *, unknown: bool) -> None:
    """Note what was tried on all of the unknown: where some of it is new, only the keys of this very run."""
    tried = shop.cipher.marks if unknown else shop.cipher.marks | before
    facts.note(shop, TRIED, {"marks": sorted(one.decode() for one in tried)})
