"""Makes payments of the rows of a list, and says of every other row why it is none. Pure; `read` calls it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from novacore.money.reader import EXACT
from novacore.states import ReferenceForm
from novacore.workflows.payments.statements import days, numbers, words
from novacore.workflows.payments.statements.contracts import coin_of
from novacore.workflows.payments.statements.kinds import Role
from novacore.workflows.payments.statements.layouts import Layout
from novacore.workflows.payments.statements.returns import returns
from novacore.workflows.payments.statements.statement import (
    UNKNOWN_COIN,
    UNSAID,
    Doubt,
    LeftOut,
    Payment,
    Statement,
)
from novacore.workflows.payments.statements.tables import Line, Table
from novacore.workflows.payments.transaction_ids import forms_of, stored_forms

MOST_TEXT: Final = 200
"""Characters of a cell or line that are searched for an id: the longest has 88, and some stand in links."""

_SHORTEST_ADDRESS: Final = 25
_MOST_DECIMALS: Final = 30
_TOKENS: Final = frozenset({"USDT"})
"""Coins that are tokens on whatever chain: their contract tells which they are, and never their name."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the rows of one list are read."""

    layout: Layout
    point: str
    day_first: bool | None
    addresses: frozenset[str]
    """Of the shop, without case."""


def payments_of(table: Table, addresses: frozenset[str]) -> Statement:
    """Return what came in by a list. The shop's `addresses` tell where nothing else in a row does."""
    reading = _reading(table, addresses)
    left_out: Counter[LeftOut] = Counter()
    found: dict[object, Payment] = {}
    went_back = returns(table, reading.point) if Role.net in table.layout.columns else {}
    for line in table.lines:
        one = _kept(_judged(line, reading), went_back)
        if isinstance(one, LeftOut):
            left_out[one] += 1
            continue
        key = (one.ids, one.amount, one.symbol) if one.ids else line.number
        if found.setdefault(key, one) is not one:
            left_out[LeftOut.repeated] += 1
    kind = table.layout.kind
    methods = frozenset(one.value for one in kind.methods)
    return Statement(kind.name, tuple(found.values()), left_out, methods, has_ids=kind.has_ids)


def _reading(table: Table, addresses: frozenset[str]) -> _Reading:
    layout, lines = table.layout, table.lines
    amounts = (line.cells[role] for line in lines for role in (Role.amount, Role.received) if role in line.cells)
    shown = days.day_is_first(line.cells.get(Role.day, "") for line in lines)
    return _Reading(
        layout,
        numbers.point_of(amounts, "." if layout.is_english else ","),
        shown if shown is not None or layout.is_english else True,
        frozenset(one.casefold() for one in addresses),
    )


def _kept(one: Payment | LeftOut, went_back: Mapping[str, Decimal]) -> Payment | LeftOut:
    """Return a payment less what other rows say of it: that all of it went back, or some."""
    if isinstance(one, LeftOut) or not (named := went_back.keys() & {*one.ids}):
        return one
    is_all = one.amount is not None and any(went_back[name] >= one.amount for name in named)
    return LeftOut.returned if is_all else replace(one, doubt=Doubt.part_returned)


def _judged(line: Line, reading: _Reading) -> Payment | LeftOut:
    role = Role.amount if Role.amount in reading.layout.columns else Role.received
    cell = line.cells.get(role, "")
    amount = numbers.read(cell, reading.point) if cell else None
    if cell and amount is None:
        return LeftOut.unreadable
    reason = _no_payment(line, reading, amount) or _unsettled(line)
    if reason:
        return reason
    if not (line.order_ids or reading.layout.kind.has_ids):
        return LeftOut.no_order
    text = line.cells.get(Role.reference, "")[:MOST_TEXT]
    ids = stored_forms(text, reading.layout.kind.forms)
    if not (ids or text or line.order_ids or amount):
        return LeftOut.unreadable
    symbol = _symbol(line, reading.layout, amount, ids)
    return Payment(
        line=line.number,
        ids=ids,
        reference=text,
        amount=_value(line, amount) if amount else None,
        symbol=UNKNOWN_COIN if symbol is None else symbol,
        day=days.read(line.cells.get(Role.day, ""), day_first=reading.day_first),
        order_ids=line.order_ids,
        doubt=Doubt.no_contract if symbol is None else _doubt(line, reading.layout),
    )


def _doubt(line: Line, layout: Layout) -> Doubt | None:
    """Return what is unsure where PayPal's column for the effect on the balance wasn't chosen."""
    is_sure = Role.net not in layout.columns or Role.impact in line.cells
    return None if is_sure or words.PAYMENTS.search(words.fold(line.cells.get(Role.kind, ""))) else Doubt.unsure_kind


def _no_payment(line: Line, reading: _Reading, amount: numbers.Amount | None) -> LeftOut | None:
    """Return why nothing came in by this row; None if something may have."""
    kind, named = words.fold(line.cells.get(Role.kind, "")), reading.layout.kind.incoming
    if (amount and amount.value < 0) or kind in words.OUT:
        return LeftOut.outgoing
    if named and kind not in named:
        return LeftOut.no_payment
    if Role.received in reading.layout.columns and not (amount and amount.value):
        return LeftOut.outgoing
    if amount and not amount.value:
        return LeftOut.no_payment
    if Role.net in reading.layout.columns and (words.MOVES.search(kind) or _is_unmoved(line, kind)):
        return LeftOut.no_payment
    return None if named or kind in words.IN else _sent_elsewhere(line, reading.addresses)


def _is_unmoved(line: Line, kind: str) -> bool:
    """Tell whether PayPal lists something by which no money was moved."""
    impact = line.cells.get(Role.impact)
    return words.fold(impact) in words.MEMO if impact else words.UNMOVED.search(kind) is not None


def _sent_elsewhere(line: Line, addresses: frozenset[str]) -> LeftOut | None:
    to, sender = line.cells.get(Role.to, "").casefold(), line.cells.get(Role.sender, "").casefold()
    if not addresses or len(to) < _SHORTEST_ADDRESS or " " in to or to in addresses:
        return None
    return LeftOut.outgoing if sender in addresses else LeftOut.other_address


def _unsettled(line: Line) -> LeftOut | None:
    status, confirmations = words.fold(line.cells.get(Role.status, "")), line.cells.get(Role.confirmations, "1")
    if status in words.RETURNED:
        return LeftOut.returned
    if status in words.FAILED or status.startswith(("error", "fail")):
        return LeftOut.failed
    if confirmations.startswith("-") or not confirmations.strip("0") or status in words.PENDING:
        return LeftOut.unfinished
    return LeftOut.unknown_status if status and status not in words.DONE else None


def _value(line: Line, amount: numbers.Amount) -> Decimal | None:
    """Return an amount in whole coins; None if it is in smallest units and nobody knows how small these are."""
    decimals = line.cells.get(Role.decimals)
    if decimals is None:
        return amount.value
    if not decimals.isdecimal() or len(decimals) > 2 or int(decimals) > _MOST_DECIMALS:
        return None
    return amount.value.scaleb(-int(decimals), EXACT)


def _symbol(line: Line, layout: Layout, amount: numbers.Amount | None, ids: tuple[str, ...]) -> str | None:
    """Return the unit of a payment; None for a token whose contract the row doesn't say."""
    said = words.symbol(line.cells.get(Role.symbol) or layout.symbol or (amount.unit if amount else ""))
    is_token = layout.kind.of_tokens or said in _TOKENS
    contracts = {line.cells.get(Role.contract, ""), *line.contracts} - {""}
    if contracts or is_token:
        return coin_of(contracts or line.addresses)
    return said or ("" if _is_about_coins(layout, ids) else UNSAID)


def _is_about_coins(layout: Layout, ids: tuple[str, ...]) -> bool:
    """Tell whether it is the list of a wallet or an explorer, or the id one of a chain."""
    return ReferenceForm.paypal not in layout.kind.forms or bool(forms_of(ids) - {ReferenceForm.paypal})
