"""What the owner reads of stock, and staff and customers of what runs low and comes back."""

import pytest

from novacore.db.queries.orders.unpaid import Reserved
from novacore.messages.catalog import restock, stock, waiting_list
from novacore.messages.kit.progress import bar
from novacore.states import BatchState, ProductKind, UnitStatus
from tests.messages import samples
from tests.messages.payloads import custom_ids_of, words_of


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [
        (0, 10, "▱" * 20 + "` 0 %"),
        (5, 10, "▰" * 10 + "▱" * 10 + "` 50 %"),
        (999, 1000, "▰" * 19 + "▱` 99 %"),
        (10, 10, "▰" * 20 + "` 100 %"),
        (0, 0, "▰" * 20 + "` 100 %"),
        (99, 10, "▰" * 20 + "` 100 %"),
        (-1, 10, "▱" * 20 + "` 0 %"),
    ],
)
def test_a_bar_is_full_only_at_the_end(done: int, total: int, shown: str) -> None:
    assert bar(done, total) == f"`{shown}"


def test_what_was_left_out_is_told_at_the_end() -> None:
    said = words_of(restock.coming_in(samples.batch()))
    assert "**9** added and on sale" in said
    assert "**1** left out: someone else added the same meanwhile" in said
    moving = words_of(restock.coming_in(samples.batch(state=BatchState.filling, done=5)))
    assert "50 %" in moving
    assert "5 of 10" in moving


def test_only_what_is_left_can_be_withdrawn() -> None:
    assert "Withdraw the 4 that are left" in str(restock.batch_page(samples.batch()).view.to_components())  # type: ignore[no-untyped-call]
    sold = samples.batch(units={UnitStatus.sold: 9})
    assert "Withdraw" not in str(restock.batch_page(sold).view.to_components())  # type: ignore[no-untyped-call]
    assert "nothing left to withdraw" in words_of(restock.batch_page(sold, 0))
    coming = restock.batch_page(samples.batch(state=BatchState.filling))
    assert "Withdraw" not in str(coming.view.to_components())  # type: ignore[no-untyped-call]


def test_codes_may_come_again_where_there_are_codes() -> None:
    assert "may be added again" in words_of(restock.batch_page(samples.batch(), 3))
    shared = samples.batch(kind=ProductKind.shared, file_name=None)
    said = words_of(restock.batch_page(shared, 3))
    assert "may be added again" not in said
    assert "a count" in said


def test_staff_read_how_much_is_left_and_what_to_do() -> None:
    low = words_of(stock.low_stock(samples.product(available=3), 5, Reserved()))
    assert "runs low" in low
    assert "Only **3** left" in low
    assert "reserved" not in low
    assert "is sold out" in words_of(stock.low_stock(samples.product(available=0), 5, Reserved()))


def test_staff_read_how_much_is_only_reserved_and_by_whom() -> None:
    honest = stock.low_stock(samples.product(available=0), 5, Reserved(units=9, to_check=2))
    assert "only reserved: **9**, **2** of them with a payment to check." in words_of(honest)
    assert "keep ending unpaid" not in words_of(honest)
    assert custom_ids_of(honest) == []
    such = stock.low_stock(samples.product(id=7, available=0), 5, Reserved(units=9, theirs=6, can_be_freed=4))
    assert "only reserved: **9**." in words_of(such)
    assert "**6** of these are held by people whose orders keep ending unpaid" in words_of(such)
    assert custom_ids_of(such) == ["nc:stock:ask_free:7"]
    checked = stock.low_stock(samples.product(available=0), 5, Reserved(units=6, to_check=6, theirs=6))
    assert custom_ids_of(checked) == []


def test_who_waits_reads_a_price_and_can_buy() -> None:
    page = waiting_list.back_in_stock(samples.product(name="Rare *key*"))
    assert "Rare \\*key\\* is back in stock" in words_of(page)
    assert "nc:shop:buy:7" in str(page.view.to_components())  # type: ignore[no-untyped-call]
