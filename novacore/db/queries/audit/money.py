"""Totals that don't add up, money that no decision accounts for, and claims that no order stands behind."""

from sqlalchemy import BigInteger, String, and_, case, cast, exists, func, literal, or_, select

from novacore.db.models import AmountClaim, Discount, DiscountUse, Event, EvidenceClaim, LedgerEntry, Order
from novacore.db.queries.audit.goods import Question, imported
from novacore.states import LedgerDirection, OrderStatus

_WERE_PAID = OrderStatus.those(lambda row: row.was_paid)
_MAY_BE_PAID = OrderStatus.those(lambda row: row.is_open)
_ENDED_UNPAID = OrderStatus.those(lambda row: row.is_over and not row.was_paid)

_MOVES_MONEY = ("approve", "receive_money", "refund", "return_money")
"""The triggers whose events name an amount that the ledger then holds."""

_AMOUNT = cast(Event.detail["amount_minor"].as_string(), BigInteger)


def wrong_totals() -> Question:
    """Orders whose total is not the price of their units less the discount, or who cost nothing."""
    due = Order.unit_price_minor * Order.quantity - Order.discount_minor
    wrong = or_(Order.total_minor != due, Order.discount_minor < 0, Order.total_minor <= 0)
    return select(literal("order"), Order.id, Order.total_minor).where(wrong, Order.id.not_in(imported()))


def unbooked() -> Question:
    """Decisions about money that the ledger doesn't hold, or with another amount."""
    booked = select(func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.event_id == Event.id)
    about = Event.subject_kind == "order", Event.trigger.in_(_MOVES_MONEY)
    wrong = func.coalesce(booked.correlate(Event).scalar_subquery(), 0) != func.coalesce(_AMOUNT, 0)
    return select(literal("order"), Event.subject_id, _AMOUNT).where(*about, wrong).order_by(Event.id)


def undecided() -> Question:
    """Money in the ledger that nobody decided about: it has no event, or the one of another order."""
    its_own = exists().where(
        Event.id == LedgerEntry.event_id, Event.subject_kind == "order", Event.subject_id == LedgerEntry.order_id
    )
    return select(literal("order"), LedgerEntry.order_id, LedgerEntry.amount_minor).where(~its_own)


def returned_too_much() -> Question:
    """Orders of which more was returned than received, or in another currency than theirs."""
    came = case((LedgerEntry.direction == LedgerDirection.received, LedgerEntry.amount_minor), else_=0)
    sums = func.sum(2 * came - LedgerEntry.amount_minor)
    foreign = func.sum(case((LedgerEntry.currency != Order.currency, 1), else_=0))
    rows = select(literal("order"), LedgerEntry.order_id, sums).join(Order, Order.id == LedgerEntry.order_id)
    return rows.group_by(LedgerEntry.order_id).having(or_(sums < 0, foreign > 0))


def discounts_astray() -> Question:
    """Orders whose discount code is not counted as it should be: for as long as they may be paid, or were."""
    counts = Order.status.not_in(_ENDED_UNPAID)
    mine = select(DiscountUse.is_held).where(DiscountUse.order_id == Order.id).scalar_subquery()
    has_code = and_(Order.discount_code.is_not(None), or_(mine.is_(None), mine != counts))
    has_none = and_(Order.discount_code.is_(None), mine.is_not(None))
    return select(literal("order"), Order.id, Order.discount_minor).where(or_(has_code, has_none))


def uses_without_order() -> Question:
    """Uses of a code, claims of an amount, and evidence that paid, of orders that are not there."""
    rows = [
        select(literal("order"), claim.order_id, literal(0)).where(~exists().where(Order.id == claim.order_id))
        for claim in (DiscountUse, AmountClaim, EvidenceClaim)
    ]
    every = rows[0].union(*rows[1:]).subquery()  # an order that is gone is one fault, whatever was left of it
    kind, order_id, none = every.c
    return select(kind, order_id, none)


def amounts_astray() -> Question:
    """Amounts of coins that are kept for orders which can't be paid any more, or not kept for one that can."""
    ended = Order.status.not_in((*_MAY_BE_PAID, OrderStatus.expired))
    endless = and_(Order.status == OrderStatus.expired, AmountClaim.ends_at.is_(None))
    kept = select(literal("order").label("kind"), Order.id.label("id"), AmountClaim.amount.label("amount"))
    kept = kept.join_from(AmountClaim, Order, Order.id == AmountClaim.order_id).where(or_(ended, endless))
    has_one = exists().where(
        AmountClaim.order_id == Order.id, AmountClaim.amount == Order.coin_amount, AmountClaim.ends_at.is_(None)
    )
    lost = select(literal("order"), Order.id, Order.coin_amount)
    lost = lost.where(Order.status.in_(_MAY_BE_PAID), Order.coin_is_unique.is_(True), ~has_one)
    every = kept.union_all(lost).subquery()
    return select(every.c.kind, every.c.id, every.c.amount)


def evidence_astray() -> Question:
    """Payments that are counted for orders which were never paid: nobody else can pay with them."""
    rows = select(literal("order"), Order.id, literal(0)).join_from(
        EvidenceClaim, Order, Order.id == EvidenceClaim.order_id
    )
    return rows.where(Order.status.not_in(_WERE_PAID)).distinct()


def overused_codes() -> Question:
    """Codes that count more uses than they have. An order that was brought back may be one too many, with a warning."""
    held = select(func.count()).where(DiscountUse.discount_id == Discount.id, DiscountUse.is_held)
    back = exists().where(
        Event.subject_kind == "order",
        Event.subject_id == DiscountUse.order_id,
        Event.trigger.in_(("reinstate", "expire")),
    )
    used = held.where(~back).correlate(Discount).scalar_subquery()
    return select(literal("discount"), cast(Discount.id, String), used).where(used > Discount.uses)
