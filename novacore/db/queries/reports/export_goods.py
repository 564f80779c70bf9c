"""What stands in the exports of units and of vouches. Of a code there is only its mark, which gives nothing away."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, String, cast, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from novacore.db.models import Person, Product, StockBatch, Unit, Vouch
from novacore.db.queries.reports.export_fields import Field, Listing, Span, flag, moment, text, whole, within

_MARK_BYTES: Final = 6
"""Enough to tell a hundred thousand codes apart by eye; the whole hash is kept for the check of new stock."""


class _InHex(FunctionElement[str]):
    """Bytes as digits and small letters."""

    type = String()
    inherit_cache = True


@compiles(_InHex)
def _on_sqlite(element: _InHex, compiler: Any, **given: Any) -> str:
    return f"lower(hex({compiler.process(element.clauses, **given)}))"


@compiles(_InHex, "postgresql")
def _on_postgresql(element: _InHex, compiler: Any, **given: Any) -> str:
    return f"encode({compiler.process(element.clauses, **given)}, 'hex')"


def _unit_fields(_span: Span) -> Sequence[Field]:
    mark = _InHex(func.substr(Unit.fingerprint, 1, _MARK_BYTES))
    return [
        whole("unit_id", Unit.id, "The unit's number"),
        whole("product_id", Unit.product_id, "The product's number"),
        text("product", Product.name, "The product's name, today"),
        text("status", Unit.status, "available, reserved, sold, replaced, revoked (after a refund) or withdrawn"),
        text("order_id", Unit.order_id, "The order that has it, or has had it"),
        text("code", literal("••••"), "Always masked: no export holds goods"),
        text("code_mark", mark, "The beginning of its keyed hash: the same code has the same one"),
        whole("batch_id", Unit.batch_id, "The restock that it came with"),
        text("file_name", StockBatch.file_name, "The file of that restock"),
        moment("created_at", Unit.created_at, "When it came into stock"),
        moment("sold_at", Unit.sold_at, "When it was sold"),
        whole("replaces_unit_id", Unit.replaces_id, "The faulty unit that it was given for"),
    ]


def _units(statement: Select[Any], span: Span) -> Select[Any]:
    joined = statement.select_from(Unit).join(Product, Product.id == Unit.product_id)
    joined = joined.outerjoin(StockBatch, StockBatch.id == Unit.batch_id)
    return joined.where(within(Unit.created_at, span))


def _vouch_fields(_span: Span) -> Sequence[Field]:
    return [
        text("order_id", Vouch.order_id, "The order that it is about"),
        whole("product_id", Vouch.product_id, "The product's number"),
        text("product", Product.name, "The product's name, today"),
        text("customer_id", Vouch.customer_id, "The customer's Discord id"),
        text("customer_name", Person.name, "The customer's name, as the shop saw it last"),
        whole("stars", Vouch.rating, "From 1 to 5"),
        text("comment", Vouch.comment, "What the customer wrote; empty where the stars say it all"),
        moment("written_at", Vouch.written_at, "When it was written"),
        moment("edited_at", Vouch.edited_at, "When the customer changed it last"),
        flag("is_hidden", Vouch.hidden_at.is_not(None), "Whether staff took it down"),
        moment("hidden_at", Vouch.hidden_at, "When they did"),
        text("hidden_by", cast(Vouch.hidden_by, String), "The Discord id of who did"),
        text("hidden_reason", Vouch.hidden_reason, "Why they did"),
    ]


def _vouches(statement: Select[Any], span: Span) -> Select[Any]:
    joined = statement.select_from(Vouch).join(Product, Product.id == Vouch.product_id)
    return joined.join(Person, Person.id == Vouch.customer_id).where(within(Vouch.written_at, span))


UNITS: Final = Listing(_unit_fields, _units, (Unit.__table__.c.id,))
VOUCHES: Final = Listing(_vouch_fields, _vouches, (Vouch.__table__.c.written_at, Vouch.__table__.c.order_id))
