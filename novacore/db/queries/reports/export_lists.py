"""What stands in each list that the owner can export: its columns, the SQL behind them, and the order of its rows.

Never in any of them: goods, codes, proofs, what staff wrote to the customer of goods made by hand, and what customers
wrote in tickets: they quote their codes there.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from novacore.db.event_kinds.orders import CONTESTED
from novacore.db.models import Category, Event, LedgerEntry, Order, Person, Product, Ticket, Unit, VersionFile
from novacore.db.models.events import REASON
from novacore.db.queries.reports.export_fields import (
    METHOD_LABEL,
    Field,
    Listing,
    Span,
    decimals_of_coin,
    flag,
    moment,
    money,
    symbol_of_coin,
    text,
    whole,
    within,
)
from novacore.db.queries.reports.export_goods import UNITS, VOUCHES
from novacore.db.queries.reports.export_ledger import LEDGER
from novacore.states import ExportSubject, LedgerDirection, OrderStatus, ProductKind, UnitStatus

# ---- orders


def _moved(direction: LedgerDirection) -> ColumnElement[int]:
    mine = (LedgerEntry.order_id == Order.id, LedgerEntry.currency == Order.currency)
    moved = select(func.coalesce(func.sum(LedgerEntry.amount_minor), 0)).where(
        *mine, LedgerEntry.direction == direction
    )
    return moved.correlate(Order).scalar_subquery()


def _reference() -> ColumnElement[str | None]:
    received = select(LedgerEntry.reference).where(
        LedgerEntry.order_id == Order.id, LedgerEntry.direction == LedgerDirection.received
    )
    return received.order_by(LedgerEntry.id).limit(1).correlate(Order).scalar_subquery()


_OWN_WORDS = case(
    # Goods made by hand may stand in what staff wrote when they were done.
    (and_(Order.kind == ProductKind.by_hand, Order.status == OrderStatus.delivered), None),
    else_=Order.reason,
)


_ASKED = Order.coin_amount.is_not(None)


def _coin_fields() -> list[Field]:
    return [
        text("coin", symbol_of_coin(_ASKED), "The coin in which an amount was asked for; empty where none was"),
        whole("coin_units", Order.coin_amount, "That amount in the coin's smallest units, with coin_decimals decimals"),
        whole("coin_decimals", decimals_of_coin(_ASKED), "How many decimals these units have: 8 for BTC"),
        text("coin_rate", Order.coin_rate, "The price of one coin by which that was worked out, in the currency"),
        text("coin_rate_source", Order.coin_rate_source, "Who said so: owner, feed, or par (one coin for one dollar)"),
        moment("coin_rate_at", Order.coin_rate_at, "When that price was set or fetched"),
        flag("coin_is_unique", Order.coin_is_unique, "Whether no other order asked for the same amount then"),
    ]


def _discount_fields() -> list[Field]:
    return [
        *money("discount", Order.discount_minor, "What was taken off all units; already subtracted from the total"),
        text("discount_code", Order.discount_code, "The code that took it off; empty where the quantity did"),
        text("discount_label", Order.discount_label, "What took it off, as the customer read it: SUMMER (10% off)"),
    ]


def _order_fields(_span: Span) -> list[Field]:
    return [
        text("order_id", Order.id, "The order's id"),
        text("status", Order.status, "Where the order stands now; docs/states.md lists the states"),
        moment("placed_at", Order.placed_at, "When it was placed"),
        text("customer_id", Order.customer_id, "The customer's Discord id"),
        text("customer_name", Person.name, "The customer's name, as the shop saw it last"),
        whole("product_id", Order.product_id, "The product's number"),
        text("product", Order.product_name, "The product's name when the order was placed"),
        text("kind", Order.kind, "How its goods are kept: unique, shared, unlimited or by_hand"),
        whole("quantity", Order.quantity, "How many were ordered"),
        text("currency", Order.currency, "The currency of every amount in this row"),
        *money("unit_price", Order.unit_price_minor, "The price of one"),
        *money("ordinary_price", Order.before_sale_minor, "Its price without the sale; empty if it wasn't in one"),
        *_discount_fields(),
        *money("total", Order.total_minor, "What the order costs in all"),
        *money("received", _moved(LedgerDirection.received), "Money that staff booked as received"),
        *money("returned", _moved(LedgerDirection.returned), "Money that was given back"),
        text("method", Order.method, "How it is paid: paypal, btc, ltc, usdt, sol, eth, or own_1, own_2 and so on"),
        text("method_label", METHOD_LABEL, "What that was called when the order was placed"),
        text("network", Order.pay_network, "The network that the money travels on"),
        text("reference", _reference(), "The transaction id, or what else was asked for, under which it was booked"),
        *_coin_fields(),
        moment("submitted_at", Order.submitted_at, "When the newest proof of payment came"),
        moment("decided_at", Order.decided_at, "When staff approved or rejected it"),
        moment("delivered_at", Order.delivered_at, "When the customer had the goods"),
        moment("expired_at", Order.expired_at, "When its time to pay was over, where it ran out"),
        whole("review_round", Order.review_round, "How many proofs were looked at"),
        flag("is_late", Order.is_late, "Whether a proof came only after the time to pay"),
        whole("warranty_days", Order.warranty_days, "Days of warranty that came with it"),
        whole("terms_version", Order.terms_version, "The version of your terms that the customer accepted, if any"),
        text("role", Order.role_name, "The role of the server that came with it, as it was called then"),
        whole("role_days", Order.role_days, "For how many days a unit of it gave that role; empty for ever"),
        text("reason", _OWN_WORDS, "The last reason that was given; empty for goods made by hand"),
    ]


def _orders(statement: Select[Any], span: Span) -> Select[Any]:
    joined = statement.select_from(Order).join(Person, Person.id == Order.customer_id)
    return joined.where(within(Order.placed_at, span))


# ---- products


def _units(status: UnitStatus) -> ColumnElement[int]:
    held = select(func.count()).where(Unit.product_id == Product.id, Unit.status == status)
    return held.correlate(Product).scalar_subquery()


def _files() -> ColumnElement[int]:
    mine = select(func.count()).where(VersionFile.version_id == Product.goods_version_id)
    return mine.correlate(Product).scalar_subquery()


def _sales(what: ColumnElement[Any], span: Span, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    mine = select(func.coalesce(what, 0)).where(Order.product_id == Product.id, within(Order.placed_at, span))
    return mine.where(*conditions).correlate(Product).scalar_subquery()


def _takings(direction: LedgerDirection, span: Span) -> ColumnElement[int]:
    booked = select(func.coalesce(func.sum(LedgerEntry.amount_minor), 0)).join(Order, Order.id == LedgerEntry.order_id)
    mine = (Order.product_id == Product.id, LedgerEntry.currency == Product.currency, within(Order.placed_at, span))
    return booked.where(*mine, LedgerEntry.direction == direction).correlate(Product).scalar_subquery()


def _product_fields(span: Span) -> list[Field]:
    delivered = Order.status == OrderStatus.delivered
    return [
        whole("product_id", Product.id, "The product's number"),
        text("product", Product.name, "Its name"),
        text("category", Category.name, "The category it stands in"),
        text("kind", Product.kind, "How its goods are kept: unique, shared, unlimited or by_hand"),
        moment("created_at", Product.created_at, "When it was added"),
        text("currency", Product.currency, "The currency of every amount in this row"),
        *money("price", Product.price_minor, "The ordinary price of one, today"),
        *money("sale_price", Product.sale_price_minor, "The sale price that is set; empty for none"),
        moment("sale_from", Product.sale_from, "When that begins; empty if it began when it was set"),
        moment("sale_until", Product.sale_until, "When that ends; empty if it doesn't end by itself"),
        moment("on_sale_from", Product.on_sale_from, "Its first moment on sale; empty if it was on sale at once"),
        flag("is_on_sale", Product.is_on_sale, "Whether it is on sale"),
        flag("is_removed", Product.is_deleted, "Whether it was removed from the catalogue"),
        text("quantity_steps", Product.quantity_steps, "What it gives by quantity: 5:10 is 10 % off 5 or more"),
        whole("max_quantity", Product.max_quantity, "The most that one order may hold"),
        whole("warranty_days", Product.warranty_days, "Days of warranty"),
        text("role", Product.role_name, "The role of the server that its buyers get"),
        whole("role_days", Product.role_days, "For how many days one of it gives that role; empty for ever"),
        whole("files", _files(), "Files that every buyer gets, today"),
        whole("units_available", _units(UnitStatus.available), "Units that can be sold now"),
        whole("units_reserved", _units(UnitStatus.reserved), "Units set aside for orders that are not decided"),
        whole("units_sold", _units(UnitStatus.sold), "Units sold, ever"),
        whole("orders", _sales(func.count(), span), "Orders placed in the period"),
        whole("orders_delivered", _sales(func.count(), span, delivered), "Those of them that are delivered"),
        whole(
            "quantity_delivered",
            _sales(func.sum(Order.quantity), span, delivered),
            "How many were delivered with these orders",
        ),
        *money("received", _takings(LedgerDirection.received, span), "Money received for orders of the period"),
        *money("returned", _takings(LedgerDirection.returned, span), "Money given back for orders of the period"),
    ]


def _products(statement: Select[Any], _span: Span) -> Select[Any]:
    return statement.select_from(Product).join(Category, Category.id == Product.category_id)


# ---- tickets


def _ticket_fields(_span: Span) -> list[Field]:
    return [
        text("ticket_id", Ticket.id, "The ticket's id"),
        whole("number", Ticket.number, "Its number, which its channel is named after"),
        text("status", Ticket.status, "Where it stands now; docs/states.md lists the states"),
        text("kind", Ticket.kind, "What it is about: product_issue, refund_request or other"),
        text("priority", Ticket.priority, "How urgent staff think it is: low, normal, high or urgent"),
        text("order_id", Ticket.order_id, "The order that it is about, if any"),
        text("customer_id", Ticket.customer_id, "The customer's Discord id"),
        text("customer_name", Person.name, "The customer's name, as the shop saw it last"),
        moment("opened_at", Ticket.opened_at, "When it was opened"),
        moment("closed_at", Ticket.closed_at, "When it was closed"),
        moment("staff_reply_at", Ticket.staff_reply_at, "When staff wrote last"),
        moment("customer_reply_at", Ticket.customer_reply_at, "When the customer wrote last"),
        text("claimed_by", Ticket.claimed_by, "The Discord id of whoever of the staff took it"),
        text("claimed_name", Ticket.claimed_name, "Their name"),
        whole("round", Ticket.round, "1, and one more for each time it was reopened"),
        text("reason", Ticket.reason, "Why it was closed, or could not be opened"),
        whole("rating", Ticket.rating, "The customer's stars, from 1 to 5"),
        moment("rated_at", Ticket.rated_at, "When the customer gave them"),
    ]


def _tickets(statement: Select[Any], span: Span) -> Select[Any]:
    joined = statement.select_from(Ticket).join(Person, Person.id == Ticket.customer_id)
    return joined.where(within(Ticket.opened_at, span))


# ---- events

_SAID = ("fulfil",)
"""Events whose reason is a note to the customer, in which goods made by hand may stand."""


def _event_fields(_span: Span) -> list[Field]:
    reason = case((Event.trigger.in_(_SAID), None), else_=REASON)
    return [
        whole("event_id", Event.id, "The event's number; later events have higher ones"),
        moment("at", Event.at, "When it happened"),
        text("subject_kind", Event.subject_kind, "What it happened to: order, ticket, product and so on"),
        text("subject_id", Event.subject_id, "The id of that order, ticket or product"),
        text("trigger", Event.trigger, "What happened"),
        text("source", Event.source, "The state before; empty where no state moved"),
        text("target", Event.target, "The state after; empty where no state moved"),
        text("actor_kind", Event.actor_kind, "Who did it: customer, staff, owner or system"),
        text("actor_id", Event.actor_id, "Their Discord id; empty for the shop itself"),
        text("actor_name", Event.actor_name, "Their name at that time"),
        text("reason", reason, "The reason that was given; never what staff wrote with goods made by hand"),
        text(
            "other_order_id",
            Event.detail[CONTESTED.key("other_order_id")].as_string(),
            "The other order that claims the same payment, where it is contested",
        ),
    ]


def _events(statement: Select[Any], span: Span) -> Select[Any]:
    return statement.select_from(Event).where(within(Event.at, span))


LISTINGS: Final[Mapping[ExportSubject, Listing]] = {
    ExportSubject.orders: Listing(_order_fields, _orders, (Order.__table__.c.placed_at, Order.__table__.c.id)),
    ExportSubject.products: Listing(_product_fields, _products, (Product.__table__.c.id,)),
    ExportSubject.tickets: Listing(_ticket_fields, _tickets, (Ticket.__table__.c.number,)),
    ExportSubject.events: Listing(_event_fields, _events, (Event.__table__.c.id,)),
    ExportSubject.ledger: LEDGER,
    ExportSubject.units: UNITS,
    ExportSubject.vouches: VOUCHES,
}
