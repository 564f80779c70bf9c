"""Every code of ISO 4217 that is in use, with the digits that the standard gives it; the others with a sentence."""

import pytest

from novacore.errors import BadInput
from novacore.money import currency_exponent, format_money, require_currency
from novacore.money.currencies import DIGITS, NO_UNIT, WITHDRAWN
from novacore.settings import values

TWO_DIGITS = "PKR NGN EGP ARS COP USD EUR GBP INR IDR KES GHS MAD LKR BDT NPR PEN VES VED XCG ZWG SLE MRU STN XAD"
NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
FOUR_DIGITS = "CLF UYW"


def test_the_list_is_whole() -> None:
    assert len(DIGITS) == 165
    assert len(NO_UNIT) == 13
    assert all(len(code) == 3 and code.isupper() for code in {*DIGITS, *NO_UNIT, *WITHDRAWN})
    assert {*DIGITS}.isdisjoint(NO_UNIT | {*WITHDRAWN})
    assert {*WITHDRAWN.values()} <= {*DIGITS}


@pytest.mark.parametrize(("digits", "codes"), [(0, NO_DIGITS), (3, THREE_DIGITS), (4, FOUR_DIGITS)])
def test_the_digits_are_those_of_the_standard(digits: int, codes: str) -> None:
    assert {code for code, its in DIGITS.items() if its == digits} == {*codes.split()}


def test_most_have_two_digits() -> None:
    for code in TWO_DIGITS.split():
        assert currency_exponent(code) == 2
        assert values.currency(code.lower()) == code


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("BGN", "was withdrawn from use. Use EUR"),
        ("HRK", "was withdrawn from use. Use EUR"),
        ("dem", "was withdrawn from use. Use EUR"),
        ("ANG", "was withdrawn from use. Use XCG"),
        ("ZWL", "was withdrawn from use. Use ZWG"),
        ("VEF", "was withdrawn from use. Use VES"),
        ("XAU", "not money that people pay with"),
        ("XTS", "not money that people pay with"),
        ("XXX", "not money that people pay with"),
        ("BTC", "is not a currency that NovaCore knows"),
        ("USDT", "is not a currency that NovaCore knows"),
        ("$", "is not a currency that NovaCore knows"),
        ("", "is not a currency that NovaCore knows"),
        ("ＵＳＤ", "is not a currency that NovaCore knows"),
    ],
)
def test_what_nothing_can_be_priced_in_is_refused_with_the_reason(code: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        values.currency(code)
    with pytest.raises(BadInput, match=sentence):
        require_currency(code)


def test_the_refusal_of_a_setting_does_not_quote_it() -> None:
    with pytest.raises(ValueError, match="is not a currency") as refused:
        values.currency("S3cret-token")
    assert "s3cret" not in str(refused.value).casefold()


def test_what_was_sold_in_a_currency_that_is_gone_is_still_shown() -> None:
    assert format_money(1999, "BGN") == "19.99 BGN"
