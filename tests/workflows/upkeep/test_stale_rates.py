"""A price that is too old is told to the owner once; a new one is told again when it is too old in its turn."""

from dataclasses import replace

from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.states import PaymentMethod
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import rates
from novacore.workflows.upkeep import stale_rates, told_findings
from tests.fixtures.shops import OWNER, MovableClock


def _told(shop: Shop) -> list[list[str]]:
    """What the owner was or will be told, message by message."""
    with reading(shop.database) as session:
        jobs = session.execute(select(Job).where(Job.name == JobName.tell_owner).order_by(Job.id)).scalars()
        marks = [job_kinds.TELL_OWNER.payload_of(job)["findings"] for job in jobs]
    return [[found.text for found in told_findings.recall(shop, one)] for one in marks]


def test_the_owner_is_told_once_of_each_price_and_of_all_together(shop: Shop, time: MovableClock) -> None:
    rates.set_rate(shop, OWNER, "btc", "60000")
    time.move(minutes=9)
    rates.set_rate(shop, OWNER, "usdt", "0.99")
    time.move(hours=23, minutes=52)
    assert stale_rates.tell(shop) == 0, "it waits for the other one"
    time.move(minutes=9)
    assert stale_rates.tell(shop) == 2
    assert stale_rates.tell(shop) == 0
    ((btc, usdt),) = _told(shop)
    assert "orders no longer ask for an exact amount" in btc
    assert "1 USDT counts as 1 USD again" in usdt


def test_a_price_waits_for_others_only_for_a_while(shop: Shop, time: MovableClock) -> None:
    for coin in ("btc", "ltc", "eth"):
        rates.set_rate(shop, OWNER, coin, "60")
        time.move(minutes=9)
    time.move(hours=23, minutes=44)
    assert stale_rates.tell(shop) == 2
    assert [len(one) for one in _told(shop)] == [2]


def test_where_two_sources_are_asked_the_owner_reads_that_orders_go_by_them(shop: Shop, time: MovableClock) -> None:
    fed = replace(shop, terms=replace(shop.terms, rate_feed=True))
    rates.set_rate(fed, OWNER, "btc", "60000")
    time.move(hours=25)
    assert stale_rates.tell(fed) == 1
    assert "orders go by the two public sources again" in _told(fed)[0][0]


def test_a_new_price_is_told_again(shop: Shop, time: MovableClock) -> None:
    for _ in range(2):
        rates.set_rate(shop, OWNER, "btc", "60000")
        time.move(hours=25)
        assert stale_rates.tell(shop) == 1
    assert len(_told(shop)) == 2


def test_a_coin_that_is_turned_off_is_nobodys_business(shop: Shop, time: MovableClock) -> None:
    rates.set_rate(shop, OWNER, "btc", "60000")
    time.move(hours=25)
    others = {PaymentMethod.ltc: shop.addresses[PaymentMethod.ltc]}
    assert stale_rates.tell(Shop(shop.database, shop.cipher, others)) == 0
