"""Files of bots that were not ours: other names, codes in a table of their own, customers by number, JSON."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from novacore.legacy import command, report
from novacore.legacy.old_file import UnreadableFile
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine.shop import Shop
from tests.legacy import brought

ANN, BEN = 412345678901234567, 1112345678901234567
OTHER = f"""
CREATE TABLE Users (id INTEGER PRIMARY KEY, discordId TEXT, name TEXT);
INSERT INTO Users VALUES (1, '{ANN}', 'ann'), (2, '{BEN}', 'ben'), (3, 'gone', 'cat');
CREATE TABLE Products (productId TEXT, productName TEXT, priceCents INTEGER, stockCount INTEGER, productData TEXT);
INSERT INTO Products VALUES ('p1', 'Guide', 999, 5, 'https://x.example/a'), ('p2', 'Key', 500, 2, NULL),
    ('p3', 'Logo', 500, NULL, NULL);
CREATE TABLE keys (id INTEGER PRIMARY KEY, product_id TEXT, code TEXT, sold INTEGER);
INSERT INTO keys VALUES (1, 'p2', 'KEY-0001', 1), (2, 'p2', 'KEY-0002', 0);
CREATE TABLE raw_sales (a);
CREATE VIEW sales AS SELECT * FROM raw_sales;
CREATE TABLE Orders (orderId INTEGER, userId INTEGER, productId TEXT, totalCents INTEGER, orderStatus TEXT,
    purchaseDate TEXT, paymentMethod TEXT);
INSERT INTO Orders VALUES (1, 1, 'p1', 999, 'Delivered', '01.03.25', 'USDT (Ethereum)'),
    (2, 2, 'Guide', 999, 'closed', '2025-03-01', 'BTC or LTC'), (3, 3, 'p9', 999, NULL, '2025-03-01', 'Bitcoin Cash');
"""


def _file(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(script)
    return path


def test_the_shop_of_another_bot(shop: Shop, tmp_path: Path) -> None:
    old = _file(tmp_path / "old.db", OTHER)
    said = report.written(command.survey(shop, old))
    command.bring_in(shop, old)
    prices = {name: (one.price_minor, one.is_on_sale) for name, one in brought.products(shop).items()}
    assert prices == {"Guide": (999, True), "Key": (500, False), "Logo": (500, True), "Unknown product": (0, False)}
    first, second, third = sorted(brought.orders(shop).values(), key=lambda one: one.customer_id, reverse=True)
    assert [one.customer_id for one in (first, second, third)] == [BEN, ANN, 3]
    guide = brought.products(shop)["Guide"].id
    assert [one.product_id == guide for one in (first, second, third)] == [True, True, False]
    assert (second.status, second.method, second.total_minor) == (OrderStatus.delivered, PaymentMethod.usdt, 999)
    assert [row[2] for row in brought.money(shop)] == [999], "closed may mean anything"
    for sentence in (
        "goods that seem to be in another table (1): comes in, not on sale\n    p2 Key: keys",
        "Tables that don't come in: keys, raw_sales.",
        "Views don't come in, only tables: sales.",
        "Discord ids of customers are read from the table Users.",
        "an unknown state (1): comes in as cancelled, without money; staff can reinstate it\n    2",
        "no state (1): comes in as cancelled, without money; staff can reinstate it\n    3",
        "several payment methods (1): comes in under btc\n    2 Guide: 'BTC or LTC'",
        "an unknown payment method (1): comes in under paypal\n    3: 'Bitcoin Cash'",
        "a customer id that is short for a Discord id (1): is kept\n    3: '3'",
        "its product is not in the file (1): comes in under a removed product\n    3: product 'p9'",
    ):
        assert sentence in said, said


def test_products_without_any_column_of_goods_are_not_on_sale(shop: Shop, tmp_path: Path) -> None:
    script = "CREATE TABLE products (id, name, price, secrets); INSERT INTO products VALUES (1, 'Key', 5, 'KEY-0001');"
    found = command.bring_in(shop, _file(tmp_path / "old.db", script))
    assert not brought.products(shop)["Key"].is_on_sale
    assert "no column that holds goods (1): comes in, not on sale" in report.written(found)


def test_columns_that_are_taken_out_of_json_by_sqlite(shop: Shop, tmp_path: Path) -> None:
    script = """CREATE TABLE products (id INTEGER PRIMARY KEY, data TEXT, stock INTEGER, deliverables TEXT,
            name TEXT AS (json_extract(data, '$.name')), price REAL AS (json_extract(data, '$.price')));
        INSERT INTO products (data, stock, deliverables)
            VALUES ('{"name": "Guide", "price": 9.99}', 5, 'https://x.example/a');"""
    command.bring_in(shop, _file(tmp_path / "old.db", script))
    assert [one.price_minor for one in brought.products(shop).values()] == [999]
    assert brought.products(shop)["Guide"].is_on_sale


def test_a_file_without_products_is_refused_with_what_is_in_it(shop: Shop, tmp_path: Path) -> None:
    old = _file(tmp_path / "old.db", "CREATE TABLE produkte (id, preis); CREATE TABLE kunden (id);")
    with pytest.raises(UnreadableFile, match=r"has no table of products\. Its tables are: produkte, kunden\."):
        command.survey(shop, old)
