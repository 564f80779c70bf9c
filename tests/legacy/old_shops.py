"""Files of older bots as they are found: one from the first days, one of the last release, and one that lived badly."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

HOSTILE = "\x1b[31m@everyone\x07 **Gift** <@1> `x`\u202e\x00"


def make(path: Path, schema: str, **tables: Iterable[Sequence[Any]]) -> Path:
    """Make a SQLite file with these rows, whole ones, in the order of the columns."""
    with closing(sqlite3.connect(path)) as file:
        file.executescript(schema)
        for table, rows in tables.items():
            for row in rows:
                file.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        file.commit()
    return path


def oldest(path: Path) -> Path:
    """Make a file from before JSON and orders: prices are text, goods are separated by commas."""
    schema = """CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT, price TEXT,
        stock INTEGER, deliverables TEXT, is_deleted INTEGER DEFAULT 0);"""
    rows = [
        (1, "Streaming, one year", "Streaming", "9.99", 4, "Premium account, Setup guide, 30 day support", 0),
        (2, "Game key", "Games", "$19.50", 2, "code: AAA-111, code: BBB-222", 0),
        (3, "Old offer", "Games", "1", 0, "https://example.com/old.zip", 1),
        (4, "Logo", "Services", "60", None, "", 0),
    ]
    return make(path, schema, products=rows)


NEWER_SCHEMA = """
CREATE TABLE categories (category_id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE products (product_id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, description TEXT, category_id INTEGER,
    cost REAL, stock_quantity INTEGER, delivery TEXT, thumbnail TEXT, is_deleted BOOLEAN DEFAULT 0, created_at TEXT,
    seo_score REAL);
CREATE TABLE orders (order_id TEXT PRIMARY KEY, user_id INTEGER, username TEXT, product_id INTEGER, quantity INTEGER,
    total_price REAL, payment_method TEXT, status TEXT, payment_proof TEXT, created_at TEXT, approved_at TEXT);
"""

NEWER_PRODUCTS = [
    (
        1,
        "VPN",
        "Fast.",
        1,
        4.0,
        50,
        json.dumps([{"item": "vpn-login", "type": "account"}, {"item": "How to", "type": "guide"}]),
        "https://example.com/vpn.png",
        0,
        "2025-03-01 10:00:00",
        0.5,
    ),
    (2, "Gift card", "", 2, 25.00, -1, json.dumps({"items": ["https://example.com/card"]}), "card.png", 0, None, None),
    (3, "Gone", "", 2, 3.5, 1, json.dumps(["x"]), None, 1, "1735689600", None),
]

NEWER_ORDERS = [
    ("NC-20250301-AB01OI", 1001, "ann", 1, 2, 8.0, "PayPal", "delivered", "p.png", "2025-03-01 12:00:00", "2025-03-02"),
    ("NC-20250302-AAAAAA", 1002, "ben", 1, 1, 4.0, "Crypto (BTC)", "rejected", "p.png", "2025-03-02 12:00:00", None),
    ("NC-20250303-AAAAAA", 1001, "ann", 2, 1, 25.0, "sol", "refunded", None, "2025-03-03T12:00:00+02:00", None),
    ("NC-20250304-AAAAAA", 1003, "cat", 3, 1, 3.5, "ETH", "pending", None, "2025-03-04 12:00:00", None),
    ("NC-20250305-AAAAAA", 1003, "cat", 99, 1, 3.5, "LTC", "expired", None, "2025-03-05 12:00:00", None),
]


def newer(path: Path) -> Path:
    """Make a file of the last release: JSON, orders, a table of categories, columns nobody asked for."""
    categories = [(1, "Privacy"), (2, "Cards")]
    return make(path, NEWER_SCHEMA, categories=categories, products=NEWER_PRODUCTS, orders=NEWER_ORDERS)


ODD_PRODUCTS = [
    (1, HOSTILE, None, -5, 1, "code"),
    (2, "   ", "A", 9.989999, 1, "code"),
    (3, "Fine", "A", "3.999", -7, '[{"item": "SECRET-GOODS" "type": "code"}]'),
    (4, "Fine", "a", "free", "many", json.dumps([{"item": "SECRET-GOODS", "type": "gizmo"}])),
    (5, "N" * 5000, "C" * 300, 1e300, 10**9, "x,y"),
    (6, "Nothing", "A", None, None, None),
    (6, "Twice", "A", 1, 1, "x"),
    (7, b"\xff\xfe raw", "A", float("inf"), 3.0, b"\xff raw"),
]
ODD_ORDERS = [
    (1, None, 1, 5, "completed", "2025-01-01"),
    (2, "abc", 1, 5, "completed", "2025-01-01"),
    (3, "1001", 1, "five", "shipped to the moon", "yesterday"),
    (4, 1001, 1, -5, "completed", 99999999999999),
    (4, 1001, 1, 5, "completed", "2025-01-01"),
]


def odd(path: Path) -> Path:
    """Make a file in which nearly everything is wrong, without keys and with any type in any column."""
    schema = """CREATE TABLE products (id, name, category, price, stock, deliverables);
        CREATE TABLE orders (id, user_id, product_id, total, status, created_at);"""
    return make(path, schema, products=ODD_PRODUCTS, orders=ODD_ORDERS)
