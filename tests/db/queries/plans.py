"""Watches what the shop asks of its database, and finds in the plans what would be read from end to end."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from novacore.db.base import Base
from novacore.db.engine import Database

BIG = frozenset(
    {
        "cards",
        "contested_proof_files",
        "contested_proofs",
        "contests",
        "discount_uses",
        "events",
        "job_attempts",
        "jobs",
        "ledger_entries",
        "orders",
        "people",
        "products",
        "proof_files",
        "proof_likenesses",
        "proofs",
        "sends",
        "stock_batches",
        "units",
        "vouches",
    }
)
"""Tables that grow with the shop; a look through all of any other one costs nothing."""

PARTIAL = frozenset(
    index.name
    for table in Base.metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)
"""Indexes of a few chosen rows: to walk through one of them from end to end is what it is for."""

WALKS = {"ix_vouches_written_at": "few vouches are hidden, so a page of those that are not is soon full"}
"""Indexes that may be walked along to the end of a page although some rows on the way do not count, and why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was sent to the database, word for word."""

    text: str
    given: Any


@contextmanager
def watching(engine: Engine) -> Iterator[list[Statement]]:
    """Write down every different statement that reads rows, as long as the block lasts."""
    seen: dict[str, Statement] = {}

    def note(_connection: object, _cursor: object, text: str, given: Any, _context: object, many: bool) -> None:
        if text.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            seen.setdefault(text, Statement(text, given[0] if many else given))

    found: list[Statement] = []
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
        found.extend(seen.values())


def full_scans(database: Database, statements: list[Statement]) -> list[str]:
    """Return a line for each big table that one of the statements would read whole."""
    look = _sqlite_scans if database.is_sqlite else _postgresql_scans
    with database.engine.connect() as connection:
        return [f"{what}\n    in {one.text}" for one in statements for what in look(connection, one)]


def _sqlite_scans(connection: Connection, statement: Statement) -> list[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.given)
    steps = [str(row[-1]) for row in rows]
    # To the end of a page, in the order of an index or of the key itself: nothing is left out on the way.
    ends_early = "LIMIT" in statement.text and not any("TEMP B-TREE FOR ORDER BY" in step for step in steps)
    return [step for step in steps if step.startswith("SCAN") and not _is_fine(step, statement, ends_early)]


def _aliases(statement: Statement) -> Mapping[str, str]:
    """Return the tables by the names that the statement gives them."""
    words = statement.text.replace(",", " ").split()
    named = {words[n + 2]: word for n, word in enumerate(words[:-2]) if words[n + 1].upper() == "AS" and word in BIG}
    return {name: name for name in BIG} | named


def _is_fine(step: str, statement: Statement, ends_early: bool) -> bool:
    _, name, *how = step.split()
    if _aliases(statement).get(name) not in BIG:
        return True
    if "INDEX" not in how:
        return ends_early and "WHERE" not in statement.text
    return how[-1] in PARTIAL or ends_early


def _postgresql_scans(connection: Connection, statement: Statement) -> list[str]:
    answer = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.text}", statement.given).scalar_one()
    plan = answer if isinstance(answer, list) else json.loads(answer)
    return [*_walk(plan[0]["Plan"], ends_early=False)]


def _walk(node: Mapping[str, Any], *, ends_early: bool) -> Iterator[str]:
    kind, table = node["Node Type"], node.get("Relation Name")
    if table in BIG and not _uses_index(node, ends_early):
        yield f"{kind} of {table}" + (f" by {node['Index Name']}" if "Index Name" in node else "")
    inside = kind == "Limit" or (ends_early and kind not in {"Sort", "Aggregate", "Hash", "HashAggregate"})
    for below in node.get("Plans", ()):
        yield from _walk(below, ends_early=inside)


def _uses_index(node: Mapping[str, Any], ends_early: bool) -> bool:
    kind = node["Node Type"]
    if kind in {"ModifyTable", "Bitmap Heap Scan"}:
        return True  # what is below them tells
    if kind not in {"Index Scan", "Index Only Scan"}:
        return False
    index = node["Index Name"]
    return "Index Cond" in node or index in PARTIAL or (ends_early and ("Filter" not in node or index in WALKS))
