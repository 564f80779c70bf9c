"""Money added up in three ways that have to agree: the exported ledger, the exported orders, and the report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from novacore.db.queries.reports import exports as queries
from novacore.db.queries.reports.export_fields import Span
from novacore.db.unit_of_work import reading
from novacore.states import ExportSubject
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import periods, reports
from novacore.workflows.reports.figures import Figures
from novacore.workflows.reports.periods import Period, day_of

EVER = Span(None, datetime(2100, 1, 1, tzinfo=UTC))
SIDES = ("received", "returned")


def rows(shop: Shop, what: ExportSubject, span: Span = EVER) -> Sequence[Mapping[str, Any]]:
    """Return a list as it is exported, each row by the names of its columns."""
    names = [column.name for column in queries.columns(what)]
    with reading(shop.database) as session:
        return [
            dict(zip(names, row, strict=True))
            for page in queries.pages(session, what, span, None, 1_000_000)
            for _, row in page
        ]


def check(shop: Shop) -> Sequence[Mapping[str, Any]]:
    """Fail unless all three agree about every order, way to pay, day and currency; return the ledger."""
    ledger, orders = rows(shop, ExportSubject.ledger), rows(shop, ExportSubject.orders)
    for side in SIDES:
        booked = _added(ledger, "order_id", f"{side}_minor")
        assert booked == +Counter({one["order_id"]: one[f"{side}_minor"] for one in orders}), side
    labels = {one["order_id"]: (one["method"], one["method_label"], one["currency"]) for one in orders}
    assert all(labels[one["order_id"]] == (one["method"], one["method_label"], one["currency"]) for one in ledger)
    if ledger:
        _same_as_report(ledger, _report(shop, ledger))
    return ledger


def _added(ledger: Sequence[Mapping[str, Any]], by: str, what: str) -> Counter[Any]:
    found = Counter[Any]()
    for one in ledger:
        found[one[by]] += one[what]
    return +found


def _report(shop: Shop, ledger: Sequence[Mapping[str, Any]]) -> Figures:
    days = [day_of(one["at"], shop.terms.zone) for one in (ledger[0], ledger[-1])]
    span = periods.Span(days[0], days[1])
    return reports.figures_of(shop, Period("All of it", span, span))


def _same_as_report(ledger: Sequence[Mapping[str, Any]], report: Figures) -> None:
    for one in report.currencies:
        mine = [row for row in ledger if row["currency"] == one.currency]
        for side in SIDES:
            assert getattr(one.now, f"{side}_minor") == sum(row[f"{side}_minor"] for row in mine), one.currency
        methods = {method.method: method.received_minor for method in one.methods if method.received_minor}
        assert methods == _added(mine, "method", "received_minor")
    assert {row["currency"] for row in ledger} <= {one.currency for one in report.currencies}
