"""What came in before, from which older shop: how a second run of an import adds only what is missing."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from novacore.db.models import LegacyImport, LegacySource
from novacore.db.unit_of_work import Transaction, reading
from novacore.workflows.machine import facts
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.legacy.rows import OldShop

IMPORTER: Final = Actor(0, "Import of the old shop", is_owner=True)

ANCHORS: Final = 200
"""Products of a file by which it is known again: the first ones, which an old shop changes least."""

ID_CHARS: Final = 100
"""Characters of an old id that are kept."""

_LOCK: Final = "legacy_import"


def known(shop: Shop, old: OldShop, kind: str, old_ids: Sequence[str]) -> frozenset[str]:
    """Return those of the old ids that came in before, from this file or an earlier state of the same shop."""
    with reading(shop.for_long_work().database) as session:
        source_id = recognise(session, old)
        there = known_of(session, source_id, kind, old_ids) if source_id else set()
    return frozenset(one for one in old_ids if short(one) in there)


def source_of(tx: Transaction, old: OldShop) -> int:
    """Return the id of this old shop, made if it was never seen. Two imports at once wait for each other here."""
    facts.locked(tx, _LOCK)
    found = recognise(tx.session, old)
    if found:
        return found
    made = insert(LegacySource).values(file_name=old.file_name[:100], first_seen_at=tx.now).returning(LegacySource.id)
    return tx.session.execute(made).scalar_one()


def recognise(session: Session, old: OldShop) -> int | None:
    """Find the source most of whose products bear the same names under the same ids as in this file.

    Most, not all: the old shop may have gone on since, and a few products may have other names by now.
    """
    names = {short(old_id): digest(name) for old_id, name in old.anchors}
    rows = select(LegacyImport.source_id, LegacyImport.old_id, LegacyImport.mark).where(
        LegacyImport.kind == "product", LegacyImport.old_id.in_(names)
    )
    met: dict[int, list[bool]] = {}
    for source_id, old_id, mark in session.execute(rows):
        met.setdefault(source_id, []).append(names[old_id] == mark)
    likely = [(sum(same), source_id) for source_id, same in met.items() if sum(same) * 2 >= len(same)]
    return max(likely)[1] if likely else None


def known_of(session: Session, source_id: int, kind: str, old_ids: Sequence[str]) -> set[str]:
    """Return those of these ids, each as `short` makes it, under which something came in from this source."""
    rows = select(LegacyImport.old_id).where(
        LegacyImport.source_id == source_id,
        LegacyImport.kind == kind,
        LegacyImport.old_id.in_([short(one) for one in old_ids]),
    )
    return set(session.execute(rows).scalars())


def remember(tx: Transaction, source_id: int, kind: str, old_id: str, new_id: str, name: str) -> None:
    """Note that something came in, in the transaction that stores it. `name` is what it is known again by."""
    remember_all(tx, source_id, kind, [(old_id, new_id, name)])


def remember_all(tx: Transaction, source_id: int, kind: str, came_in: Sequence[tuple[str, str, str]]) -> None:
    """Do the same for many, each with its old id, its new one, and its name."""
    rows: list[dict[str, object]] = [
        {
            "source_id": source_id,
            "kind": kind,
            "old_id": short(old_id),
            "new_id": new_id,
            "mark": digest(name),
            "imported_at": tx.now,
        }
        for old_id, new_id, name in came_in
    ]
    if rows:
        tx.session.execute(insert(LegacyImport), rows)


def short(old_id: str) -> str:
    """Return an old id as it is remembered: what is longer than the column ends in a hash."""
    return old_id if len(old_id) <= ID_CHARS else f"{old_id[: ID_CHARS - 17]}-{digest(old_id)}"


def digest(text: str) -> str:
    """Return a short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
