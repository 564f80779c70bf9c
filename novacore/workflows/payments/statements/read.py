"""Reads a statement: bytes that staff uploaded, whatever their file is called. Pure, and run away from the bot.

Whatever is wrong with the file is a BadInput with a sentence; what is wrong with single rows is counted. No text of an
error holds anything of the file.
"""

import io
import traceback
from collections import Counter
from typing import Final

from novacore.errors import NovaCoreError, Refusal
from novacore.states import ReferenceForm
from novacore.workflows.payments.statements import decoding, limits, tables
from novacore.workflows.payments.statements.payments import MOST_TEXT, payments_of
from novacore.workflows.payments.statements.statement import LeftOut, Payment, Statement
from novacore.workflows.payments.transaction_ids import stored_forms

_HALF: Final = 0.5
"""The share of lines that have to be transaction ids."""


class UnreadableStatement(NovaCoreError):
    """A bug in a reader. It says where, and nothing of what it stumbled over: that may be someone's name."""


def read(content: bytes, addresses: frozenset[str] = frozenset()) -> Statement:
    """Read a statement; `addresses` are those to which the shop is paid. Raises BadInput, and UnreadableStatement."""
    try:
        text = decoding.decoded(content)
        table = tables.table(text)
        return payments_of(table, addresses) if table else _listed(text)
    except Refusal:
        raise
    except Exception as bug:  # noqa: BLE001 - the text of any other error may quote the file, and would be logged
        where = traceback.extract_tb(bug.__traceback__)[-1]
        raise UnreadableStatement(f"{type(bug).__name__} in {where.name}, line {where.lineno}") from None


def _listed(text: str) -> Statement:
    """Read a text with a transaction id in each line. Raises BadInput where that isn't what it is."""
    found: dict[tuple[str, ...], Payment] = {}
    left_out: Counter[LeftOut] = Counter()
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if not line.strip():
            continue
        ids = stored_forms(line[:MOST_TEXT], tuple(ReferenceForm))
        if ids and ids not in found:
            found[ids] = Payment(line=number, ids=ids)
        else:
            left_out[LeftOut.repeated if ids else LeftOut.unreadable] += 1
        limits.require_few(len(found) + left_out.total())
    if left_out[LeftOut.unreadable] > _HALF * (len(found) + left_out.total()):
        raise limits.unknown()
    return Statement("a list of transaction ids", tuple(found.values()), left_out)
