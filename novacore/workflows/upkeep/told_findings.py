"""Remembers what the doctor found at a start and the owner was told of, so that each thing is told once.

What is found no more is forgotten, and told again when it comes back. Two processes that look at once tell it once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from novacore.db.deleting import delete_free
from novacore.db.models import ToldFinding
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.shop import Shop

_NUMBER = re.compile(r"(?<!\d)\d{1,14}(?!\d)")
"""Numbers that change from look to look: room on a disk, how long ago. Discord's ids are longer, and stay."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong. `level` and `about` as the doctor has them; `fix` may be empty."""

    level: str
    about: str
    text: str
    fix: str
    key: str = ""
    """What makes it another one, where its text alone doesn't: numbers in that don't count."""

    @property
    def mark(self) -> str:
        """Tell it from others, whatever its numbers are by now."""
        told = "\n".join((self.level, self.about, self.key or _NUMBER.sub("#", self.text)))
        return sha256(told.encode()).hexdigest()


def news(shop: Shop, scope: str, found: Sequence[Found]) -> list[Found]:
    """Return what of a look at `scope` was not told yet, and have the owner told of it by DM."""
    return news_of(shop, scope, {scope: found})


def news_of(shop: Shop, occasion: str, looks: Mapping[str, Sequence[Found]]) -> list[Found]:
    """Do as `news` for looks at several scopes, in one message; `occasion` tells the job what kind of message."""
    with writing(shop.database) as tx:
        new = {mark: one for scope, found in looks.items() for mark, one in _new(tx, scope, found)}
        if new:
            key = f"findings:{sha256(''.join(new).encode()).hexdigest()[:16]}:{tx.now.timestamp()}"
            request = job_kinds.TELL_OWNER.about("shop", occasion, {"findings": [*new]})
            jobs.enqueue(tx, [request], key=key)
    return [*new.values()]


def _new(tx: Transaction, scope: str, found: Sequence[Found]) -> Iterator[tuple[str, Found]]:
    by_mark = {one.mark: one for one in found}
    delete_free(tx, ToldFinding, ToldFinding.scope == scope, ToldFinding.mark.not_in(by_mark))
    for mark, one in by_mark.items():
        if _is_new(tx, scope, mark, one):
            yield mark, one


def _is_new(tx: Transaction, scope: str, mark: str, one: Found) -> bool:
    values: dict[str, Any] = {"level": one.level, "about": one.about[:80], "text": one.text, "fix": one.fix}
    row = insert_into(tx, ToldFinding).values(mark=mark, scope=scope, told_at=tx.now, **values)
    return tx.session.execute(row.on_conflict_do_nothing().returning(ToldFinding.mark)).scalar_one_or_none() is not None


def recall(shop: Shop, marks: Sequence[str]) -> list[Found]:
    """Return what of these is still found, in the order given."""
    with reading(shop.database) as session:
        rows = {
            one.mark: one for one in session.execute(select(ToldFinding).where(ToldFinding.mark.in_(marks))).scalars()
        }
    there = (rows[mark] for mark in marks if mark in rows)
    return [Found(one.level, one.about, one.text, one.fix) for one in there]
