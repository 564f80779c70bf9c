"""Finds the order of each payment: by the transaction that its customer named, by the order id in its note, by amount.

Pure; `comparison` fetches what is known. A payment that is named is never looked for by its amount, and an order that
was named by one payment is not suggested for another.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from novacore.db.queries.orders.statements import Asked
from novacore.workflows.orders.statements import amounts
from novacore.workflows.orders.statements.groups import Found, Group, How, Remark
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, UNSAID, Payment
from novacore.workflows.payments.typed_references import free_text

_MOST_NEAR: Final = 3
"""Orders that are close to an amount: more of them say nothing."""

_ALONE: Final = frozenset(Group) - {Group.several}


@dataclass(frozen=True, slots=True)
class Known:
    """What the shop knows of the payments of one statement."""

    naming: Mapping[str, Sequence[Asked]] = field(default_factory=dict)
    """Orders whose customers have named a reference, by it."""
    paid: Mapping[str, str] = field(default_factory=dict)
    """The order that a reference has paid for, by it."""
    by_id: Mapping[str, Asked] = field(default_factory=dict)
    """Those that the statement names."""
    paid_by_reference: frozenset[str] = frozenset()
    """Orders that any reference has paid for."""
    payable: Sequence[Asked] = ()
    """Orders that may still be paid."""
    earlier: amounts.Earlier = field(default_factory=dict)


@dataclass(slots=True)
class Matches:
    """What has been found so far, and which payments are left."""

    found: list[Found] = field(default_factory=list)
    settled: int = 0
    left: list[Payment] = field(default_factory=list)


def keys(payment: Payment) -> tuple[str, ...]:
    """Return its reference in every form in which an order may have it stored."""
    return tuple(dict.fromkeys(one for one in (*payment.ids, free_text(payment.reference)) if one))


# ---- by what names it


def by_name(payments: Iterable[Payment], known: Known) -> Matches:
    """Match the payments whose transaction, or order, is known."""
    matches = Matches()
    settled: set[str] = set()
    for payment in payments:
        one = _named(payment, known, settled)
        if isinstance(one, Found):
            matches.found.append(one)
        elif one:
            matches.settled += 1
        else:
            matches.left.append(payment)
    return matches


def _named(payment: Payment, known: Known, settled: set[str]) -> Found | bool:
    """Return what a payment is by its names; True if its order has been paid by it, False if nothing names it.

    `settled` gets the orders whose approval is taken to be for one of the payments so far.
    """
    references = keys(payment)
    by_reference = {one.id: one for key in references for one in known.naming.get(key, ())}
    orders = by_reference | {one: known.by_id[one] for one in payment.order_ids if one in known.by_id}
    how = How.reference if by_reference else How.order_id
    paid_order = next((known.paid[key] for key in references if key in known.paid), "")
    is_open = [one for one in orders.values() if one.status.row.is_open and one.id != paid_order]
    if paid_order:
        return Found(Group.twice, payment, is_open, how, paid_order=paid_order) if is_open else True
    if is_open:
        return _for(payment, is_open, how, known)
    was_paid = [one for one in orders.values() if one.status.row.was_paid]
    if was_paid:
        one = _for_paid(payment, was_paid, how, known.paid_by_reference | settled)
        if isinstance(one, Found):
            return one
        settled.add(one.id)
        return True
    return _too_late(payment, [*orders.values()], how, known) if orders else False


def _for(payment: Payment, orders: Sequence[Asked], how: How, known: Known) -> Found:
    if len(orders) > 1:
        return Found(Group.several, payment, orders, how)
    group, difference = amounts.compared(payment, orders[0], known.earlier)
    return Found(group, payment, orders, how, difference, remarks=_remarks(payment, orders[0], how))


def _for_paid(payment: Payment, orders: Sequence[Asked], how: How, paid: Collection[str]) -> Found | Asked:
    """Return the first order that this payment may have paid, or else a second payment for one of `paid`."""
    group = Group.unclear if payment.symbol == UNKNOWN_COIN else Group.twice
    return next(
        (one for one in orders if one.id not in paid),
        Found(group, payment, orders, how, remarks=frozenset({Remark.paid_otherwise})),
    )


def _too_late(payment: Payment, orders: Sequence[Asked], how: How, known: Known) -> Found:
    found = _for(payment, orders, how, known)
    return found if found.group is Group.several else replace(found, group=Group.too_late)


def _remarks(payment: Payment, order: Asked, how: How) -> frozenset[Remark]:
    said = {
        Remark.too_early: amounts.is_too_early(payment, order),
        Remark.another_reference: how is not How.reference and order.has_reference and bool(keys(payment)),
    }
    return frozenset(remark for remark, holds in said.items() if holds)


# ---- by amount


@dataclass(frozen=True, slots=True)
class Scope:
    """What amounts are compared with."""

    coins: Sequence[str]
    """The symbols of those that the shop knows: a wallet's list that says none may be about any of them."""
    methods: frozenset[str] = frozenset()
    """Of a list of one way to pay only orders by that are looked at; empty for any."""
    currency: str = ""
    """The shop's own."""

    def wanted(self, payment: Payment) -> amounts.Wanted:
        """Return what an order of this amount has to be like. No order asks for `UNKNOWN_COIN`."""
        unsaid = {"": self.coins, UNSAID: [self.currency]}
        return amounts.wanted(payment, unsaid.get(payment.symbol, [payment.symbol]))


def by_amount(matches: Matches, known: Known, scope: Scope) -> None:
    """Match what is left with the open orders that ask for exactly this amount, or have asked for it."""
    prices = amounts.by_price(_open(_unnamed(matches, known, scope)), known.earlier)
    for payment in _taken(matches):
        _add(matches, payment, _first(scope.wanted(payment), prices.asked, prices.before), known)


def by_closed(matches: Matches, closed: Iterable[Asked], known: Known, scope: Scope) -> None:
    """Match what is left with orders that have ended and asked for exactly this amount.

    An open order that asks for nearly as much may be the one that was meant.
    """
    unnamed = _unnamed(matches, known, scope)
    late = {one.id: one for one in unnamed if not one.status.row.is_open}
    expired = amounts.by_price(late.values(), known.earlier)
    ended = amounts.by_price((one for one in closed if one.id not in late), {})
    open_ = amounts.by_price(_open(unnamed), {})
    for payment in _taken(matches):
        like = scope.wanted(payment)
        orders, more = _first(like, expired.asked, expired.before, ended.asked, period=amounts.PERIOD)
        close = amounts.near(open_, like, _MOST_NEAR) if orders else []
        if close:
            both = [*close, *orders]
            remarks = frozenset({Remark.near})
            matches.found.append(Found(Group.several, payment, both, How.amount, remarks=remarks, more=more))
        else:
            _add(matches, payment, (orders, more), known)


def by_nearness(matches: Matches, known: Known, scope: Scope) -> None:
    """Match what is left with the orders whose amount of a coin is close: exchanges take their fees from it."""
    unnamed = _unnamed(matches, known, scope)
    prices, is_open = amounts.by_price(unnamed, {}), {one.id for one in _open(unnamed)}
    for payment in _taken(matches):
        close = amounts.near(prices, scope.wanted(payment), _MOST_NEAR)
        _add(matches, payment, ([one for one in close if one.id in is_open] or close, 0), known, Remark.near)


def with_others(matches: Matches, known: Known, scope: Scope) -> None:
    """Add to each payment that names an order of another price the orders that ask for exactly this amount.

    Whoever has seen the id of a stranger's payment can name it for an order of their own.
    """
    sure = {one.orders[0].id for one in matches.found if one.group is Group.exact and one.how is not How.amount}
    rest = (one for one in known.payable if one.id not in sure and _is_in(one, scope))
    prices = amounts.by_price(_open(rest), {})
    matches.found = [_with_others(one, prices, known, scope) for one in matches.found]


def _with_others(found: Found, prices: amounts.Prices, known: Known, scope: Scope) -> Found:
    def is_exact(order: Asked) -> bool:
        return amounts.compared(found.payment, order, known.earlier)[0] is Group.exact

    if found.how is How.amount or found.paid_order or any(map(is_exact, found.orders)):
        return found
    orders, more = amounts.fitting(prices.asked, scope.wanted(found.payment))
    others = [one for one in orders if is_exact(one)]
    if not others:
        return found
    remarks = found.remarks | {Remark.exact_elsewhere}
    both = [*found.orders, *others]
    return replace(found, group=Group.several, orders=both, difference=None, remarks=remarks, more=found.more + more)


def _taken(matches: Matches) -> list[Payment]:
    left, matches.left = matches.left, []
    return left


def _unnamed(matches: Matches, known: Known, scope: Scope) -> list[Asked]:
    """Return the orders that may be paid and that no payment has been found for."""
    named = {order.id for one in matches.found for order in one.orders}
    return [one for one in known.payable if one.id not in named and _is_in(one, scope)]


def _is_in(order: Asked, scope: Scope) -> bool:
    return not scope.methods or order.method in scope.methods


def _open(orders: Iterable[Asked]) -> list[Asked]:
    return [one for one in orders if one.status.row.is_open]


_Fitting = tuple[Sequence[Asked], int]
"""Orders, and how many more there are."""


def _first(like: amounts.Wanted, *tables: amounts.Table, period: timedelta | None = None) -> _Fitting:
    """Return what fits in the first of some tables in which anything does."""
    return next(filter(lambda fitting: fitting[0], (amounts.fitting(one, like, period) for one in tables)), ((), 0))


def _add(matches: Matches, payment: Payment, fitting: _Fitting, known: Known, *remarks: Remark) -> None:
    orders, more = fitting
    if orders:
        found = _by_price(payment, orders, known)
        matches.found.append(replace(found, remarks=found.remarks | {*remarks}, more=more))
    else:
        matches.left.append(payment)


def _by_price(payment: Payment, orders: Sequence[Asked], known: Known) -> Found:
    if all(one.status.row.is_open for one in orders):
        return _for(payment, orders, How.amount, known)
    if len(orders) == 1 and orders[0].status.row.was_paid:
        return Found(Group.twice, payment, orders, How.amount, remarks=frozenset({Remark.paid_otherwise}))
    return _too_late(payment, orders, How.amount, known)


# ---- together


def grouped(found: Sequence[Found]) -> Mapping[Group, Sequence[Found]]:
    """Sort what was found into its groups; several payments for one order are all `twice`.

    What is in no known coin pays for nothing: it is no second payment.
    """
    alone = (one for one in found if one.group in _ALONE and len(one.orders) == 1)
    count = Counter(one.orders[0].id for one in alone if one.payment.symbol != UNKNOWN_COIN)
    groups: dict[Group, list[Found]] = {group: [] for group in Group}
    for one in found:
        is_alone = one.group is Group.several or one.payment.symbol == UNKNOWN_COIN or count[one.orders[0].id] < 2
        groups[one.group if is_alone else Group.twice].append(one)
    return {group: sorted(rows, key=_urgency) for group, rows in groups.items() if rows}


def _urgency(found: Found) -> tuple[bool, str, str, int]:
    """Order them: what staff can decide first, then the orders that wait longest, then by line."""
    order = found.orders[0]
    waits_since = order.submitted_at or order.placed_at
    return not order.status.row.may_be_approved, waits_since.isoformat(), order.id, found.payment.line
