"""Reports to look at: nothing sold, one sale, a week with refunds, a year, 10,000 products and every hard name."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from novacore.workflows.reports.figures import (
    CategoryFigures,
    DayMoney,
    Figures,
    InCurrency,
    MethodFigures,
    ProductFigures,
    RatingFigures,
    Service,
    Sums,
    Wait,
)

NAMES = (
    "Game key",
    "Streaming starter guide: extended collector's edition with everything that was ever left out",
    "$a_b$ cash $x^2$ \\frac{1}{0} {{",
    "数字游戏 ゲーム 🎮",
    "Логотип на заказ",
    "**bold** @everyone <@1> [x](https://example.com)",
    "متجر הנות",
    "W" * 100,
    "\u200b",
    "a\nb\tc",
)
_CHANCE = random.Random(3)
_SERVICE = Service(
    Wait(43_210, 8_043.5), Wait(43_000, 4), Wait(1_203, 270_000), RatingFigures(9_121, 43_000), RatingFigures(8, 36), 13
)
_METHODS = ("paypal", "btc", "ltc", "usdt", "sol", "eth")


def figures(title: str, first: date, days: int, *currencies: InCurrency, service: Service = Service()) -> Figures:  # noqa: B008
    """A report of so many days."""
    last, before = first + timedelta(days - 1), first - timedelta(days)
    made_at = datetime(2026, 4, 1, tzinfo=UTC)
    return Figures(
        title, "Europe/Berlin", first, last, before, first - timedelta(1), made_at, currencies, service, service
    )


def busy(currency: str, first: date, days: int, size: int, names: Sequence[str], products: int = 0) -> InCurrency:
    """Money on every day, refunds on some; `size` is about what a day brings, in minor units."""
    moved = [
        DayMoney(first + timedelta(number), _CHANCE.randint(0, size), _CHANCE.choice([0, 0, size // 9]))
        for number in range(days)
    ]
    came, went = sum(day.received_minor for day in moved), sum(day.returned_minor for day in moved)
    now = Sums(came, 43_210, went, 210, 52_000, came, 45_001, 43_210, 43_000, 5_000, 300, 1_000, 1_234, came // 9)
    before = Sums(came // 2, 23_210, went, 210, 62_000, came, 45_001, 43_210, 43_000, 5_000, 0, 0, 12, came // 99)
    return InCurrency(
        currency,
        now,
        before,
        products or len(names),
        [ProductFigures(name, came // (number + 2), 12_345) for number, name in enumerate(names[:5])],
        [CategoryFigures(name, came // (number + 3)) for number, name in enumerate(names[:5])],
        [MethodFigures(name, came // (number + 2), 1_000) for number, name in enumerate(_METHODS)],
        moved,
    )


_ONE = InCurrency(
    "USD",
    Sums(999, 1, 0, 0, 1, 999, 1, 1, 1),
    Sums(),
    1,
    [ProductFigures("Game key", 999, 1)],
    [CategoryFigures("Games", 999)],
    [MethodFigures("btc", 999, 1)],
    [DayMoney(date(2026, 3, 29), 999, 0)],
)
_REFUND = InCurrency(
    "USD",
    Sums(returned_minor=5_000, returns=1),
    Sums(received_minor=5_000, paid=1, placed=1),
    days=[DayMoney(date(2026, 3, 29), 0, 5_000)],
)
_MARCH, _YEAR = date(2026, 3, 1), date(2025, 1, 1)

REPORTS: Mapping[str, Figures] = {
    "nothing": figures("Today", date(2026, 3, 29), 1, InCurrency("USD", Sums(), Sums())),
    "nothing_in_a_year": figures("This year", _YEAR, 365, InCurrency("JPY", Sums(), Sums())),
    "one_sale": figures("Yesterday", date(2026, 3, 29), 1, _ONE, service=Service(Wait(1, 723), Wait(1, 3))),
    "only_a_refund": figures("Yesterday", date(2026, 3, 29), 1, _REFUND),
    "week": figures("Weekly report", date(2026, 3, 23), 7, busy("JPY", date(2026, 3, 23), 7, 900_000, NAMES[:3])),
    "month": figures("Monthly report", _MARCH, 31, busy("KWD", _MARCH, 31, 10**11, NAMES[1:]), service=_SERVICE),
    "quarter": figures("Chosen days", _YEAR, 91, busy("EUR", _YEAR, 91, 5_000, NAMES[5:]), service=_SERVICE),
    "year": figures("This year", _YEAR, 365, busy("USD", _YEAR, 365, 900_000, NAMES, 10_000), service=_SERVICE),
    "three_years": figures("Chosen days", date(2023, 3, 3), 1_098, busy("CLP", date(2023, 3, 3), 1_098, 10**12, NAMES)),
}
