"""`/metrics`: figures that are right, read once however many ask, and served without the database as well."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp
import discord
import pytest
from sqlalchemy import event

from novacore.bot.client import ShopBot, build_bot
from novacore.db.queries import figures_now
from novacore.discord_facts import rate_limits
from novacore.entry import metrics
from novacore.settings.values import Address
from novacore.tasks.discord.clients import _log_in
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import CUSTOMER, MovableClock, ProductMaker
from tests.wire.faults import Limited
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire
from tests.workflows.machine import lives

__all__ = ["wire"]

Scrape = Callable[[], Awaitable[dict[str, float]]]
NAME = "Mallory\n# EOF"


def play(shop: Shop, story: Callable[[Scrape], Awaitable[None]]) -> None:
    """Serve the figures of a shop whose bot is not connected."""

    async def run() -> None:
        bot: ShopBot = build_bot(shop, None)  # type: ignore[arg-type]
        async with metrics.served(bot, Address("127.0.0.1", 0)) as addresses, aiohttp.ClientSession() as session:
            (place,) = addresses

            async def scrape() -> dict[str, float]:
                async with session.get(f"http://127.0.0.1:{place[1]}/metrics") as answer:
                    assert (answer.status, answer.content_type) == (200, "text/plain")
                    text = await answer.text()
                assert "Mallory" not in text
                assert str(CUSTOMER.id) not in text
                pairs = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
                return {name.removeprefix("novacore_"): float(value) for name, value in pairs}

            await story(scrape)
        await bot.close()

    asyncio.run(run())


@pytest.fixture
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "FRESH_SECONDS", 0.0)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "PATIENCE_SECONDS", 60.0)


@pytest.mark.usefixtures("always_fresh", "patient")
def test_the_figures_are_those_of_the_shop(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product()

    async def story(scrape: Scrape) -> None:
        empty = await scrape()
        assert empty['jobs_due{queue="media"}'] == 0
        assert (empty["database_up"], empty["bot_connected"], empty["reviews_waiting"]) == (1, 0, 0)
        assert empty['orders{state="awaiting_payment"}'] == empty["oldest_due_job_seconds"] == 0
        customer = replace(CUSTOMER, name=NAME)
        lives.submit(shop, lives.place(shop, product, customer), customer)
        lives.place(shop, product, customer)
        time.move(minutes=10)
        now = await scrape()
        assert now['orders{state="awaiting_payment"}'] == now['orders{state="under_review"}'] == 1
        assert now["reviews_waiting"] == 1
        assert now["oldest_review_seconds"] == pytest.approx(600, abs=60)
        assert now['jobs_due{queue="discord"}'] > 0
        assert now["oldest_due_job_seconds"] == pytest.approx(600, abs=60)
        assert now['newest_sends{outcome="sent"}'] == now["sends_total"] == 0

    play(shop, story)


@pytest.mark.usefixtures("always_fresh", "patient")
def test_counting_ends_somewhere(shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_now, "MOST", 1)
    for _ in range(3):
        lives.place(shop, make_product())

    async def story(scrape: Scrape) -> None:
        assert (await scrape())['orders{state="awaiting_payment"}'] == 2

    play(shop, story)


@pytest.mark.usefixtures("patient")
def test_however_many_ask_the_database_is_read_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "FRESH_SECONDS", 3600.0)
    read: list[object] = []
    event.listen(shop.database.engine, "begin", read.append)

    async def story(scrape: Scrape) -> None:
        await asyncio.gather(*(scrape() for _ in range(20)))
        await scrape()
        assert len(read) == 1
        monkeypatch.setattr(metrics, "FRESH_SECONDS", 0.0)
        await scrape()
        assert len(read) == 2

    play(shop, story)


@pytest.mark.usefixtures("always_fresh")
def test_without_the_database_the_rest_is_served(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(metrics, "PATIENCE_SECONDS", 0.0)
    begun, gate, hung = threading.Event(), threading.Event(), list[int]()

    def hang(_: object) -> None:
        hung.append(1)
        begun.set()
        gate.wait(60)
        raise OSError("The database is away.")

    monkeypatch.setattr(metrics, "_read", hang)

    async def story(scrape: Scrape) -> None:
        try:
            for _ in range(3):
                said = await scrape()
                assert said["database_up"] == 0
                assert said['discord_rate_limited_total{scope="user"}'] >= 0
            assert await asyncio.to_thread(begun.wait, 60)
            assert len(hung) == 1
        finally:
            gate.set()
        monkeypatch.setattr(metrics, "PATIENCE_SECONDS", 60.0)
        assert (await scrape())["database_up"] == 0
        assert "The figures could not be read (OSError)." in caplog.text

    play(shop, story)


def test_requests_that_discord_refuses_for_now_are_counted(wire: Wire) -> None:
    channel = wire.add_channel("log")

    async def send() -> None:
        client = await _log_in(wire.token, wire.url)
        try:
            await client.http.send_message(channel, params=discord.http.handle_message_parameters(content="Hello"))
        finally:
            await client.close()

    before = rate_limits.heard()
    wire.fault("POST", "/channels/*/messages", Limited(0.0))
    asyncio.run(send())
    after = rate_limits.heard()
    assert sum(after.values()) - sum(before.values()) == 1


def test_an_address_that_is_of_no_use_holds_nothing_up(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        bot = build_bot(shop, None)  # type: ignore[arg-type]
        async with metrics.served(bot, Address("127.0.0.1", 0)) as first:
            taken = Address("127.0.0.1", first[0][1])
            async with metrics.served(bot, taken) as none, metrics.served(bot, None) as off:
                assert [*none] == [*off] == []
        async with metrics.served(bot, Address("a..b", 9464)) as impossible:
            assert [*impossible] == []
        await bot.close()

    asyncio.run(run())
    assert "METRICS_ADDRESS: nothing can be served at 127.0.0.1:" in caplog.text
    assert "METRICS_ADDRESS: nothing can be served at a..b:9464" in caplog.text
