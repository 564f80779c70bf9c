"""What the two tickers send is read strictly, and a price counts only where both agree."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput
from novacore.states import PaymentMethod
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import feed
from novacore.workflows.payments.rates import rate_of
from tests.fixtures.shops import MovableClock

BTC, ETH, LTC = PaymentMethod.btc, PaymentMethod.eth, PaymentMethod.ltc


def _first(bitcoin: str) -> bytes:
    return f'{{"bitcoin": {{"usd": {bitcoin}}}, "ethereum": {{"usd": 3200.5}}}}'.encode()


def _second(bitcoin: object) -> bytes:
    return json.dumps({"data": {"currency": "USD", "rates": {"BTC": bitcoin, "LTC": "0.0125"}}}).encode()


def test_both_lists_are_read_to_the_last_digit() -> None:
    assert feed.COINGECKO.read(_first("64250.1"), "USD") == {BTC: Decimal("64250.1"), ETH: Decimal("3200.5")}
    assert feed.COINGECKO.read(_first('"64250.1"'), "USD")[BTC] == Decimal("64250.1"), "digits as text are digits"
    assert feed.COINBASE.read(_second("1.5625e-5"), "USD") == {BTC: Decimal(64000), LTC: Decimal(80)}
    assert "vs_currencies=eur" in feed.COINGECKO.address_for("EUR")
    assert feed.COINBASE.address_for("EUR").endswith("currency=EUR")


NO_PRICES = [
    *("null", "0", "-64250", "NaN", "Infinity", "1e999999999", "1e-30", "true", "[64250]", '""', '"a lot"', '"64_250"'),
    *('"-1"', '"NaN"', '"\uff16\uff14"', '" 64250"', "9" * 100_000),
]


@pytest.mark.parametrize("sent", NO_PRICES, ids=lambda sent: sent[:12])
def test_what_is_no_price_is_none_and_the_others_are_read(sent: str) -> None:
    assert feed.COINGECKO.read(_first(sent), "USD") == {ETH: Decimal("3200.5")}
    second = _second("HERE").replace(b'"HERE"', sent.encode())
    assert feed.COINBASE.read(second, "USD") == {LTC: Decimal(80)}


@pytest.mark.parametrize("sent", [b"", b"<html>Just a moment...</html>", b"\xff\xfe", b"[" * 50_000])
def test_what_is_no_list_is_refused(sent: bytes) -> None:
    for ticker in (feed.COINGECKO, feed.COINBASE):
        with pytest.raises(BadInput, match=f"{ticker.name} did not answer with"):
            ticker.read(sent, "USD")


def test_prices_in_another_currency_are_refused() -> None:
    with pytest.raises(BadInput, match="did not answer with prices in EUR"):
        feed.COINBASE.read(_second("0.000015625"), "EUR")
    assert feed.COINGECKO.read(_first("64250.1"), "EUR") == {}


def test_the_middle_is_taken_and_two_percent_are_near_enough() -> None:
    one, near, far = {BTC: Decimal(100)}, {BTC: Decimal(102)}, {BTC: Decimal("102.1")}
    assert feed.agreed(one, near) == feed.agreed(near, one) == {BTC: Decimal(101)}
    assert feed.agreed(one, far) == feed.agreed(far, one) == {}
    assert feed.agreed(one, {ETH: Decimal(100)}) == {}, "each is known to one of them only"


def test_a_price_is_kept_as_people_read_it(shop: Shop, time: MovableClock) -> None:
    feed.keep(shop, {BTC: Decimal("64250.128567"), LTC: Decimal("8.3254999"), ETH: Decimal("0.000123456789")}, time.at)
    with reading(shop.database) as session:
        kept = [getattr(rate_of(session, one, "USD", time.at), "price", None) for one in (BTC, LTC, ETH)]
    assert kept == [Decimal("64250.13"), Decimal("8.3255"), Decimal("0.00012346")]


def test_prices_are_asked_for_every_five_minutes_where_the_owner_wants_them(shop: Shop, time: MovableClock) -> None:
    assert not feed.queue_due(shop), "off unless it is turned on"
    wanted = replace(shop, terms=replace(shop.terms, rate_feed=True))
    assert not feed.queue_due(replace(wanted, addresses={})), "a shop that takes no coins needs no prices"
    assert feed.queue_due(wanted)
    assert not feed.queue_due(wanted)
    time.move(minutes=5)
    assert feed.queue_due(wanted)
    with reading(shop.database) as session:
        assert session.execute(select(Job.name, Job.queue)).all() == [(JobName.fetch_rates, "media")]
    time.at -= timedelta(days=1)
    assert feed.queue_due(wanted), "a clock that was set back"


def test_the_outcome_says_on_which_coins_of_the_shop_both_agree(shop: Shop) -> None:
    two = replace(shop, addresses={method: shop.addresses[method] for method in (BTC, ETH)})
    one = Decimal(1)
    assert feed.said_of(two, {BTC: one, ETH: one, LTC: one}) == "CoinGecko and Coinbase agree on BTC, ETH."
    assert feed.said_of(two, {BTC: one}) == "CoinGecko and Coinbase agree on BTC, but not on ETH."
    assert feed.said_of(two, {LTC: one}) == "CoinGecko and Coinbase agree on no price."
