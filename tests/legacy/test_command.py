"""What an owner brings along from an older bot: what comes in, what does not, and how often."""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from novacore.db.models import Category, Event, Job, LegacyImport, Product, Unit
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, WrongState
from novacore.legacy import command, report
from novacore.legacy.findings import TableSurvey
from novacore.messages.kit import custom_ids
from novacore.states import OrderStatus, PaymentMethod, ProductKind
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables
from tests.fixtures.shops import STAFF
from tests.legacy import brought, old_shops
from tests.workflows import own_methods
from tests.workflows.machine import lives

FOR_ORDERS = {"refresh_panel", "watch_stock"}
"""The only jobs that an import may queue: about the catalogue, none about an order."""


def _totals(found: Sequence[TableSurvey]) -> list[tuple[str, int, int, int, int]]:
    return [(one.name, one.rows, one.new, one.there, one.left_out) for one in found]


def test_a_file_of_the_first_days(shop: Shop, tmp_path: Path) -> None:
    found = command.bring_in(shop, old_shops.oldest(tmp_path / "old.db"))
    assert _totals(found) == [("products", 4, 4, 0, 0)]
    products = brought.products(shop)
    streaming, key, offer, logo = (products[n] for n in ("Streaming, one year", "Game key", "Old offer", "Logo"))
    assert (streaming.kind, streaming.price_minor, brought.left(shop, streaming)) == (ProductKind.shared, 999, 4)
    assert [kind for kind, _ in brought.goods(shop, streaming)] == ["account", "guide", "support"]
    assert (key.kind, key.price_minor, brought.left(shop, key), brought.goods(shop, key)) == (
        ProductKind.unique,
        1950,
        2,
        [],
    )
    assert (offer.is_deleted, brought.goods(shop, offer)) == (True, [("link", "https://example.com/old.zip")])
    assert (logo.kind, logo.price_minor, logo.is_on_sale) == (ProductKind.by_hand, 6000, True)


def test_an_order_by_a_way_that_the_owner_has_added_comes_in_under_its_name(shop: Shop, tmp_path: Path) -> None:
    key, old = own_methods.add(shop, label="Cash App"), old_shops.newer(tmp_path / "old.db")
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE orders SET payment_method = ' CASH  app' WHERE order_id = 'NC-20250301-AB01OI'")
        connection.commit()
    command.bring_in(shop, old)
    order = brought.orders(shop)["NC-20250301-AB01OI"]
    assert (order.method, order.paid_by.label, order.paid_by.reference) == (key, "Cash App", "transfer reference")


def test_a_file_of_the_last_release(shop: Shop, tmp_path: Path) -> None:
    found = command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    assert _totals(found) == [("products", 3, 3, 0, 0), ("orders", 5, 5, 0, 0)]
    assert [one.unknown_columns for one in found] == [["seo_score"], ["payment_proof"]]
    products = brought.products(shop)
    vpn, card = products["VPN"], products["Gift card"]
    assert brought.goods(shop, vpn) == [("account", "vpn-login"), ("guide", "How to")]
    assert (vpn.created_at, vpn.picture_url) == (datetime(2025, 3, 1, 10, tzinfo=UTC), "https://example.com/vpn.png")
    assert (card.kind, card.picture_url) == (ProductKind.unlimited, None)
    with reading(shop.database) as session:
        rows = session.execute(select(Product.name, Category.name).join(Category))
        shelves = {row[0]: row[1] for row in rows}
    assert (shelves["VPN"], shelves["Gift card"]) == ("Privacy", "Cards")


def test_old_orders_are_history(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    stored = brought.orders(shop)
    assert {order_id: one.status for order_id, one in stored.items()} == {
        "NC-20250301-AB01OI": OrderStatus.delivered,
        "NC-20250302-AAAAAA": OrderStatus.rejected,
        "NC-20250303-AAAAAA": OrderStatus.refunded,
        "NC-20250304-AAAAAA": OrderStatus.cancelled,
        "NC-20250305-AAAAAA": OrderStatus.expired,
    }
    delivered = stored["NC-20250301-AB01OI"]
    assert (delivered.quantity, delivered.unit_price_minor, delivered.total_minor) == (2, 400, 800)
    assert (delivered.product_name, delivered.method) == ("VPN", PaymentMethod.paypal)
    assert delivered.placed_at == datetime(2025, 3, 1, 12, tzinfo=UTC)
    assert stored["NC-20250302-AAAAAA"].method == PaymentMethod.btc
    with reading(shop.database) as session:
        assert {*session.execute(select(Job.name)).scalars()} <= FOR_ORDERS, "nobody hears of an old order"
        assert session.execute(select(func.count()).where(Unit.order_id.is_not(None))).scalar_one() == 0
    assert brought.left(shop, brought.products(shop)["VPN"]) == 50


def test_an_order_id_in_the_digits_of_another_script_is_none_of_ours(shop: Shop, tmp_path: Path) -> None:
    rows = [("NC-\u0662\u0660\u0662\u0665\u0660\u0663\u0660\u0661-ABCDEF", *old_shops.NEWER_ORDERS[0][1:])]
    command.bring_in(shop, old_shops.make(tmp_path / "old.db", old_shops.NEWER_SCHEMA, orders=rows,
                                          products=old_shops.NEWER_PRODUCTS))  # fmt: skip
    (order_id,) = brought.orders(shop)
    assert custom_ids.order("cancel", order_id)


def test_the_money_counts_on_its_old_day(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    refunded_at = datetime(2025, 3, 3, 10, tzinfo=UTC)
    assert brought.money(shop) == [
        ("NC-20250301-AB01OI", "received", 800, datetime(2025, 3, 2, tzinfo=UTC)),
        ("NC-20250303-AAAAAA", "received", 2500, refunded_at),
        ("NC-20250303-AAAAAA", "returned", 2500, refunded_at),
    ]


def test_an_order_of_a_lost_product_names_it_all_the_same(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    lost = brought.orders(shop)["NC-20250305-AAAAAA"]
    stand_in = {one.id: one for one in brought.products(shop).values()}[lost.product_id]
    assert (stand_in.name, stand_in.is_deleted) == ("Unknown product", True)


def test_nobody_gets_the_goods_of_an_old_order_here_but_staff_may_take_one_up(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    with pytest.raises(WrongState, match="by hand"):
        deliverables.reveal(shop, Actor(1001, "ann"), "NC-20250301-AB01OI")
    again = orders.reinstate(shop, STAFF, "NC-20250304-AAAAAA", lives.REASON)
    assert again.status is OrderStatus.under_review


def test_a_dry_run_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    before = lives.snapshot(shop)
    found = command.survey(shop, old_shops.newer(tmp_path / "old.db"))
    assert _totals(found) == [("products", 3, 3, 0, 0), ("orders", 5, 5, 0, 0)]
    assert lives.snapshot(shop) == before


def test_the_second_time_everything_is_there(shop: Shop, tmp_path: Path) -> None:
    old = old_shops.newer(tmp_path / "old.db")
    command.bring_in(shop, old)
    before = lives.snapshot(shop)
    moved = old.rename(tmp_path / "a copy with another name.sqlite3")
    assert _totals(command.bring_in(shop, moved)) == [("products", 3, 0, 3, 0), ("orders", 5, 0, 5, 0)]
    assert lives.snapshot(shop) == before


def test_what_the_old_bot_sold_meanwhile_comes_in_later(shop: Shop, tmp_path: Path) -> None:
    old = old_shops.newer(tmp_path / "old.db")
    command.bring_in(shop, old)
    with closing(sqlite3.connect(old)) as file:
        file.execute("UPDATE products SET title = 'VPN, new name', cost = 5 WHERE product_id = 1")
        file.execute("INSERT INTO products (title, cost, delivery) VALUES ('New', 1, 'x')")
        values = "'NC-20250401-AAAAAA', 1001, 1, 'paid', 4"
        file.execute(f"INSERT INTO orders (order_id, user_id, product_id, status, total_price) VALUES ({values})")
        file.commit()
    assert _totals(command.bring_in(shop, old)) == [("products", 4, 1, 3, 0), ("orders", 6, 1, 5, 0)]
    assert brought.products(shop)["VPN"].price_minor == 400, "what came in before stays as it is here"
    assert brought.orders(shop)["NC-20250401-AAAAAA"].product_name == "VPN"


def test_two_old_shops_do_not_get_in_each_others_way(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    assert _totals(command.bring_in(shop, old_shops.oldest(tmp_path / "other.db"))) == [("products", 4, 4, 0, 0)]


def test_an_order_id_that_is_taken_here_is_left_to_whom_it_belongs(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    other = old_shops.make(
        tmp_path / "other.db",
        old_shops.NEWER_SCHEMA,
        products=[(9, "Other", "", 1, 1.0, 1, "x", None, 0, None, None)],
        orders=[old_shops.NEWER_ORDERS[0]],
    )
    command.bring_in(shop, other)
    stored = brought.orders(shop)
    assert len(stored) == 6
    assert stored["NC-20250301-AB01OI"].product_name == "VPN"


def test_a_file_in_which_nearly_everything_is_wrong(shop: Shop, tmp_path: Path) -> None:
    found = command.bring_in(shop, old_shops.odd(tmp_path / "old.db"))
    assert _totals(found) == [("products", 8, 7, 0, 1), ("orders", 5, 2, 0, 3)]
    products = {one.id: one for one in brought.products(shop).values()}
    assert [(products[n].price_minor, products[n].is_on_sale) for n in range(1, 8)] == [
        (0, False),
        (999, False),
        (0, False),
        (0, False),
        (0, False),
        (0, False),
        (0, False),
    ]
    assert [products[n].name for n in (2, 3, 4)] == ["Unnamed product 2", "Fine", "Fine (2)"]
    assert len(products[5].name) == 100
    assert all(name.isprintable() for name in brought.products(shop))


def test_the_report_says_what_is_odd_and_where_and_shows_no_goods(shop: Shop, tmp_path: Path) -> None:
    said = report.written(command.survey(shop, old_shops.odd(tmp_path / "old.db")))
    for sentence in (
        "a price below zero (1): comes in, not on sale",
        "an empty name (1): comes in, not on sale",
        "a price with a float's rounding error (1): comes in at that price",
        "a price that can be read in two ways (1): comes in, not on sale",
        "goods that can't be read (1): comes in, not on sale",
        "an unknown type of goods (1): comes in as the type that the text suggests",
        "goods with letters that can't be read (1): comes in, not on sale",
        "a negative stock (1): counts as 0",
        "the name of an earlier product (1): gets a number after its name",
        "the id of an earlier row (1): is left out",
        "no customer id (1): is left out",
        "a customer id that isn't a Discord id (1): is left out",
        "an unknown state (1): comes in as cancelled, without money; staff can reinstate it",
        "a date that can't be read (1): comes in under today's date",
        "a date in the future (1): comes in under today's date",
    ):
        assert sentence in said, said
    assert "\n    3 Fine: '3.999'" in said, "the name stands next to the id"
    assert "\n    6 Twice\n" in said
    assert "SECRET" not in said
    assert "\x1b" not in said


def test_of_many_odd_rows_the_first_are_named(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, price, deliverables);"
    old = old_shops.make(tmp_path / "old.db", schema, products=[(n, f"P{n}", -n, "x") for n in range(1, 501)])
    found = command.survey(shop, old)
    assert "and 480 more; --all names them" in report.written(found)
    assert "    500 P500: '-500'" in report.written(found, everything=True)


def test_a_code_that_is_in_stock_already_is_not_stocked_twice(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, category, price, stock, deliverables);"
    rows = [(n, f"Key {n}", "Games", 1, 2, f"code: SAME, code: OWN-{n}") for n in (1, 2)]
    command.bring_in(shop, old_shops.make(tmp_path / "old.db", schema, products=rows))
    assert [brought.left(shop, one) for one in brought.products(shop).values()] == [2, 1]


def test_prices_are_in_the_currency_that_is_asked_for(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, price, deliverables);"
    old = old_shops.make(tmp_path / "old.db", schema, products=[(1, "Manga", "¥500", "x"), (2, "Half", 9.5, "x")])
    command.bring_in(shop, old, "jpy")
    products = brought.products(shop)
    assert (products["Manga"].price_minor, products["Manga"].currency) == (500, "JPY")
    assert products["Half"].price_minor == 10
    with pytest.raises(BadInput, match="is not a currency that NovaCore knows"):
        command.survey(shop, old, "DOGE")


def test_the_old_file_stays_as_it_is(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "old bot"
    folder.mkdir()
    old = old_shops.newer(folder / "old.db")
    before = _fingerprints(folder)
    command.survey(shop, old)
    command.bring_in(shop, old)
    assert _fingerprints(folder) == before


def test_what_is_still_in_the_log_next_to_the_file_comes_in_and_stays_there(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "old bot"
    folder.mkdir()
    old = old_shops.oldest(folder / "old.db")
    with closing(sqlite3.connect(old, isolation_level=None)) as bot:
        bot.execute("PRAGMA journal_mode=WAL")
        bot.execute("INSERT INTO products VALUES (5, 'In the log', 'Games', '5', 1, 'x', 0)")
        before = _fingerprints(folder)
        assert {"old.db-wal", "old.db-shm"} < {*before}
        command.bring_in(shop, old)
        assert _fingerprints(folder) == before
    assert "In the log" in brought.products(shop)


def _fingerprints(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        one.name: (hashlib.sha256(one.read_bytes()).hexdigest(), one.stat().st_mtime_ns) for one in folder.iterdir()
    }


def test_every_order_and_product_has_its_event(shop: Shop, tmp_path: Path) -> None:
    command.bring_in(shop, old_shops.newer(tmp_path / "old.db"))
    with reading(shop.database) as session:
        events = [tuple(one) for one in session.execute(select(Event.trigger, Event.target, Event.actor_name))]
        remembered = session.execute(select(func.count()).select_from(LegacyImport)).scalar_one()
    assert events.count(("import_order", None, "Import of the old shop")) == 5
    assert events.count(("add_product", None, "Import of the old shop")) == 4
    assert remembered == 9
