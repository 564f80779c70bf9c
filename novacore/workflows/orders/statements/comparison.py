"""`/statement`: what staff see of a list of payments. Only read: nothing of the list is stored, no order changes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.queries.orders import own_methods
from novacore.db.queries.orders import statements as queries
from novacore.db.queries.orders.statements import Asked
from novacore.db.unit_of_work import reading
from novacore.money.coins import units_of
from novacore.money.signs import is_named
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.policy import Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.statements import matching
from novacore.workflows.orders.statements.amounts import PERIOD
from novacore.workflows.orders.statements.groups import Comparison
from novacore.workflows.orders.statements.matching import Known, Matches, Scope
from novacore.workflows.payments.rates import COINS
from novacore.workflows.payments.references import kinds_of_references
from novacore.workflows.payments.statements.statement import UNSAID, Doubt, LeftOut, Payment, Statement


def addresses(shop: Shop, actor: Actor) -> frozenset[str]:
    """Return where the shop is paid: by these a list tells what came in. Raises NotAllowed."""
    require_staff(actor, "look through statements")
    with reading(shop.database) as session:
        asked = queries.pay_addresses(session, clock.now(), shop.terms.late_window)
    return frozenset({*asked, *(one.address for one in shop.addresses.values())} - {""})


def compare(shop: Shop, actor: Actor, statement: Statement) -> Comparison:
    """Hold a statement against the orders. Raises NotAllowed."""
    require_staff(actor, "look through statements")
    now, late = clock.now(), shop.terms.late_window
    currency = shop.terms.currency
    scope = Scope([one.row.unit.symbol for one in COINS if one.row.unit], statement.methods, currency)
    statement = replace(statement, payments=tuple(_by_our_sign(one, currency) for one in statement.payments))
    with reading(shop.database) as session:
        known = _known(session, statement, now, late)
    # No transaction is open while payments are matched: of 20,000 that takes seconds.
    matches = matching.by_name(statement.payments, known)
    if statement.has_ids:
        _by_amount(shop, matches, known, scope, now)
    with reading(shop.database) as session:
        cards = queries.cards(session, CardKind.review, {order.id for one in matches.found for order in one.orders})
    return _summed_up(statement, matches, {*scope.coins, currency, "", UNSAID}, cards)


def _by_amount(shop: Shop, matches: Matches, known: Known, scope: Scope, now: datetime) -> None:
    matching.by_amount(matches, known, scope)
    with reading(shop.database) as session:
        closed = _closed(session, matches.left, scope.methods, now)
    matching.by_closed(matches, closed, known, scope)
    matching.by_nearness(matches, known, scope)
    matching.with_others(matches, known, scope)


def _by_our_sign(payment: Payment, currency: str) -> Payment:
    """Return a payment in the shop's currency where its unit is a sign of that: `$` where it sells for dollars."""
    is_ours = payment.symbol and is_named(payment.symbol, currency)
    return replace(payment, symbol=currency) if is_ours else payment


def _known(session: Session, statement: Statement, now: datetime, late: timedelta) -> Known:
    references = {key for one in statement.payments for key in matching.keys(one)}
    kinds = kinds_of_references(own_methods.labels(session))
    by_id = queries.with_ids(session, {one for payment in statement.payments for one in payment.order_ids})
    paid = queries.paid(session, references, kinds)
    naming = dict(queries.naming(session, references))
    for reference, refused in queries.contesting(session, {*paid.values()}).items():
        naming[reference] = [*naming.get(reference, ()), *refused]
    orders = {one.id for some in (by_id.values(), *naming.values()) for one in some if one.status.row.was_paid}
    return Known(
        naming,
        paid,
        by_id,
        queries.paid_by_reference(session, orders, kinds),
        queries.payable(session, now, late),
        queries.earlier_amounts(session),
    )


def _closed(session: Session, left: Iterable[Payment], methods: frozenset[str], now: datetime) -> list[Asked]:
    """Return the orders that have ended and asked for one of these amounts, not long before it was paid."""
    priced = [one for one in left if one.amount]
    first = min((one.day for one in priced if one.day), default=now.date())
    since = datetime.combine(first, time(), UTC) - PERIOD
    found: list[Asked] = []
    for method in COINS:
        coin = method.row.unit
        if coin is None or (methods and method.value not in methods):
            continue
        fitting = (one.amount for one in priced if one.symbol in {"", coin.symbol} and one.amount)
        units = {whole for amount in fitting if (whole := units_of(amount, coin))}
        found += queries.closed(session, method.value, units, since)
    return found


def _summed_up(
    statement: Statement, matches: Matches, symbols: set[str], cards: Mapping[str, tuple[int, int]]
) -> Comparison:
    unmatched = [one for one in matches.left if one.symbol in symbols]
    foreign = (one.doubt is Doubt.no_contract for one in matches.left if one.symbol not in symbols)
    left_out = Counter(statement.left_out)
    left_out.update(LeftOut.no_contract if is_token else LeftOut.other_coin for is_token in foreign)
    return Comparison(
        statement.name,
        len(statement.payments),
        matching.grouped(matches.found),
        matches.settled,
        unmatched,
        left_out,
        cards,
    )
