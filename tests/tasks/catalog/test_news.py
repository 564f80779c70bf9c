"""News of products: one message a product and day, calling one role, and true for as long as it is among the newest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from novacore.db.models import Job, ProductNews
from novacore.db.unit_of_work import reading, writing
from novacore.states import ProductKind
from novacore.tasks.queue import leases, runner
from novacore.workflows.catalog import offers, products, sales
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.tasks.jobs import lapse, queue_job
from tests.tasks.town import Town
from tests.wire.faults import Drop
from tests.workflows import catalogue
from tests.workflows.machine import lives

_numbers = count()


@pytest.fixture
def newsy(town: Town, time: MovableClock) -> Town:
    """A town with a channel for news and a role for those who want them; what it has in stock is no news any more."""
    settle(town, time)
    places = replace(
        town.places, news_channel_id=town.wire.add_channel("news"), news_role_id=town.wire.add_role("News")
    )
    terms = replace(town.shop.terms, max_open_orders=99, max_orders_per_hour=99)
    shop = replace(town.shop, places=places, terms=terms)
    return replace(town, places=places, runtime=replace(town.runtime, shop=shop))


def said(town: Town) -> list[str]:
    """What stands in the channel of the news, the oldest first."""
    return [message.text for message in town.wire.messages(town.places.news_channel_id or 0)]


def settle(town: Town, time: MovableClock) -> None:
    """Let everything be done that follows."""
    for _ in range(3):
        time.move(seconds=10)
        town.work()


def restock(town: Town, time: MovableClock, product_id: int, units: int = 1) -> None:
    """The owner adds some codes."""
    offers.add_codes(town.shop, OWNER, product_id, [f"NEWS-{next(_numbers)}" for _ in range(units)])
    settle(town, time)


def sell_out(town: Town, time: MovableClock, product_id: int, units: int = 1) -> str:
    """The customer orders all there is; return the order's id."""
    order = lives.place(town.shop, product_id, town.customer, units)
    settle(town, time)
    return order.id


def rows(town: Town) -> list[ProductNews]:
    """Every row of news."""
    with reading(town.shop.database) as session:
        return [*session.execute(select(ProductNews).order_by(ProductNews.day)).scalars()]


def test_it_is_told_once_and_calls_that_role_alone(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0, name="Sky @everyone Rush")
    restock(newsy, time, product_id)
    (text,) = said(newsy)
    assert "## 🆕 New: Sky" in text
    assert "@everyone" not in text
    assert "$9.99" in text
    (sent,) = newsy.wire.requests("POST", f"/channels/{newsy.places.news_channel_id}/messages")
    allowed = sent.body["allowed_mentions"]
    assert (allowed["parse"], allowed["roles"], allowed.get("users", [])) == ([], [newsy.places.news_role_id], [])
    assert f"<@&{newsy.places.news_role_id}>" in text
    for part in (f"nc:shop:look:{product_id}", "nc:news:role"):
        assert part in repr(sent.body)
    runner.run(newsy.runtime, queue_job(newsy.shop.database, JobName.show_news, str(product_id)))
    assert len(said(newsy)) == 1


def test_without_a_role_nobody_is_called(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    places = replace(newsy.places, news_role_id=None)
    town = replace(newsy, runtime=replace(newsy.runtime, shop=replace(newsy.shop, places=places)))
    restock(town, time, make_product(units=0))
    (sent,) = town.wire.requests("POST", f"/channels/{newsy.places.news_channel_id}/messages")
    assert (sent.body["allowed_mentions"]["parse"], sent.body["allowed_mentions"].get("roles", [])) == ([], [])
    assert "<@&" not in repr(sent.body)
    assert "nc:news:role" not in repr(sent.body)


def test_without_a_channel_nothing_is_asked_for(town: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    restock(town, time, product_id)
    sales.set_sale(town.shop, OWNER, product_id, "1", "", "")
    assert rows(town) == []
    with reading(town.shop.database) as session:
        assert session.execute(select(Job.id).where(Job.name == JobName.show_news)).all() == []


def test_a_day_has_one_message_that_is_edited(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0, name="Sky Rush")
    restock(newsy, time, product_id)
    order_id = sell_out(newsy, time, product_id)
    assert ["⛔ Sold out: Sky Rush" in text for text in said(newsy)] == [True]
    orders.cancel(newsy.shop, newsy.customer, order_id)
    settle(newsy, time)
    assert ["🆕 New: Sky Rush" in text for text in said(newsy)] == [True]
    sell_out(newsy, time, product_id)
    time.move(hours=24)
    restock(newsy, time, product_id)
    first, second = said(newsy)
    assert "🆕 New: Sky Rush" in first
    assert "🔔 Back in stock: Sky Rush" in second
    edits = newsy.wire.requests("PATCH", f"/channels/{newsy.places.news_channel_id}/messages/*")
    assert all(one.body["allowed_mentions"].get("roles", []) == [] for one in edits), "an edit calls nobody"


def test_the_day_is_that_of_the_shop(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    terms = replace(newsy.shop.terms, zone=ZoneInfo("Pacific/Auckland"))
    town = replace(newsy, runtime=replace(newsy.runtime, shop=replace(newsy.shop, terms=terms)))
    product_id = make_product(units=0)
    restock(town, time, product_id)  # 12:00 UTC: past midnight over there
    assert [one.day for one in rows(town)] == [(time() + timedelta(hours=13)).date()]


def test_only_the_newest_messages_are_kept_true(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0, name="Sky Rush")
    for _ in range(5):
        restock(newsy, time, product_id)
        sell_out(newsy, time, product_id)
        time.move(hours=25)
    assert len(said(newsy)) == 5
    assert len(rows(newsy)) == 3
    products.remove(newsy.shop, OWNER, product_id)
    settle(newsy, time)
    assert ["Not on sale any more" in text for text in said(newsy)] == [False, False, True, True, True]
    products.bring_back(newsy.shop, OWNER, product_id)
    settle(newsy, time)
    assert ["Sold out" in text for text in said(newsy)] == [True] * 5


def test_a_sale_is_news_when_it_begins_and_says_when_it_is_over(
    newsy: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(ProductKind.by_hand, price=1000, name="Sky Rush")
    begins, ends = (time() + timedelta(hours=hours) for hours in (2, 5))
    sales.set_sale(newsy.shop, OWNER, product_id, "7", f"{begins:%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}")
    settle(newsy, time)
    assert said(newsy) == []
    time.move(hours=2)
    settle(newsy, time)
    (text,) = said(newsy)
    assert "🏷️ At a sale price: Sky Rush" in text
    assert "~~$10.00~~ **$7.00**" in text
    time.move(hours=3)
    settle(newsy, time)
    (text,) = said(newsy)
    assert "The sale is over: Sky Rush" in text


def test_a_sale_that_was_over_before_the_shop_came_back_is_no_news(
    newsy: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(ProductKind.by_hand, price=1000)
    begins, ends = (time() + timedelta(hours=hours) for hours in (2, 5))
    sales.set_sale(newsy.shop, OWNER, product_id, "7", f"{begins:%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}")
    time.move(hours=50)
    settle(newsy, time)
    assert said(newsy) == []


def test_what_the_owner_saves_is_new_on_its_first_day_or_at_once(newsy: Town, time: MovableClock) -> None:
    texts = replace(catalogue.TEXTS, name="Sky Rush")
    draft_id = catalogue.written(newsy.shop, texts, Options(ProductKind.by_hand))
    product_id = products.save(newsy.shop, OWNER, draft_id)
    sales.set_first_day(newsy.shop, OWNER, product_id, f"{time() + timedelta(hours=30):%Y-%m-%d %H:%M}")
    settle(newsy, time)
    assert said(newsy) == []
    time.move(hours=30)
    settle(newsy, time)
    (text,) = said(newsy)
    assert "🆕 New: Sky Rush" in text
    other = catalogue.written(newsy.shop, replace(texts, name="Other"), Options(ProductKind.by_hand))
    products.save(newsy.shop, OWNER, other)
    settle(newsy, time)
    assert len(said(newsy)) == 1, "its owner may still hide it"
    time.move(minutes=10)
    settle(newsy, time)
    assert "🆕 New: Other" in said(newsy)[1]


def test_an_order_that_is_cancelled_is_no_news(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0, name="Sky Rush")
    restock(newsy, time, product_id)
    time.move(hours=25)
    order_id = sell_out(newsy, time, product_id)
    orders.cancel(newsy.shop, newsy.customer, order_id)
    settle(newsy, time)
    (text,) = said(newsy)
    assert "🆕 New: Sky Rush" in text


def test_a_first_day_is_not_new_weeks_later(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.by_hand, price=1000)
    sales.set_first_day(newsy.shop, OWNER, product_id, f"{time() + timedelta(hours=2):%Y-%m-%d %H:%M}")
    silent = replace(newsy.runtime, shop=replace(newsy.shop, places=replace(newsy.places, news_channel_id=None)))
    time.move(hours=2)
    settle(replace(newsy, runtime=silent), time)
    time.move(hours=500)
    begins, ends = (time() + timedelta(hours=hours) for hours in (2, 5))
    sales.set_sale(newsy.shop, OWNER, product_id, "7", f"{begins:%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}")
    time.move(hours=6)
    settle(newsy, time)
    assert said(newsy) == []


@pytest.mark.parametrize("hour", [12, 23.9])
def test_what_was_just_saved_is_told_after_a_while_also_past_midnight(
    newsy: Town, time: MovableClock, hour: float
) -> None:
    time.move(hours=hour - 12)
    draft_id = catalogue.written(newsy.shop, replace(catalogue.TEXTS, name="Sky Rush"), Options(ProductKind.unique))
    product_id = products.save(newsy.shop, OWNER, draft_id)
    restock(newsy, time, product_id)
    assert said(newsy) == [], "stock doesn't bring it forward"
    time.move(minutes=10)
    settle(newsy, time)
    (text,) = said(newsy)
    assert "🆕 New: Sky Rush" in text


def test_what_is_removed_within_that_while_is_never_told(newsy: Town, time: MovableClock) -> None:
    draft_id = catalogue.written(newsy.shop, catalogue.TEXTS, Options(ProductKind.by_hand))
    product_id = products.save(newsy.shop, OWNER, draft_id)
    settle(newsy, time)
    products.remove(newsy.shop, OWNER, product_id)
    time.move(minutes=20)
    settle(newsy, time)
    assert said(newsy) == []


@pytest.mark.parametrize("hidden", ["removed", "awaited"])
def test_the_name_of_a_hidden_product_is_not_given_away(
    newsy: Town, time: MovableClock, make_product: ProductMaker, hidden: str
) -> None:
    product_id = make_product(units=0, name="Sky Rush")
    restock(newsy, time, product_id)
    if hidden == "removed":
        products.remove(newsy.shop, OWNER, product_id)
    else:
        sales.set_first_day(newsy.shop, OWNER, product_id, f"{time() + timedelta(hours=30):%Y-%m-%d %H:%M}")
    settle(newsy, time)
    products.save(newsy.shop, OWNER, catalogue.changing(newsy.shop, product_id, name="Secret"))
    settle(newsy, time)
    (text,) = said(newsy)
    assert "Not on sale any more: Sky Rush" in text
    if hidden == "removed":
        products.bring_back(newsy.shop, OWNER, product_id)
    else:
        sales.set_first_day(newsy.shop, OWNER, product_id, "")
    settle(newsy, time)
    (text,) = said(newsy)
    assert "New: Secret" in text


def test_what_sold_out_before_it_was_told_is_not_told_on_another_day(
    newsy: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(units=0)
    offers.add_codes(newsy.shop, OWNER, product_id, ["NEWS-LATE"])
    time.move(seconds=3)
    (job_id,) = newsy.due("watch_stock")
    runner.run(newsy.runtime, job_id)
    order_id = sell_out(newsy, time, product_id)
    time.move(hours=20)
    orders.cancel(newsy.shop, newsy.customer, order_id)
    settle(newsy, time)
    assert said(newsy) == []


def test_a_clock_that_was_put_back_silences_nothing(
    newsy: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(units=0)
    restock(newsy, time, product_id)
    with writing(newsy.shop.database) as tx:
        tx.session.execute(update(ProductNews).values(day=time.at.date() + timedelta(days=40)))
    time.move(hours=25)
    sell_out(newsy, time, product_id)
    restock(newsy, time, product_id)
    assert len(said(newsy)) == 2


def test_a_channel_of_before_is_left_alone(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0, name="Sky Rush")
    restock(newsy, time, product_id)
    places = replace(newsy.places, news_channel_id=newsy.wire.add_channel("other-news"))
    runtime = replace(newsy.runtime, shop=replace(newsy.shop, places=places))
    town = replace(newsy, places=places, runtime=runtime)
    sell_out(town, time, product_id)
    time.move(hours=25)
    restock(town, time, product_id)
    assert "New: Sky Rush" in said(newsy)[0]
    assert "Back in stock: Sky Rush" in said(town)[0]
    assert newsy.wire.requests("PATCH", f"/channels/{newsy.places.news_channel_id}/messages/*") == []


def test_what_is_sold_out_again_is_no_news(newsy: Town, time: MovableClock, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    offers.add_codes(newsy.shop, OWNER, product_id, ["NEWS-GONE"])
    time.move(seconds=3)
    (job_id,) = newsy.due("watch_stock")
    runner.run(newsy.runtime, job_id)
    lives.place(newsy.shop, product_id, newsy.customer)
    settle(newsy, time)
    assert said(newsy) == []
    assert len(rows(newsy)) == 1


# ---- whatever is killed


def before(town: Town, job_id: int) -> None:
    """The worker dies before it does anything."""
    with writing(town.shop.database) as tx:
        assert leases.claim(tx, job_id, "killed", 60)
    lapse(town.shop.database, job_id)


def within(town: Town, _job_id: int) -> None:
    """The message is sent, and nobody knows it."""
    town.wire.world.nonce_window = 0.0
    town.wire.fault("POST", f"/channels/{town.places.news_channel_id}/messages", Drop(taken=True))


def after(town: Town, job_id: int) -> None:
    """The worker dies after its act, before the job is done."""
    runner.run(town.runtime, job_id)
    queue_job(town.shop.database, JobName.show_news, str(rows(town)[0].product_id))


@pytest.mark.parametrize("die", [before, within, after])
@pytest.mark.parametrize("sold_out", [False, True])
def test_whatever_is_killed_there_is_one_message_and_it_is_true(
    newsy: Town,
    time: MovableClock,
    make_product: ProductMaker,
    die: Callable[[Town, int], None],
    sold_out: bool,
) -> None:
    product_id = make_product(units=0, name="Sky Rush")
    offers.add_codes(newsy.shop, OWNER, product_id, ["NEWS-KILLED"])
    time.move(seconds=3)
    (job_id,) = newsy.due("watch_stock")
    runner.run(newsy.runtime, job_id)
    (job_id,) = newsy.due("show_news")
    die(newsy, job_id)
    runner.run(newsy.runtime, job_id)
    if sold_out:
        lives.place(newsy.shop, product_id, newsy.customer)
    for _ in range(4):
        time.move(minutes=10)
        newsy.work()
    (text,) = said(newsy)
    assert ("Sold out: Sky Rush" if sold_out else "New: Sky Rush") in text


def test_a_message_that_someone_deleted_stays_deleted(
    newsy: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    product_id = make_product(units=0)
    restock(newsy, time, product_id)
    (message,) = newsy.wire.messages(newsy.places.news_channel_id or 0)
    newsy.wire.delete_message(newsy.places.news_channel_id or 0, message.id)
    sell_out(newsy, time, product_id)
    restock(newsy, time, product_id)
    assert said(newsy) == []
