"""What stands in the export of the ledger: every booking of money in the order of its time, never added up.

What is received less what is returned is what a report of the same days shows.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast

from novacore.db.models import Event, LedgerEntry, Order
from novacore.db.queries.reports.export_fields import (
    METHOD_LABEL,
    Field,
    Listing,
    Span,
    decimals_of_coin,
    moment,
    money,
    symbol_of_coin,
    text,
    whole,
    within,
)
from novacore.states import LedgerDirection


def _amount(direction: LedgerDirection) -> ColumnElement[int]:
    return case((LedgerEntry.direction == direction, LedgerEntry.amount_minor), else_=0)


_TYPED = cast(Event.detail["coin_units"].as_string(), BigInteger)
"""What staff entered in the coin when they approved (`db.event_kinds.orders.Approved`)."""

_WHOLE_PRICE = and_(Event.trigger == "approve", LedgerEntry.amount_minor == Order.total_minor)

_ONE_AMOUNT = Order.coin_amount_before.is_(None)
"""Whether the order has asked for one amount of the coin only: of two, the ledger doesn't know which one came in."""

_ASKED = and_(_WHOLE_PRICE, _ONE_AMOUNT)
_COIN_UNITS: Final = case((_TYPED.is_not(None), _TYPED), (_ASKED, Order.coin_amount), else_=None)


def _fields(_span: Span) -> Sequence[Field]:
    in_coin = _COIN_UNITS.is_not(None)
    return [
        whole("entry_id", LedgerEntry.id, "The booking's number"),
        moment("at", LedgerEntry.at, "When it was booked"),
        text("order_id", LedgerEntry.order_id, "The order that the money was for"),
        text("customer_id", Order.customer_id, "The customer's Discord id"),
        text("trigger", Event.trigger, "What booked it: approve, refund, receive_money, return_money or import_order"),
        text("currency", LedgerEntry.currency, "The currency of every amount in this row"),
        *money("received", _amount(LedgerDirection.received), "Money that came in; 0 where it went back"),
        *money("returned", _amount(LedgerDirection.returned), "Money that went back; 0 where it came in"),
        text("method", LedgerEntry.method, "How: paypal, btc, ltc, usdt, sol, eth, or own_1, own_2 and so on"),
        text("method_label", METHOD_LABEL, "What that was called when the order was placed"),
        text("network", Order.pay_network, "The network that the money travels on"),
        text("reference", LedgerEntry.reference, "The transaction id, or what else was asked for"),
        text("coin", symbol_of_coin(in_coin), "The coin of that amount; empty where it isn't known"),
        whole(
            "coin_units",
            _COIN_UNITS,
            "The amount in the coin that was asked for or that staff typed, in its smallest units; empty where "
            "nobody typed one and the order asked for two, or another price was booked",
        ),
        whole("coin_decimals", decimals_of_coin(in_coin), "How many decimals these units have: 8 for BTC"),
        text("booked_by", LedgerEntry.actor_id, "The Discord id of whoever booked it; empty for the shop itself"),
        text("booked_name", Event.actor_name, "Their name at that time"),
        text("reason", LedgerEntry.reason, "The reason that was given"),
    ]


def _rows(statement: Select[Any], span: Span) -> Select[Any]:
    joined = statement.select_from(LedgerEntry).join(Order, Order.id == LedgerEntry.order_id)
    return joined.outerjoin(Event, Event.id == LedgerEntry.event_id).where(within(LedgerEntry.at, span))


LEDGER: Final = Listing(_fields, _rows, (LedgerEntry.__table__.c.at, LedgerEntry.__table__.c.id))
