"""What staff read of a statement, with everything that a stranger may have written in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from novacore.db.queries.orders.statements import Asked
from novacore.messages.kit.layout import Message
from novacore.messages.orders.staff.statement import statement_page
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.orders.statements.groups import Comparison, Found, Group, How, Remark
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, LeftOut, Payment
from tests.messages import samples

GUILD = 1200000000000000001
PLACE = (1200000000000000002, 1200000000000000003)


def order(number: int = 0, name: str = "Game key") -> Asked:
    """An order that waits for staff."""
    return Asked(
        id=f"NC-20260314-ACDE{number:02d}",
        status=OrderStatus.delivery_blocked,
        method="usdt",
        pay_network="TRON",
        customer_id=samples.BUYER,
        product_name=name,
        quantity=1000,
        total_minor=10**12,
        currency="USD",
        coin_amount=10**17,
        placed_at=samples.NOW,
        submitted_at=samples.NOW,
        kind=ProductKind.unique,
        has_reference=True,
    )


def payment(text: str = "") -> Payment:
    """A payment of as much as can be written, in whatever a list calls it."""
    longest = Decimal("123456789012345678901234567890.123456789")
    return Payment(20_000, (), text[:200], longest, UNKNOWN_COIN, date(2026, 3, 14))


def found(group: Group, text: str = "", count: int = 1) -> Found:
    """A payment that may be for some orders, with everything that can be said of it."""
    orders = [order(number, text) for number in range(count)]
    return Found(group, payment(text), orders, How.reference, Decimal(-1) / 3, orders[0].id, frozenset(Remark))


def comparison(groups: dict[Group, list[Found]], unmatched: int = 0, text: str = "") -> Comparison:
    """A statement of which nothing fits on one page."""
    cards = {one.id: PLACE for rows in groups.values() for row in rows for one in row.orders}
    left_out = dict.fromkeys(LeftOut, 20_000)
    return Comparison("a PayPal report", 20_000, groups, 9_999, [payment(text)] * unmatched, left_out, cards)


def every_page(text: str) -> Iterator[tuple[str, Message]]:
    """Build the page with much in it, with one group alone, and with nothing."""
    full = {group: [found(group, text, 30 if group is Group.several else 1)] * 3 for group in Group}
    yield "statement", statement_page(comparison(full, 9, text), GUILD)
    yield "statement of one group", statement_page(comparison({Group.exact: [found(Group.exact, text)] * 12}), GUILD)
    plain = replace(found(Group.exact, text), remarks=frozenset(), paid_order="", difference=None)
    yield "short statement", statement_page(comparison({Group.exact: [plain]}, 3, text), 0)
    yield "empty statement", statement_page(Comparison("a list of transactions", 0, {}), GUILD)
