"""Whatever stands in a row, it is read or named, and what is on sale can be sold."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from novacore import clock
from novacore.legacy.columns import ORDER, PRODUCT, Columns
from novacore.legacy.old_file import OldTable
from novacore.legacy.orders import read_order
from novacore.legacy.products import read_product
from novacore.legacy.shelf import Shelf
from novacore.legacy.tables import Related
from novacore.money import MAX_MINOR, MAX_PRICE
from novacore.states import ProductKind

WORDS = [
    *(
        "1,000",
        "1.000",
        "€9.99",
        "9.99",
        "A;B;C",
        '["A-1", "A-2"]',
        '"[\\"A-1\\"]"',
        "null",
        "0000-00-00 00:00:00",
        "off",
    ),
    *(
        "03/04/2025",
        "2025-03-01",
        "unlimited",
        "2",
        "-1",
        "1e400",
        "\ud800",
        "NC-20250301-AAAAAA",
        "4.1e17",
        "paid",
        "{",
    ),
]
ANYTHING = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=30),
    st.binary(max_size=30),
    st.sampled_from(WORDS),
)
PRODUCT_ROW = ["id", "name", "category", "price", "currency", "stock", "goods", "is_deleted", "is_active", "warranty"]
ORDER_ROW = ["order_id", "user_id", "product", "quantity", "price", "amount", "status", "created_at", "paid_at", "txid"]


def _columns(names: list[str], of: Any) -> Columns:
    return Columns(OldTable("t", dict(zip(names, names, strict=True)), (), ()), of, "USD")


@given(st.lists(st.lists(ANYTHING, min_size=10, max_size=10), min_size=1, max_size=3))
def test_a_product(rows: list[list[Any]]) -> None:
    columns, shelf = _columns(PRODUCT_ROW, PRODUCT), Shelf()
    for number, values in enumerate(rows):
        row = {"rowid": number, **dict(zip(PRODUCT_ROW, values, strict=True))}
        read, odd = read_product(columns, row, "USD", Related())
        product, _ = shelf.put(read)
        assert all(one.what and one.then for one in odd)
        if product is None:
            continue
        assert product.name
        assert (product.kind is ProductKind.unique) == bool(read.codes)
        assert len({*product.codes}) == len(product.codes)
        if product.is_on_sale:
            assert 0 < product.price_minor <= MAX_PRICE
            assert len(product.items) < 2 or {one.value for one in product.items} != {"A-1", "A-2"}


@given(st.lists(ANYTHING, min_size=10, max_size=10), st.sampled_from([0, 1, 999]))
def test_an_order(values: list[Any], price: int) -> None:
    row = {"rowid": 7, **dict(zip(ORDER_ROW, values, strict=True))}
    order, odd = read_order(_columns(ORDER_ROW, ORDER), row, "USD", lambda *_: price, Related())
    assert all(one.what and one.then for one in odd)
    if order is None:
        assert odd
        return
    assert 0 < order.customer_id < 2**63
    assert 0 <= order.total_minor <= MAX_MINOR
    assert order.quantity > 0
    assert order.placed_at.year >= 2000
    assert order.placed_at <= order.settled_at <= clock.now() + timedelta(days=1)
