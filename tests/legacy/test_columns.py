"""Which column says what, whatever it is called, and that none says two things."""

from typing import Any

from novacore.legacy.columns import ORDER, PRODUCT, Columns
from novacore.legacy.old_file import OldTable


def _columns(*names: str, currency: str = "USD", of: Any = PRODUCT) -> Columns:
    return Columns(OldTable("t", {name.lower(): name for name in names}, (), ()), of, currency)


def test_the_first_column_that_says_anything_counts_and_others_are_named() -> None:
    columns = _columns("id", "name", "title", "Product-Name", "colour")
    row = {"id": 1, "name": "", "title": None, "product-name": "VPN", "colour": "red"}
    assert columns.get(row, "name") == "VPN"
    assert columns.get(row, "price") is None
    assert not columns.has("price")
    assert columns.unknown == ["colour"]


def test_where_the_price_is_missing_the_cost_is_not_the_price() -> None:
    columns = _columns("name", "cost", "price")
    assert columns.get({"name": "x", "cost": 4, "price": None}, "price") is None
    assert columns.unknown == ["cost"]
    assert _columns("name", "cost").called("price") == "cost"


def test_the_text_next_to_the_goods_is_not_the_goods() -> None:
    columns = _columns("name", "price", "content", "deliverables")
    assert columns.get({"name": "x", "price": 1, "content": "About it", "deliverables": None}, "goods") is None
    assert columns.unknown == ["content"]


def test_an_amount_is_the_price_only_where_nothing_else_is() -> None:
    with_price = _columns("name", "price", "amount")
    assert (with_price.called("price"), with_price.called("stock")) == ("price", "amount")
    with_both = _columns("name", "price", "stock", "amount")
    assert (with_both.called("stock"), with_both.unknown) == ("stock", ["amount"])
    alone = _columns("name", "amount")
    assert (alone.called("price"), alone.has("stock")) == ("amount", False)


def test_the_currency_may_stand_in_the_name_of_the_column() -> None:
    columns = _columns("name", "price_usd", "price_eur", currency="EUR")
    row = {"name": "x", "price_usd": 1, "price_eur": 2}
    assert (columns.get(row, "price"), columns.currency(row, "price")) == (2, "EUR")
    assert columns.unknown == ["price_usd"]
    only = _columns("name", "cost_usd", currency="EUR")
    assert only.currency({"name": "x", "cost_usd": 1}, "price") == "USD"
    assert not _columns("name", "price_old").has("price")


def test_or_in_a_column_of_its_own() -> None:
    columns = _columns("name", "price", "Currency")
    assert columns.currency({"name": "x", "price": 1, "currency": "EUR"}, "price") == "EUR"


def test_in_orders_the_discord_id_counts_before_a_number_of_the_old_bot() -> None:
    columns = _columns("order_id", "user_id", "discord_id", "total", of=ORDER)
    assert columns.get(
        {"order_id": 1, "user_id": 7, "discord_id": "1112345678901234567", "total": 1}, "customer_id"
    ) == ("1112345678901234567")


def test_names_are_known_in_any_spelling() -> None:
    columns = _columns("productId", "productName", "UnitPrice", "STOCKCOUNT", "isActive")
    assert [columns.called(one) for one in ("id", "name", "price", "stock", "is_active")] == [
        *("productid", "productname", "unitprice", "stockcount", "isactive")
    ]
    assert columns.unknown == []
    assert _columns("name", "priceEUR").currency({"name": "x", "priceeur": 1}, "price") == "EUR"


def test_a_price_may_be_counted_in_cents() -> None:
    columns = _columns("name", "price_cents")
    assert (columns.called("price"), columns.is_in_cents("price")) == ("price_cents", True)
    both = _columns("name", "priceInCents", "price")
    assert (both.called("price"), both.is_in_cents("price"), both.unknown) == ("price", False, ["priceincents"])


def test_what_is_read_from_a_column_of_another_name_is_told() -> None:
    assert [*_columns("id", "title", "cost", "deliverables", "amount").renamed()] == [
        ("name", "title"),
        ("price", "cost"),
        ("stock", "amount"),
    ]
