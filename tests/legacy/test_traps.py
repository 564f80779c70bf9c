"""Files of older bots that look right and are not: what would cost the seller money is named, and not on sale."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from novacore.errors import SoldOut
from novacore.legacy import command, report
from novacore.states import OrderStatus, ProductKind, UnitStatus
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import CUSTOMER, STRANGER
from tests.legacy import brought, old_shops
from tests.workflows.machine import lives

UNIQUE, SHARED = ProductKind.unique, ProductKind.shared
ANN = 412345678901234567
NEW_ACCOUNT = 1112345678901234567
"""Accounts made since July 2022 have ids of 19 digits."""
DAY = datetime(2025, 3, 1, tzinfo=UTC)
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
TEXT = "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, category TEXT, price TEXT, stock, deliverables);"
REAL = TEXT.replace("price TEXT", "price REAL")
ORDERS = """CREATE TABLE orders (order_id TEXT PRIMARY KEY, user_id {user}, product_id INTEGER, quantity INTEGER,
    total {total}, status TEXT, created_at TEXT);"""
GUIDE = "https://x.example/guide.pdf"


def _codes(*codes: str) -> str:
    return json.dumps(codes)


def _report(shop: Shop, file: Path, currency: str | None = None) -> str:
    """Bring a file in, and return the report: that of the dry run, which has to say the same."""
    foreseen = report.written(command.survey(shop, file, currency), everything=True)
    assert report.written(command.bring_in(shop, file, currency), everything=True) == foreseen
    return foreseen


def _with_orders(path: Path, *rows: Sequence[Any], user: str = "INTEGER", total: str = "REAL") -> Path:
    product = (1, "Key", "Games", 9.99, 3, _codes("A-1", "A-2", "A-3"))
    return old_shops.make(path, REAL + ORDERS.format(user=user, total=total), products=[product], orders=rows)


def _order(**changed: Any) -> tuple[Any, ...]:
    order = {"id": "NC-20250301-AAAAAA", "user": ANN, "product": 1, "quantity": 1, "total": 9.99, "status": "delivered"}
    return tuple((order | {"at": "2025-03-01 12:00:00"} | changed).values())


def test_prices_as_text_are_read_like_those_that_people_type(shop: Shop, tmp_path: Path) -> None:
    prices = ["1,000", "1.000", "1.234,56", "€9.99", "$1,234.50", "9,99 $", "1'234.50", "9.99 EUR", "US$ 5", "５.00"]
    rows = [(number, price, "G", price, 5, GUIDE) for number, price in enumerate(prices, 1)]
    said = _report(shop, old_shops.make(tmp_path / "old.db", TEXT, products=rows))
    assert {name: offer[1:] for name, offer in brought.offers(shop).items()} == {
        "1,000": (0, False),
        "1.000": (0, False),
        "1.234,56": (123456, True),
        "€9.99": (0, False),
        "$1,234.50": (123450, True),
        "9,99 $": (999, True),
        "1'234.50": (123450, True),
        "9.99 EUR": (0, False),
        "US$ 5": (500, True),
        "５.00": (500, True),
    }
    assert "a price that can be read in two ways (2): comes in, not on sale\n    1 1,000: '1,000'\n    2 1.000:" in said
    assert "a price in another currency (2): comes in, not on sale\n    4 €9.99: '€9.99'\n    8 9.99 EUR:" in said


def test_the_same_prices_in_a_shop_of_another_currency(shop: Shop, tmp_path: Path) -> None:
    prices = ["9,99 €", "$9.99", "1.000", "1 000 €"]
    rows = [(number, price, "G", price, 5, GUIDE) for number, price in enumerate(prices, 1)]
    _report(shop, old_shops.make(tmp_path / "old.db", TEXT, products=rows), "EUR")
    assert [offer[1:] for offer in brought.offers(shop).values()] == [
        (999, True),
        (0, False),
        (0, False),
        (100000, True),
    ]


def test_a_currency_in_a_column_or_its_name_is_not_overlooked(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, price_eur REAL, deliverables);"
    first = old_shops.make(tmp_path / "1.db", schema, products=[(1, "In the name", 9.99, GUIDE)])
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, price REAL, currency TEXT, deliverables);"
    rows = [(1, "Theirs", 9.99, "EUR", GUIDE), (2, "Ours", 9.99, "usd", GUIDE), (3, "Unsaid", 9.99, None, GUIDE)]
    second = old_shops.make(tmp_path / "2.db", schema, products=rows)
    assert "in another currency (1): comes in, not on sale\n    1 In the name: '9.99' 'EUR'" in _report(shop, first)
    assert "in another currency (1): comes in, not on sale\n    1 Theirs: '9.99' 'EUR'" in _report(shop, second)
    offers = brought.offers(shop)
    assert [offers[name][2] for name in ("In the name", "Theirs", "Ours", "Unsaid")] == [False, False, True, True]


def test_totals_as_text(shop: Shop, tmp_path: Path) -> None:
    totals = ["1,000", "1.000", "€9.99", "1.234,56", "$19.98 USD", "free"]
    rows = [_order(id=f"NC-20250301-AAAAA{number}", total=total) for number, total in enumerate(totals)]
    said = _report(shop, _with_orders(tmp_path / "old.db", *rows, total="TEXT"))
    assert [one.total_minor for one in brought.orders(shop).values()] == [0, 0, 0, 123456, 1998, 0]
    assert [row[2] for row in brought.money(shop)] == [123456, 1998]
    assert (
        "a total that can be read in two ways (2): comes in without money\n    NC-20250301-AAAAA0 Key: '1,000'" in said
    )
    assert "a total in another currency (1): comes in without money\n    NC-20250301-AAAAA2 Key: '€9.99'" in said


def test_a_price_next_to_a_quantity_may_be_for_one_or_for_all(shop: Shop, tmp_path: Path) -> None:
    schema = ORDERS.format(user="INTEGER", total="REAL").replace("total REAL", "price REAL")
    rows = [
        _order(id="NC-20250301-AAAAA3", quantity=2, total=9.99),
        _order(id="NC-20250301-AAAAA4", quantity=2, total=19.98),
        _order(id="NC-20250301-AAAAA6", quantity=2, total=5.00),
        _order(id="NC-20250301-AAAAA7", quantity=1, total=5.00),
    ]
    product = (1, "Key", "Games", 9.99, 5, GUIDE)
    said = _report(shop, old_shops.make(tmp_path / "old.db", REAL + schema, products=[product], orders=rows))
    assert [one.total_minor for one in brought.orders(shop).values()] == [1998, 1998, 0, 500]
    assert "a total that may be for one or for all (1): comes in without money\n    NC-20250301-AAAAA6 Key:" in said


def test_an_order_that_names_its_product_only_finds_it(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE orders (order_id TEXT, user_id, product, qty, price, status, created_at);"
    rows = [("NC-20250301-AAAAAA", ANN, "GUIDE ", 2, 9.99, "paid", "2025-03-01"),
            ("NC-20250301-AAAAAB", ANN, "Gone", 2, 9.99, "paid", "2025-03-01")]  # fmt: skip
    products = [(1, "Guide", "G", 9.99, 5, GUIDE)]
    said = _report(shop, old_shops.make(tmp_path / "old.db", REAL + schema, products=products, orders=rows))
    found, gone = brought.orders(shop).values()
    assert (found.product_id, found.total_minor) == (brought.products(shop)["Guide"].id, 1998)
    assert gone.total_minor == 0
    assert "its product is not in the file (1): comes in under a removed product\n    NC-20250301-AAAAAB Gone" in said


def test_an_amount_of_an_order_may_be_how_many(shop: Shop, tmp_path: Path) -> None:
    columns = ORDERS.format(user="INTEGER", total="REAL")
    schema = columns.replace("quantity INTEGER", "amount INTEGER").replace("total REAL", "price REAL")
    rows = [_order(id="NC-20250301-AAAAA3", quantity=2, total=9.99)]
    product = (1, "Key", "Games", 9.99, 5, GUIDE)
    _report(shop, old_shops.make(tmp_path / "old.db", REAL + schema, products=[product], orders=rows))
    (order,) = brought.orders(shop).values()
    assert (order.quantity, order.total_minor) == (2, 1998)


def test_codes_whose_number_is_not_the_stock(shop: Shop, tmp_path: Path) -> None:
    ten = _codes(*(f"CODE-{number}" for number in range(10)))
    rows = [
        (1, "Nine", "G", 9.99, 9, ten),
        (2, "Text", "G", 9.99, 3, "A;B;C"),
        (3, "None said", "G", 9.99, None, _codes("B-1", "B-2")),
        (4, "Just so", "G", 9.99, 2, _codes("C-1", "C-2")),
    ]
    said = _report(shop, old_shops.make(tmp_path / "old.db", REAL, products=rows))
    assert brought.offers(shop) == {
        "Nine": (UNIQUE, 999, False),
        "Text": (SHARED, 999, False),
        "None said": (UNIQUE, 999, False),
        "Just so": (UNIQUE, 999, True),
    }
    assert "    1 Nine: 10 codes, a stock of 9; each would be sold once" in said
    assert "a text that looks like a list of codes (1): comes in, not on sale\n    2 Text: 3 parts" in said
    with pytest.raises(SoldOut):
        lives.place(shop, brought.products(shop)["Nine"].id)
    for buyer in (CUSTOMER, STRANGER):
        lives.place(shop, brought.products(shop)["Just so"].id, buyer)
    assert lives.units(shop, UnitStatus.reserved) == 2


@pytest.mark.parametrize("times", [2, 3, 5])
def test_goods_that_were_encoded_more_than_once(shop: Shop, tmp_path: Path, times: int) -> None:
    goods = _codes("A-1", "A-2", "A-3")
    for _ in range(times - 1):
        goods = json.dumps(goods)
    said = _report(shop, old_shops.make(tmp_path / "old.db", REAL, products=[(1, "Twice", "G", 9.99, 3, goods)]))
    assert brought.offers(shop) == {"Twice": (UNIQUE, 999, True)}
    assert brought.codes(shop, "Twice") == ["A-1", "A-2", "A-3"]
    assert "goods that were encoded as JSON more than once (1): are decoded\n    1 Twice" in said


def test_a_stock_called_amount(shop: Shop, tmp_path: Path) -> None:
    schema = REAL.replace("stock", "amount INTEGER")
    rows = [(1, "Key", "G", 9.99, 3, _codes("A-1", "A-2", "A-3")), (2, "No price", "G", None, 7, GUIDE)]
    said = _report(shop, old_shops.make(tmp_path / "old.db", schema, products=rows))
    assert brought.offers(shop) == {"Key": (UNIQUE, 999, True), "No price": (SHARED, 0, False)}
    assert brought.left(shop, brought.products(shop)["No price"]) == 7
    assert "Columns of products that are read under another name: stock from amount" in said
    assert "no price (1): comes in, not on sale\n    2 No price" in said


def test_a_stock_that_is_the_list_of_codes(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, price, stock TEXT);"
    rows = [(1, "List", 9.99, _codes("SECRET-1", "SECRET-2")), (2, "Lines", 9.99, "SECRET-3\nSECRET-4")]
    rows += [(3, "Word", 9.99, "SECRET-5-OR-WHAT"), (4, "Plenty", 9.99, "unlimited")]
    said = _report(shop, old_shops.make(tmp_path / "old.db", schema, products=rows))
    assert brought.codes(shop, "List") == ["SECRET-1", "SECRET-2"]
    assert brought.codes(shop, "Lines") == ["SECRET-3", "SECRET-4"]
    assert [brought.offers(shop)[name][2] for name in ("List", "Lines")] == [False, False]
    assert "goods in the column of the stock (2): comes in, not on sale\n    1 List: column stock" in said
    assert "SECRET" not in said


def test_an_amount_alone_may_be_the_price_or_the_stock(shop: Shop, tmp_path: Path) -> None:
    schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, amount, deliverables);"
    old = old_shops.make(tmp_path / "old.db", schema, products=[(1, "Which", 7, GUIDE), (2, "Price", "$7.50", GUIDE)])
    assert "a price that may be the count of the stock (1): comes in, not on sale\n    1 Which:" in _report(shop, old)
    assert [offer[1:] for offer in brought.offers(shop).values()] == [(0, False), (750, True)]


def test_a_generated_column(shop: Shop, tmp_path: Path) -> None:
    made = "price REAL, total REAL GENERATED ALWAYS AS (price * quantity) {kind}, status TEXT, created_at TEXT"
    for kind in ("VIRTUAL", "STORED"):
        schema = (
            REAL
            + f"""CREATE TABLE orders (order_id TEXT PRIMARY KEY, user_id INTEGER, product_id INTEGER,
            quantity INTEGER, {made.format(kind=kind)});
            INSERT INTO orders (order_id, user_id, product_id, quantity, price, status, created_at)
            VALUES ('NC-20250301-{kind[:6]}', {ANN}, 1, 2, 9.99, 'delivered', '2025-03-01 12:00:00');"""
        )
        rows = [(1, f"Guide {kind}", "G", 9.99, 5, GUIDE)]
        _report(shop, old_shops.make(tmp_path / f"{kind}.db", schema, products=rows))
    assert [(one.quantity, one.total_minor) for one in brought.orders(shop).values()] == [(2, 1998), (2, 1998)]


def test_ids_of_19_digits_come_in(shop: Shop, tmp_path: Path) -> None:
    people = [NEW_ACCOUNT, str(NEW_ACCOUNT), f"<@{NEW_ACCOUNT}>", 2**63 - 1, ANN]
    rows = [_order(id=f"NC-20250301-AAAAA{number}", user=user) for number, user in enumerate(people)]
    _report(shop, _with_orders(tmp_path / "old.db", *rows, user="ANY"))
    stored = [one.customer_id for one in brought.orders(shop).values()]
    assert stored == [NEW_ACCOUNT, NEW_ACCOUNT, NEW_ACCOUNT, 2**63 - 1, ANN]


def test_ids_that_went_through_a_float_stay_out_and_are_named(shop: Shop, tmp_path: Path) -> None:
    people = [float(ANN), float(NEW_ACCOUNT), "4.12345678901235e+17", f"{ANN}.0"]
    rows = [_order(id=f"NC-20250301-AAAAA{number}", user=user) for number, user in enumerate(people)]
    said = _report(shop, _with_orders(tmp_path / "old.db", *rows, user="BLOB"))
    assert brought.orders(shop) == {}
    assert "a customer id that lost its last digits in a float (4): is left out\n    NC-20250301-AAAAA0 Key: " in said


def test_dates_in_every_form_count_on_their_day(shop: Shop, tmp_path: Path) -> None:
    dates: dict[Any, datetime] = {
        "2025/03/01 12:00:00": NOON,
        "20250301120000": NOON,
        "Sat, 01 Mar 2025 12:00:00 GMT": NOON,
        "2025-3-1": DAY,
        "Sat Mar 01 2025 12:00:00 GMT+0000": NOON,
        "1740830400000": NOON,
        "03/01/2025 09:30": DAY.replace(hour=9, minute=30),  # the id says which of the two
        "01/03/2025 09:30": DAY.replace(hour=9, minute=30),
        "sometime in spring": NOON,  # the day in the id
        "": NOON,
    }
    rows = [_order(id=f"NC-20250301-AAAAA{chr(65 + number)}", at=written) for number, written in enumerate(dates)]
    said = _report(shop, _with_orders(tmp_path / "old.db", *rows))
    assert [one.placed_at for one in brought.orders(shop).values()] == [*dates.values()]
    assert {row[3].date() for row in brought.money(shop)} == {DAY.date()}
    assert "a date that can't be read (1): comes in under the day in its id\n    NC-20250301-AAAAAI Key: 'some" in said


def test_a_day_without_its_like_in_the_id_is_not_guessed(shop: Shop, tmp_path: Path) -> None:
    rows = [_order(id="NC-20250909-AAAAAA", at="03/04/2025"), _order(id="7", at="03/04/2025")]
    said = _report(shop, _with_orders(tmp_path / "old.db", *rows))
    assert brought.orders(shop)["NC-20250909-AAAAAA"].placed_at == datetime(2025, 9, 9, 12, tzinfo=UTC)
    assert "a date that can be read in two ways (1): comes in under the day in its id" in said
    assert "a date that can be read in two ways (1): comes in under today's date\n    7 Key: '03/04/2025'" in said


def test_what_was_dropped_as_a_repeat_is_named(shop: Shop, tmp_path: Path) -> None:
    rows = [
        (1, "First", "G", 9.99, 3, _codes("A-1", "A-1", "B-1")),
        (2, "Second", "G", 9.99, 2, _codes("A-1", "B-1")),
        (3, "Third", "G", 9.99, 2, _codes(" B-1 ", "C-1")),
    ]
    said = _report(shop, old_shops.make(tmp_path / "old.db", REAL, products=rows))
    assert [brought.codes(shop, name) for name in ("First", "Second", "Third")] == [["A-1", "B-1"], [], ["C-1"]]
    assert "codes that appear earlier in the file (3): are left out" in said
    assert "    1 First: 1 of 3; 1 in this product" in said
    assert "    2 Second: 2 of 2; 2 in 1 First" in said
    assert "    3 Third: 1 of 2; 1 in 1 First" in said


def test_codes_that_this_shop_has_already_are_named_before_and_after(shop: Shop, tmp_path: Path) -> None:
    first = old_shops.make(tmp_path / "1.db", REAL, products=[(1, "Here", "G", 1, 2, _codes("A-1", "A-2"))])
    _report(shop, first)
    rows = [(9, "Later", "G", 1, 3, _codes("A-2", "A-3", "A-1"))]
    said = _report(shop, old_shops.make(tmp_path / "2.db", REAL, products=rows))
    assert "codes that are in this shop already, or were sold here (1): are left out\n    9 Later: 2 of 3" in said
    assert brought.codes(shop, "Later") == ["A-3"]
    assert "were sold here" not in report.written(command.bring_in(shop, first)), "what came in itself is no repeat"


def test_flags(shop: Shop, tmp_path: Path) -> None:
    schema = REAL.replace("deliverables", "deliverables, is_active TEXT, is_deleted TEXT, hidden TEXT")
    flags = {
        "Never asked": (None, None, None),
        "Off": ("inactive", "off", None),
        "Zero date": ("1", "0000-00-00 00:00:00", "0"),
        "Unknown": ("vielleicht", None, None),
        "Unknown too": ("1", "vielleicht", None),
        "Gone": ("1", "2025-03-01 12:00:00", None),
        "Hidden": (None, None, "yes"),
        "In words": ("Enabled", "no", "false"),
    }
    rows = [(number, name, "G", 9.99, 5, GUIDE, *flags[name]) for number, name in enumerate(flags, 1)]
    said = _report(shop, old_shops.make(tmp_path / "old.db", schema, products=rows))
    found = {name: (one.is_on_sale, one.is_deleted) for name, one in brought.products(shop).items()}
    assert found == {
        "Never asked": (True, False),
        "Off": (False, False),
        "Zero date": (True, False),
        "Unknown": (False, False),
        "Unknown too": (False, False),
        "Gone": (True, True),
        "Hidden": (False, False),
        "In words": (True, False),
    }
    assert "a flag with an unknown value (2): comes in, not on sale\n    4 Unknown: is_active 'vielleicht'" in said
    assert "New products that come in on sale: 3 of 8" in said


def test_nothing_is_cut_or_left_out_unsaid(shop: Shop, tmp_path: Path) -> None:
    schema = """CREATE TABLE products (id, name, price, stock, goods, image, warranty, created_at, description);
        CREATE TABLE orders (order_id, user_id, product, total, status, txid, reason, delivered_at, created_at);"""
    product = (1, "Guide", 1, 5, GUIDE, "guide.png", "forever", "one day", "d" * 5000)
    order = ("NC-20250301-AAAAAA", ANN, "guide", 1, "paid", "t" * 300, "r" * 900, "later", "2025-03-01")
    said = _report(shop, old_shops.make(tmp_path / "old.db", schema, products=[product], orders=[order]))
    for sentence in (
        "a description that is too long (1): is cut to 2,000 characters\n    1 Guide: 5,000 characters",
        "a picture that isn't a web address (1): comes in without it\n    1 Guide: 'guide.png'",
        "a warranty that isn't a number of days (1): comes in without one\n    1 Guide: 'forever'",
        "a date that can't be read (1): counts as added today\n    1 Guide: 'one day'",
        "a payment reference that is too long (1): is cut to 200 characters",
        "a reason that is too long (1): is cut to 500 characters",
        "a date that can't be read (1): counts on the day on which it was placed",
    ):
        assert sentence in said, said
    (stored,) = brought.orders(shop).values()
    assert (stored.status, stored.product_id) == (OrderStatus.delivered, brought.products(shop)["Guide"].id)


def test_many_codes_come_in_whole(shop: Shop, tmp_path: Path) -> None:
    codes = [f"CODE-{number}" for number in range(3_000)]
    rows = [
        (1, "Many", "G", 9.99, 3_000, _codes(*codes)),
        (2, "Lines", "G", 1, 300, "\n".join(f"L{c}" for c in codes[:300])),
    ]
    _report(shop, old_shops.make(tmp_path / "old.db", REAL, products=rows))
    assert brought.codes(shop, "Many") == codes
    assert len(brought.codes(shop, "Lines")) == 300


def test_a_dry_run_over_codes_makes_no_key_and_no_row(shop: Shop, tmp_path: Path) -> None:
    before = lives.snapshot(shop)
    command.survey(
        shop, old_shops.make(tmp_path / "old.db", REAL, products=[(1, "K", "G", 1, 2, _codes("A-1", "B-1"))])
    )
    assert lives.snapshot(shop) == before
