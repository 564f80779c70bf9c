"""What the owner reads of codes: terms in a line, uses that are left, and what came of them."""

from datetime import timedelta
from typing import Any

import pytest

from novacore.db.queries.orders.discounts import CodeRow
from novacore.messages.orders.discounts import added, codes_page
from tests.messages import samples
from tests.messages.payloads import assert_sendable, buttons_of, words_of

_LATER = samples.NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "names", "said"),
    [
        ({}, [], "10% off everything\nGood until you end it"),
        ({"percent": None, "amount_minor": 550}, ["Games"], "$5.50 off Games"),
        ({}, ["A", "B", "C", "D", "E"], "10% off A, B, C and 2 more"),
        ({"least_quantity": 3}, [], "10% off everything, from 3 in one order"),
        ({"least_total_minor": 2000}, [], "10% off everything, for orders of $20.00 or more"),
        ({"uses": 20, "per_person": 1}, [], "20 times in all, once per person"),
        ({"until": _LATER}, [], f"Good until <t:{int(_LATER.timestamp())}:f>"),
    ],
)
def test_terms_are_a_line(
    changes: dict[str, Any], names: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = added(samples.discount(**changes), names, samples.NOW)
    assert_sendable(message)
    assert said in words_of(message)


@pytest.mark.parametrize(
    ("changes", "used", "said"),
    [
        ({}, 0, "used 0 times · brought $0.00, took off $0.00"),
        ({"uses": 20}, 1, "used once, 19 of 20 left"),
        ({"uses": 20}, 21, "used 21 times, 0 of 20 left"),
        ({"ended_at": samples.NOW}, 1, f"ended <t:{int(samples.NOW.timestamp())}:d>"),
        ({"until": samples.NOW - timedelta(days=9)}, 1, "over since <t:"),
    ],
)
def test_what_came_of_a_code(changes: dict[str, Any], used: int, said: str) -> None:
    assert said in words_of(codes_page(1, [CodeRow(samples.discount(**changes), used)], samples.NOW))


def test_money_of_two_currencies_is_not_added_up() -> None:
    row = CodeRow(samples.discount(), 2, {"EUR": 500, "USD": 999}, {"USD": 100})
    assert "brought €5.00 + $9.99, took off $1.00" in words_of(codes_page(1, [row], samples.NOW))


def test_many_codes_go_on_further_pages() -> None:
    page = codes_page(13, [CodeRow(samples.discount())], samples.NOW, 1)
    assert [one["custom_id"] for one in buttons_of(page).values()] == ["nc:discount:list:0", "nc:discount:list:2"]
