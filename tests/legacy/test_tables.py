"""What isn't needed never blocks a file, and what is needed is found whatever it is made of."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from novacore.legacy import command, report
from novacore.legacy.findings import TableSurvey
from novacore.legacy.old_file import UnreadableFile
from novacore.workflows.machine.shop import Shop
from tests.legacy import brought, old_shops

PRODUCTS = "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price REAL, stock INTEGER, deliverables TEXT);"
ORDERS = "CREATE TABLE orders (order_id TEXT PRIMARY KEY, user_id, product_id, quantity, total, status, created_at);"
ROW = (1, "Guide", 9.99, 5, "https://x.example/guide.pdf")
SOLD = ("NC-20250301-AAAAAA", 1112345678901234567, 1, 1, 9.99, "paid", "2025-03-01 12:00:00")

Spoil = Callable[[sqlite3.Connection], object]


def _schema(sql: str) -> Spoil:
    """Put something into the schema that SQLite itself would not take."""

    def write(file: sqlite3.Connection) -> None:
        file.execute("PRAGMA writable_schema = ON")
        file.execute(sql)

    return write


def _collated(file: sqlite3.Connection) -> None:
    file.create_collation("clever", lambda one, other: (one > other) - (one < other))
    file.execute("CREATE INDEX by_name ON products (name COLLATE clever)")


ENTRY = "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES "
UNNEEDED: dict[str, Spoil] = {
    "a virtual table whose module is missing": _schema(
        f"{ENTRY} ('table', 'search', 'search', 0, 'CREATE VIRTUAL TABLE search USING nowhere(a)')"
    ),
    "a table that no SQLite understands": _schema(f"{ENTRY} ('table', 'bad', 'bad', 0, 'CREATE TABEL bad (a)')"),
    "a broken view": lambda file: file.execute("CREATE VIEW best AS SELECT * FROM nowhere"),
    "a trigger on a missing table": lambda file: file.execute(
        "CREATE TRIGGER t AFTER INSERT ON products BEGIN INSERT INTO nowhere VALUES (1); END"
    ),
    "a full-text index": lambda file: file.execute("CREATE VIRTUAL TABLE words USING fts5(a, b)"),
    "a table without rowids": lambda file: file.execute("CREATE TABLE kv (k TEXT PRIMARY KEY, v) WITHOUT ROWID"),
    "a strict table": lambda file: file.execute("CREATE TABLE s (a INT) STRICT"),
    "odd names": lambda file: file.executescript(
        'CREATE TABLE "x""; DROP TABLE products; --" ("a b" , "sel""ect"); CREATE TABLE "" (a);'
        'CREATE TABLE "ünïcode" (ö);'
    ),
    "a table of the same words": lambda file: file.executescript(
        "CREATE TABLE items (id, about); CREATE TABLE sales (day, sum); INSERT INTO items VALUES (1, 'x');"
    ),
    "an index with a collation of the old bot": _collated,
    "a column that calls a function of the old bot": _schema(
        "UPDATE sqlite_master SET sql = replace(sql, 'price REAL', 'price REAL, shown AS (pretty(price))') "
        "WHERE name = 'products'"
    ),
    "a check that calls one": _schema(
        "UPDATE sqlite_master SET sql = replace(sql, 'price REAL', 'price REAL CHECK (fair(price))') "
        "WHERE name = 'products'"
    ),
    "columns added later": lambda file: file.execute("ALTER TABLE products ADD COLUMN colour TEXT DEFAULT 'red'"),
}


def _file(path: Path, *spoil: Spoil) -> Path:
    old = old_shops.make(path, PRODUCTS + ORDERS, products=[ROW], orders=[SOLD])
    with closing(sqlite3.connect(old)) as file:
        for one in spoil:
            one(file)
        file.commit()
    return old


def _totals(found: Sequence[TableSurvey]) -> list[tuple[str, int, int, int]]:
    return [(one.name, one.rows, one.new, one.left_out) for one in found]


@pytest.mark.parametrize("what", UNNEEDED)
def test_what_is_not_needed_blocks_nothing(shop: Shop, tmp_path: Path, what: str) -> None:
    old = _file(tmp_path / "old.db", UNNEEDED[what])
    assert _totals(command.survey(shop, old)) == [("products", 1, 1, 0), ("orders", 1, 1, 0)]
    found = command.bring_in(shop, old)
    assert _totals(found) == [("products", 1, 1, 0), ("orders", 1, 1, 0)]
    assert brought.products(shop)["Guide"].price_minor == 999
    assert brought.orders(shop)["NC-20250301-AAAAAA"].total_minor == 999


def test_everything_at_once_blocks_nothing_and_is_told(shop: Shop, tmp_path: Path) -> None:
    names = ("a broken view", "odd names", "a full-text index", "a virtual table whose module is missing")
    found = command.bring_in(shop, _file(tmp_path / "old.db", *(UNNEEDED[one] for one in names)))
    assert _totals(found) == [("products", 1, 1, 0), ("orders", 1, 1, 0)]
    said = report.written(found)
    assert "Tables that don't come in: " in said
    assert "search" in said
    assert "ünïcode" in said


def test_what_of_the_schema_cannot_be_read_is_told(shop: Shop, tmp_path: Path) -> None:
    old = _file(tmp_path / "old.db", UNNEEDED["a table that no SQLite understands"])
    said = report.written(command.survey(shop, old))
    assert "The file's own list of tables is damaged (malformed database schema (bad)" in said


def test_a_column_that_cannot_be_read_is_told(shop: Shop, tmp_path: Path) -> None:
    old = _file(tmp_path / "old.db", UNNEEDED["a column that calls a function of the old bot"])
    said = report.written(command.survey(shop, old))
    assert "Columns of products that can't be read, and are left out: shown" in said


def test_a_table_of_categories_that_cannot_be_read_is_told_and_blocks_nothing(shop: Shop, tmp_path: Path) -> None:
    sql = f"{ENTRY} ('table', 'categories', 'categories', 0, 'CREATE VIRTUAL TABLE categories USING nowhere(a)')"
    found = command.bring_in(shop, _file(tmp_path / "old.db", _schema(sql)))
    assert _totals(found)[0] == ("products", 1, 1, 0)
    assert "The table categories can't be read and is left out." in report.written(found)


def test_a_needed_table_that_cannot_be_read_is_named_in_the_refusal(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE notes (a)")
        file.execute("PRAGMA writable_schema = ON")
        file.execute(f"{ENTRY} ('table', 'products', 'products', 0, 'CREATE VIRTUAL TABLE products USING nowhere(a)')")
        file.commit()
    with pytest.raises(UnreadableFile, match=r"The table products can't be read .*no such module: nowhere"):
        command.survey(shop, path)


def test_an_empty_table_of_the_first_days_does_not_hide_the_full_one(shop: Shop, tmp_path: Path) -> None:
    schema = PRODUCTS + "CREATE TABLE shop_items (item_id INTEGER PRIMARY KEY, item_name, cost, goods);"
    old = old_shops.make(tmp_path / "old.db", schema, shop_items=[(1, "Guide", 9.99, "https://x.example/a")])
    found = command.bring_in(shop, old)
    assert _totals(found) == [("products", 1, 1, 0)]
    assert "Tables that don't come in: products." in report.written(found)


@pytest.mark.parametrize(
    "products",
    [
        'CREATE TABLE "Shop-Items" ("Item ID" INTEGER PRIMARY KEY, "Item Name" TEXT, "Unit-Price" REAL, QTY, Goods)',
        "CREATE TABLE Products (ID INTEGER PRIMARY KEY, TITLE TEXT, COST REAL, Stock_Quantity, Delivery_Items)",
        "CREATE TABLE product (pid TEXT PRIMARY KEY, name TEXT, price REAL, inventory, content) WITHOUT ROWID",
        "CREATE TABLE items (item_id, product_name, price_usd, available, deliverable)",
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name BLOB, price BLOB, stock BLOB, goods BLOB)",
        "CREATE TABLE products (id INT PRIMARY KEY, name ANY, price ANY, stock ANY, goods ANY) STRICT",
        "CREATE TABLE products (rowid TEXT, name, price, stock, goods)",
    ],
    ids=range(7),
)
def test_tables_and_columns_of_other_names_and_types(shop: Shop, tmp_path: Path, products: str) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute(products)
        (table,) = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        file.execute(f'INSERT INTO "{table}" VALUES (1, ?, 9.99, 5, ?)', (b"Guide", b"https://x.example/a"))
        file.commit()
    for _ in range(2):  # and twice, for the ids
        command.bring_in(shop, path)
    (product,) = brought.products(shop).values()
    assert (product.name, product.price_minor, product.is_on_sale) == ("Guide", 999, True)
    assert brought.left(shop, product) == 5


def test_rows_without_rowids_are_known_again_by_their_key(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (sku TEXT PRIMARY KEY, name, price, goods) WITHOUT ROWID;"
    rows = [(f"K{number}", f"Guide {number}", 1, "https://x.example/a") for number in (3, 5, 7)]
    old = old_shops.make(tmp_path / "old.db", schema, products=rows)
    command.bring_in(shop, old)
    with closing(sqlite3.connect(old)) as file:
        file.execute(
            "INSERT INTO products VALUES ('K1', 'Guide 1', 1, 'https://x.example/a')"
        )  # comes first by its key
        file.commit()
    assert _totals(command.bring_in(shop, old)) == [("products", 4, 1, 0)]
    assert sorted(brought.products(shop)) == ["Guide 1", "Guide 3", "Guide 5", "Guide 7"]
