"""Which payments of PayPal's report went back by other rows of it: refunds, reversals, chargebacks. Pure.

Such a row names the payment by its id, in a column that is called something else in each language; the payment's own
row may say "Completed" all the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from novacore.workflows.payments.statements import numbers, words
from novacore.workflows.payments.statements.kinds import Role
from novacore.workflows.payments.statements.tables import Line, Table


def returns(table: Table, point: str) -> Mapping[str, Decimal]:
    """Return how much went back, by the id of the payment: 0 where some may have, and it can't be told how much.

    `point` is the decimal mark of the amounts.
    """
    symbols = {_own_id(line): line.cells.get(Role.symbol, "") for line in table.lines}
    found: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    for line in table.lines:
        for name in line.named - {_own_id(line)} if line.named else ():
            for value in _went_back(line, point):
                is_alike = symbols.get(name) == line.cells.get(Role.symbol, "")
                # By the row's own id, for rows may be listed twice.
                found[name][_own_id(line) or str(line.number)] = value if is_alike else Decimal(0)
    return {name: sum(rows.values(), Decimal(0)) for name, rows in found.items()}


def _went_back(line: Line, point: str) -> Iterator[Decimal]:
    """Yield what went back by a row, below zero for what came again; nothing if it takes nothing back."""
    kind = words.fold(line.cells.get(Role.kind, ""))
    amount = numbers.read(line.cells.get(Role.amount, ""), point)
    if words.DISPUTES.search(kind):
        yield Decimal(0)
    elif not words.SHIFTS.search(kind) and (words.RETURNS.search(kind) or (amount and amount.value < 0)):
        status = words.fold(line.cells.get(Role.status, ""))
        yield -amount.value if amount and (not status or status in words.DONE) else Decimal(0)


def _own_id(line: Line) -> str:
    return line.cells.get(Role.reference, "").upper()
