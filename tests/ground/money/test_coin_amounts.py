"""Amounts of a coin are read as wallets, exchanges and people of any country write them, or refused with the reason."""

from decimal import Decimal

import pytest

from novacore.money.coin_amounts import read_coin_amount, symbol_in
from novacore.money.reader import BadAmount, quoted

READ = {
    "0.00031113 BTC": ("0.00031113", "BTC"),
    "BTC 0.00031113": ("0.00031113", "BTC"),
    "0,25eth": ("0.25", "ETH"),
    "1,234.5 usdt": ("1234.5", "USDT"),
    "1.234,56 USDT": ("1234.56", "USDT"),
    "1.234,567 USDT": ("1234.567", "USDT"),
    "1,000,000 USDT": ("1000000", "USDT"),
    "1.000.000": ("1000000", ""),
    "1,000,000.00 USDT": ("1000000", "USDT"),
    "1 234,5": ("1234.5", ""),
    "1'234": ("1234", ""),
    "19.991": ("19.991", ""),
    "1234,567": ("1234.567", ""),
    "20": ("20", ""),
    "0,001": ("0.001", ""),
    "\u0662\u0660": ("20", ""),
}
REFUSED = {
    "1,234 USDT": "can be read in two ways. Write 1234 USDT for the larger amount, or 1.234 USDT for the smaller one.",
    "1,2,3": "I can't tell what the separators in `1,2,3` mean. Write it with a point before the decimals",
    "0.000,311 BTC": "I can't tell what the separators",
    "1.234.56": "I can't tell what the separators",
    "$20": "is not an amount I can read",
    "BTC 1 ETH": "is not an amount I can read",
    "": "is not an amount I can read",
}


@pytest.mark.parametrize(("typed", "read"), READ.items(), ids=READ.keys())
def test_an_amount_is_read_where_there_is_one_reading(typed: str, read: tuple[str, str]) -> None:
    assert read_coin_amount(typed) == (Decimal(read[0]), read[1])
    assert symbol_in(typed) == read[1]


@pytest.mark.parametrize(("typed", "why"), REFUSED.items(), ids=REFUSED.keys())
def test_else_it_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(BadAmount) as refusal:
        read_coin_amount(typed)
    assert why in refusal.value.sentence


def test_what_was_typed_is_quoted_as_it_was_typed() -> None:
    assert [quoted(typed) for typed in ("**83**", "a`b", " \u202e\n", "x" * 50)] == [
        "`**83**`",
        "`a\u02cbb`",
        "` `",
        f"`{'x' * 40}`",
    ]
