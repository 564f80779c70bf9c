"""Writes `docs/states.md` from the state tables, so that the page cannot disagree with the code."""

from collections.abc import Iterable
from typing import Any

from novacore.workflows.machine.arrows import Arrow, Table
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets.table import TICKETS

TABLES: tuple[Table[Any], ...] = (ORDERS, TICKETS)

_HEAD = """# States

`novacore states` writes this page from the tables in `novacore/workflows/`; a test compares the two. To change what may
happen, change the table.
"""


def states_page() -> str:
    """Return the page as Markdown, with a Mermaid diagram and a table for each kind of subject."""
    return "\n".join([_HEAD, *(_section(table) for table in TABLES)])


def _section(table: Table[Any]) -> str:
    rows = [_row(arrow, table) for arrow in table.arrows]
    always = ", ".join(f"`{kind.name}`" for kind in table.always)
    return "\n".join(
        [
            f"## {table.name.capitalize()}s",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_diagram(table),
            "```",
            "",
            "| trigger | from | to | who | refused unless | jobs |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            f"Every arrow also queues {always}.",
            "",
        ]
    )


def _diagram(table: Table[Any]) -> Iterable[str]:
    for arrow in table.arrows:
        for source in arrow.sources:
            begin = "[*]" if source == table.initial else source
            yield f"    {begin} --> {arrow.target}: {arrow.trigger}"
    leaving = {source for arrow in table.arrows for source in arrow.sources}
    for state in table.states:
        if state not in leaving:
            yield f"    {state} --> [*]"


def _row(arrow: Arrow[Any], table: Table[Any]) -> str:
    sources = ", ".join("(new)" if source == table.initial else f"`{source}`" for source in arrow.sources)
    who = ", ".join(sorted(arrow.who)) + (", not the buyer" if arrow.not_own else "")
    jobs = ", ".join(f"`{rule.kind.name}`" + (" (due later)" if rule.due else "") for rule in arrow.jobs)
    return f"| `{arrow.trigger}` | {sources} | `{arrow.target}` | {who} | {arrow.refused_unless} | {jobs} |"
