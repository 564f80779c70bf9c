"""The feed of prices: two tickers on a server here that are right, apart, slow, wrong, huge or gone. No order waits."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.states import PaymentMethod, RateSource
from novacore.tasks.discord import remote_pictures
from novacore.tasks.orders.rates import fetch_prices
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments import feed
from novacore.workflows.payments.rates import Rate, rate_of
from tests.fixtures.servers.certificates import make_certificate
from tests.fixtures.shops import CUSTOMER, MovableClock, ProductMaker
from tests.tasks.website import Answer, Website, leads_to, sends, serve

BTC, ETH = PaymentMethod.btc, PaymentMethod.eth
HOSTS = ("api.coingecko.com", "api.coinbase.com")
FIRST = feed.first_ticker("USD").removeprefix(f"https://{HOSTS[0]}")
SECOND = feed.second_ticker("USD").removeprefix(f"https://{HOSTS[1]}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for the tickers of these tests."""
    return make_certificate(tmp_path_factory.mktemp("tls"), HOSTS)


@pytest.fixture
def website(certificate: tuple[Path, Path]) -> Iterator[Website]:
    """Serve both tickers over real TLS: one Bitcoin is $64,000 at the first, and as much at the second."""
    for found in serve(certificate, HOSTS):
        found.answers[FIRST] = _first(64_000)
        found.answers[SECOND] = _second("0.000015625")
        yield found


def _first(bitcoin: object) -> Answer:
    return sends(json.dumps({"bitcoin": {"usd": bitcoin}, "ethereum": {"usd": 3200.5}}).encode())


def _second(bitcoin: object) -> Answer:
    return sends(json.dumps({"data": {"currency": "USD", "rates": {"BTC": bitcoin, "LTC": "0.0125"}}}).encode())


def _known(shop: Shop, time: MovableClock, method: PaymentMethod = BTC) -> Rate | None:
    with reading(shop.database) as session:
        return rate_of(session, method, "USD", time.at)


def _place(shop: Shop, product_id: int) -> int | None:
    return orders.place(shop, CUSTOMER, Checkout("one", product_id, 1, BTC)).coin_amount


def test_prices_on_which_both_agree_are_used_for_a_quarter_of_an_hour(
    shop: Shop, website: Website, time: MovableClock, make_product: ProductMaker
) -> None:
    website.answers[SECOND] = _second("0.0000153846")
    assert "1 prices on which both tickers agree, of 3" in fetch_prices(shop, website.internet)
    rate = _known(shop, time)
    assert rate is not None
    assert (rate.source, rate.at) == (RateSource.feed, time.at)
    assert 64_000 < rate.price < 65_001
    assert _known(shop, time, ETH) is None, "only one of them names it"
    assert _place(shop, make_product(price=6400)) is not None
    time.move(minutes=15)
    assert _known(shop, time) is not None
    time.move(seconds=1)
    assert _known(shop, time) is None


def _drips(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b"{")
    request.wfile.flush()
    request.rfile.read(1)  # until the other side hangs up


WRONG: dict[str, Answer] = {
    "5 % apart": _second("0.0000148"),
    "slow": _drips,
    "gone": sends(b"", 503),
    "a web page": sends(b"<html>Just a moment...</html>"),
    "no list": sends(b"[[[[" * 50_000),
    "another currency": sends(b'{"data": {"currency": "EUR", "rates": {"BTC": "0.000015625"}}}'),
    "nothing": _second(None),
    "zero": _second("0"),
    "less than zero": _second("-0.000015625"),
    "no number": _second("NaN"),
    "a huge number": _second("1e999999999"),
    "too long": sends(b" " * (feed.MOST_BYTES + 1)),
    "leads inside": leads_to("https://127.0.0.1/"),
    "leads to plain http": leads_to("http://api.coinbase.com/"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_ticker_that_cannot_be_trusted_leaves_no_price_and_refuses_no_order(
    shop: Shop,
    website: Website,
    time: MovableClock,
    make_product: ProductMaker,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    if fault == "slow":
        monkeypatch.setattr(remote_pictures, "SECONDS", 0.5)
    website.answers[SECOND] = WRONG[fault]
    fetch_prices(shop, website.internet)
    assert _known(shop, time) is None
    assert _place(shop, make_product(price=6400)) is None


def test_the_shop_itself_is_never_asked_for_prices_by_a_name_that_leads_inside(
    shop: Shop, website: Website, time: MovableClock
) -> None:
    website.addresses["api.coinbase.com"] = ("10.0.0.1",)
    assert "No prices this time" in fetch_prices(shop, website.internet)
    assert _known(shop, time) is None


def test_prices_are_asked_for_every_five_minutes_where_the_owner_wants_them(shop: Shop, time: MovableClock) -> None:
    assert not feed.queue_due(shop), "off unless it is turned on"
    wanted = replace(shop, terms=replace(shop.terms, rate_feed=True))
    assert feed.queue_due(wanted)
    assert not feed.queue_due(wanted)
    time.move(minutes=5)
    assert feed.queue_due(wanted)
    with reading(shop.database) as session:
        assert session.execute(select(Job.name, Job.queue)).all() == [(JobName.fetch_rates, "media")]
    time.at -= timedelta(days=1)
    assert feed.queue_due(wanted), "a clock that was set back"


def test_the_middle_is_taken_and_two_percent_are_near_enough() -> None:
    one, near, far = {BTC: Decimal(100)}, {BTC: Decimal(102)}, {BTC: Decimal("102.1")}
    assert feed.agreed(one, near) == feed.agreed(near, one) == {BTC: Decimal(101)}
    assert feed.agreed(one, far) == feed.agreed(far, one) == {}
