"""Amounts as people type them: exact in minor units, or refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novacore.errors import BadInput
from novacore.money import MAX_MINOR, MAX_PRICE, BadAmount, Fault, format_money, parse_money, parse_price
from novacore.money.currencies import DIGITS
from novacore.money.signs import SIGNS


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("9.99", "USD", 999),
        ("9,99", "USD", 999),
        ("$9.99", "USD", 999),
        ("$ 9.99", "USD", 999),
        ("9.99$", "USD", 999),
        ("9.99 $", "USD", 999),
        ("US$9.99", "USD", 999),
        ("us$ 9.99", "USD", 999),
        ("9.99 USD", "USD", 999),
        ("9.99USD", "USD", 999),
        ("usd 9.99", "USD", 999),
        ("USD $9.99", "USD", 999),
        ("$9.99 USD", "USD", 999),
        ("$1,234.50 USD", "USD", 123450),
        ("  12  ", "USD", 1200),
        ("0.01", "USD", 1),
        ("9.9", "USD", 990),
        ("0.1", "EUR", 10),
        ("007", "USD", 700),
        ("9,99 €", "EUR", 999),
        ("9,99€", "EUR", 999),
        ("€ 9,99", "EUR", 999),
        ("1.234,50 € EUR", "EUR", 123450),
        ("9,99 Euro", "EUR", 999),
        ("5,- €", "EUR", 500),
        ("1.234,- €", "EUR", 123400),
        ("99:-", "SEK", 9900),
        ("CHF 1'000.--", "CHF", 100000),
        ("1,000/-", "INR", 100000),
        ("9,99 $US", "USD", 999),
        ("5,-", "EUR", 500),
        ("5,– €", "EUR", 500),
        ("R$ 19,90", "BRL", 1990),
        ("R$1.234,50", "BRL", 123450),
        ("$9.99", "CAD", 999),
        ("C$ 9.99", "CAD", 999),
        ("CA$9.99 CAD", "CAD", 999),
        ("S$5", "SGD", 500),
        ("$ 1.234,50", "ARS", 123450),
        ("Rs. 1,23,456.50", "INR", 12345650),
        ("₹1,23,456/-", "INR", 12345600),
        ("₹12,34,567", "INR", 123456700),
        ("Rs 500", "PKR", 50000),
        ("₦5,000.00", "NGN", 500000),
        ("E£ 50", "EGP", 5000),
        ("12,50 zł", "PLN", 1250),
        ("199 Kč", "CZK", 19900),
        ("99 kr", "SEK", 9900),
        ("99 kr.", "DKK", 9900),
        ("5 руб.", "RUB", 500),
        ("1 234,50", "EUR", 123450),
        ("1\u202f234,50", "EUR", 123450),
        ("1\u2009234\u2009567,5 €", "EUR", 123456750),
        ("1\u00a0000", "EUR", 100000),
        ("1 000", "USD", 100000),
        ("1'234.50", "CHF", 123450),
        ("CHF 1\u2019234.50", "CHF", 123450),
        ("1\u02bc000 Fr.", "CHF", 100000),
        ("1,234.50", "USD", 123450),
        ("1.234,50", "EUR", 123450),
        ("1,234,567", "USD", 123456700),
        ("€1.234.567,8", "EUR", 123456780),
        ("1000.00", "USD", 100000),
        ("1234.5", "USD", 123450),
        ("1000", "JPY", 1000),
        ("¥1,000", "JPY", 1000),
        ("1.000", "JPY", 1000),
        ("￥１，０００", "JPY", 1000),
        ("1,000円", "JPY", 1000),
        ("500.00", "JPY", 500),
        ("50.000 ₫", "VND", 50000),
        ("12.990", "CLP", 12990),
        ("9.999", "KWD", 9999),
        ("9.99", "KWD", 9990),
        ("0,999", "KWD", 999),
        ("1,234.567 KD", "KWD", 1234567),
        ("1.2345", "CLF", 12345),
        ("９.９９", "USD", 999),
        ("＄９．９９", "USD", 999),
        ("٩٫٩٩", "EGP", 999),
        ("١٬٢٣٤٫٥٠ ج.م", "EGP", 123450),
        ("\u200e9.99\u200f $\u200b", "USD", 999),
        ("\ufeff9.99", "USD", 999),
        ("10000000", "USD", MAX_PRICE),
    ],
)
def test_a_price_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_price(text, currency) == minor
    assert parse_money(text, currency).minor == minor


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("", "USD", "Please write a price"),
        (" \t", "USD", "Please write a price"),
        ("1e3", "USD", "not an amount"),
        ("+1", "USD", "not an amount"),
        ("0", "USD", "more than zero"),
        ("0.00", "USD", "more than zero"),
        ("0,000", "USD", "more than zero"),
        ("9.9999", "USD", "too many"),
        ("1,234.567", "USD", "too many"),
        ("0.999", "USD", "too many"),
        ("1234.567", "USD", "too many"),
        ("9.9999", "KWD", "too many"),
        ("0." + "9" * 40, "USD", "too many"),
        ("0." + "0" * 40 + "1", "USD", "too many"),
        ("9.5", "JPY", "too many"),
        ("0.500", "JPY", "too many"),
        ("1 23,50", "USD", "not an amount"),
        ("1.2.3", "USD", "not an amount"),
        ("1,234,56", "USD", "not an amount"),
        ("1,234.567,89", "USD", "not an amount"),
        ("1'234 567", "CHF", "not an amount"),
        ("9.99 12", "USD", "not an amount"),
        ("2 x 5", "USD", "not an amount"),
        ("5 - 10", "USD", "not an amount"),
        (".99", "USD", "not an amount"),
        ("$.99", "USD", "not an amount"),
        ("5.", "USD", "not an amount"),
        ("9.99.", "USD", "not an amount"),
        ("free", "USD", "not an amount"),
        ("9.99 each", "USD", "not an amount"),
        ("9.99/month", "USD", "not an amount"),
        ("~9.99", "USD", "not an amount"),
        ("50%", "USD", "not an amount"),
        ("1K", "USD", "not an amount"),
        ("5 k", "ZMW", "not an amount"),
        ("9²", "USD", "not an amount"),
        ("½", "USD", "not an amount"),
        ("0x10", "USD", "not an amount"),
        ("NaN", "USD", "not an amount"),
        ("9" * 400, "USD", "not an amount"),
        ("$" * 50 + "5", "USD", "not an amount"),
        ("10000000.01", "USD", "too high"),
        ("9" * 12, "USD", "too high|too large"),
        ("-1", "USD", "below zero"),
        ("-$9.99 USD", "USD", "below zero"),
        ("$-9.99", "USD", "below zero"),
        ("9.99-", "USD", "below zero"),
        ("\u22129.99", "USD", "below zero"),
        ("($9.99)", "USD", "below zero"),
        ("9.99 EUR", "USD", r"another currency \(EUR\).* in USD"),
        ("€9.99", "USD", r"another currency \(EUR\).* in USD"),
        ("9,99€", "USD", "another currency"),
        ("£5", "EUR", "another currency.* in EUR"),
        ("$9.99", "EUR", "another currency"),
        ("$9.99", "BRL", "another currency"),
        ("C$9.99", "USD", "another currency"),
        ("$9.99 CAD", "USD", r"another currency \(CAD\)"),
        ("CAD $9.99", "USD", "another currency"),
        ("US$9.99", "CAD", "another currency"),
        ("9.99 DEM", "EUR", r"another currency \(DEM\)"),
        ("9,99 zł", "EUR", r"another currency \(PLN\)"),
        ("Rs 500", "USD", r"another currency \(Rs\)"),
    ],
)
def test_everything_else_is_refused_with_a_sentence(text: str, currency: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        parse_price(text, currency)
    assert len(refused.value.sentence) < 200


@pytest.mark.parametrize(
    ("text", "currency", "ways"),
    [
        ("1,000", "USD", "Write 1000.00 for 1,000, or 1.00"),
        ("1.000", "EUR", "Write 1000.00 for 1,000, or 1.00"),
        ("$1,234", "USD", "Write 1234.00 for 1,234."),
        ("9.990 USD", "USD", "Write 9990.00 for 9,990, or 9.99"),
        ("999,999", "COP", "Write 999999.00 for 999,999."),
        ("Rs 1,200", "PKR", "Write 1200.00 for 1,200, or 1.20"),
        ("1,500", "TND", "Write 1500.000 for 1,500, or 1.500"),
        ("1,500 KWD", "KWD", "Write 1500.000 for 1,500, or 1.500"),
        ("1.234", "CLF", "Write 1234.0000 for 1,234, or 1.2340"),
        ("1,0000", "CNY", "Write 10000.00 for 10,000, or 1.00"),
        ("1,0000", "JPY", "Write 10000 for 10,000, or 1"),
        ("１，０００", "USD", "Write 1000.00 for 1,000, or 1.00"),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_taken_and_the_sentence_says_how_to_write_it(
    text: str, currency: str, ways: str
) -> None:
    with pytest.raises(BadAmount) as refused:
        parse_price(text, currency)
    assert refused.value.fault is Fault.unclear
    assert ways in refused.value.sentence
    advised = refused.value.sentence.partition("Write ")[2].split(" for ")[0]
    assert parse_price(advised, currency)


@pytest.mark.parametrize("currency", sorted(DIGITS))
def test_what_is_shown_is_read_back_whatever_sign_is_put_to_it(currency: str) -> None:
    for minor in (1, 10, 999, 1000, 1234, 123456, MAX_PRICE, MAX_MINOR):
        shown = format_money(minor, currency)
        assert parse_money(shown, currency).minor == minor
        number = shown.strip(f"{currency}$€£¥₹₩ ")
        for sign in SIGNS.get(currency, ()):
            for text in (f"{sign}{number}", f"{sign} {number} {currency}", f"{currency} {sign}{number}"):
                assert parse_money(text, currency).minor == minor, text


@given(
    st.text(alphabet="0123456789.,' $€-kKrR٣９²\u202f()", max_size=30), st.sampled_from(["USD", "JPY", "KWD", "CLF"])
)
def test_whatever_is_typed_is_an_amount_that_reads_back_or_a_refusal(text: str, currency: str) -> None:
    try:
        read = parse_money(text, currency)
    except BadAmount:
        return
    assert 0 <= read.minor <= MAX_MINOR
    assert parse_money(str(read), currency) == read


def test_a_refusal_quotes_no_escape_codes() -> None:
    with pytest.raises(BadInput, match=r"\A`9 99` is not an amount"):
        parse_price("\u200b9\u00a099", "USD")
