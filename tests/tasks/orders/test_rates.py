"""The feed of prices: two tickers on a server here that are right, apart, slow, wrong, huge or gone. No order waits."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from novacore.db.unit_of_work import reading
from novacore.states import PaymentMethod, RateSource
from novacore.tasks.discord import remote_pictures
from novacore.tasks.orders.rates import fetch_prices
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
INSIDE = "inside.example"
FIRST = feed.COINGECKO.address_for("USD").removeprefix(f"https://{HOSTS[0]}")
SECOND = feed.COINBASE.address_for("USD").removeprefix(f"https://{HOSTS[1]}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for the tickers of these tests."""
    return make_certificate(tmp_path_factory.mktemp("tls"), (*HOSTS, INSIDE))


@pytest.fixture
def website(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Website]:
    """Serve both tickers over real TLS: one Bitcoin is $64,000 at the first, and as much at the second."""
    monkeypatch.setattr(remote_pictures, "SECONDS", 60.0)  # no answer here is slow but where a test is about that
    for found in serve(certificate, HOSTS):
        found.answers[FIRST] = _first(64_000)
        found.answers[SECOND] = found.answers["/inside"] = _second("0.000015625")
        found.addresses[INSIDE] = ("10.0.0.1",)
        yield found


def _first(bitcoin: object) -> Answer:
    return sends(json.dumps({"bitcoin": {"usd": bitcoin}, "ethereum": {"usd": 3200.5}}).encode())


def _second(bitcoin: object, blanks: int = 0, status: int = 200) -> Answer:
    found = {"data": {"currency": "USD", "rates": {"BTC": bitcoin, "LTC": "0.0125"}}}
    return sends(b" " * blanks + json.dumps(found).encode(), status)


def _known(shop: Shop, time: MovableClock, method: PaymentMethod = BTC) -> Rate | None:
    with reading(shop.database) as session:
        return rate_of(session, method, "USD", time.at)


def _place(shop: Shop, product_id: int, press: str = "one") -> int | None:
    return orders.place(shop, CUSTOMER, Checkout(press, product_id, 1, BTC)).coin_amount


def test_prices_on_which_both_agree_are_used_for_a_quarter_of_an_hour(
    shop: Shop, website: Website, time: MovableClock, make_product: ProductMaker
) -> None:
    website.answers[SECOND] = _second("0.0000153846")
    assert (
        fetch_prices(shop, website.internet) == "CoinGecko and Coinbase agree on BTC, but not on LTC, USDT, SOL, ETH."
    )
    rate = _known(shop, time)
    assert rate is not None
    assert (rate.source, rate.at) == (RateSource.feed, time.at)
    assert 64_000 < rate.price < 65_001
    assert _known(shop, time, ETH) is None, "only one of them has it"
    assert _place(shop, make_product(price=6400)) is not None
    time.move(minutes=15)
    assert _known(shop, time) is not None
    time.move(seconds=1)
    assert _known(shop, time) is None


WRONG: dict[str, Answer] = {
    "5 % apart": _second("0.0000148"),
    "gone": sends(b"", 503),
    "asked too often": _second("0.000015625", status=429),
    "a web page": sends(b"<html>Just a moment...</html>"),
    "too long": _second("0.000015625", blanks=feed.MOST_BYTES),
    "leads inside": leads_to(f"https://{INSIDE}/inside"),
    "leads to plain http": leads_to("http://api.coinbase.com/"),
}


def test_a_ticker_that_cannot_be_trusted_leaves_no_price_and_refuses_no_order(
    shop: Shop, website: Website, time: MovableClock, make_product: ProductMaker
) -> None:
    for fault, answer in WRONG.items():
        website.answers[SECOND] = answer
        said = fetch_prices(shop, website.internet)
        assert said.startswith("Coinbase ") or fault == "5 % apart", (fault, said)
        assert _known(shop, time) is None, fault
    assert _place(shop, make_product(price=6400)) is None


def test_an_order_is_placed_while_a_ticker_is_still_answering(
    shop: Shop, website: Website, make_product: ProductMaker
) -> None:
    product_id, placed = make_product(price=6400), []

    def answer(request: BaseHTTPRequestHandler) -> None:
        placed.append(_place(shop, product_id))
        _second("0.000015625")(request)

    website.answers[SECOND] = answer
    fetch_prices(shop, website.internet)
    assert placed == [None]
    assert _place(shop, product_id, "two") == 100_000, "the next order goes by the new price: 0.001 BTC"


def _drips(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b"{")
    request.wfile.flush()
    request.rfile.read(1)  # until the other side hangs up


def test_a_ticker_that_never_ends_is_given_up(
    shop: Shop, website: Website, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_pictures, "SECONDS", 0.5)
    website.answers[FIRST] = _drips
    assert "CoinGecko could not be reached" in fetch_prices(shop, website.internet)
    assert _known(shop, time) is None
