"""The owner's side of the catalogue: what stands on each page, and that the look is exactly what customers see."""

import pytest

from novacore.db.queries.catalog.products import Shelf
from novacore.messages.catalog import drafts, products, window
from novacore.messages.catalog.drafts import as_customers_see
from novacore.states import GoodsType, PictureState, ProductKind
from novacore.workflows.catalog.rules import Typed
from novacore.workflows.goods.items import GoodsItem
from tests.messages import samples, wares
from tests.messages.everything import PICTURE
from tests.messages.payloads import assert_form, assert_sendable, buttons_of, components, files_of, options_of, words_of


def test_the_look_is_what_customers_see_and_under_it_what_only_the_owner_reads() -> None:
    draft = wares.draft(product=samples.product(), picture=("image/jpeg", PICTURE))
    message = drafts.preview(draft, "USD")
    page = window.product_page(as_customers_see(draft, "USD"))
    customers = words_of(page)
    assert words_of(message).startswith(customers)
    assert "Nothing is saved yet" in words_of(message)
    assert [*buttons_of(message)] == ["Save", "Edit", "Goods", "Files", "Role", "Discard"]
    assert not buttons_of(message)["Save"].get("disabled")
    assert files_of(message) == files_of(page)
    assert len([one for one in components(message) if one["type"] == 17]) == 2
    assert_sendable(message)


def test_save_rests_while_something_is_in_the_way() -> None:
    message = drafts.preview(wares.draft(Typed("", "", "Games", "9.999")), "USD")
    assert buttons_of(message)["Save"]["disabled"]
    assert "⚠️ The name needs" in words_of(message)
    assert "can be read in two ways" in words_of(message)


def test_a_change_shows_before_and_after() -> None:
    now = samples.product(name="Sky", price_minor=500, category="Old", description="Was.")
    draft = wares.draft(product=now, picture_state=PictureState.ready)
    told = words_of(drafts.preview(draft, "USD"))
    for line in (
        "Name: Sky → **Sky Rush**",
        "Price: $5.00 → **$9.99**",
        "Category: Old → **Games**",
        "A new description",
    ):
        assert f"✏️ {line}" in told
    assert "✏️ A new picture" in told
    assert "📦 12 left" in told


def test_a_sale_price_that_ends_is_said_of_one_in_another_currency_as_well() -> None:
    now = samples.product(price_minor=500, before_sale_minor=999, sale_price_minor=500, currency="EUR")
    told = words_of(drafts.preview(wares.draft(product=now), "USD"))
    assert "✏️ Currency: EUR → **USD**" in told
    assert "✏️ Its sale price ends: it doesn't fit the new price." in told


def test_the_picture_is_waited_for_or_its_refusal_told() -> None:
    waiting = drafts.preview(wares.draft(picture_state=PictureState.waiting), "USD")
    assert "being fetched" in words_of(waiting)
    assert "Look again" in buttons_of(waiting)
    refused = drafts.preview(wares.draft(picture_state=PictureState.refused, picture_problem="Too large."), "USD")
    assert "No new picture: Too large." in words_of(refused)


def test_goods_are_named_and_stay_covered() -> None:
    goods = [GoodsItem("Steam", GoodsType.account, "SECRET-1")] * 12
    message = drafts.preview(wares.draft(goods=tuple(goods)), "USD")
    assert "👤 Steam (account, 8 characters)" in words_of(message)
    assert "and 4 more" in words_of(message)
    assert "SECRET" not in str(components(message))
    assert "SECRET" not in repr(wares.draft(goods=tuple(goods)))


def test_work_by_hand_has_no_goods_button() -> None:
    message = drafts.preview(wares.draft(Typed("Logo", "", "Art", "60", ProductKind.by_hand)), "USD")
    assert "Goods" not in buttons_of(message)
    assert "By our staff" not in words_of(message)
    assert "by our staff by hand" in words_of(message)


def test_the_forms_show_again_what_was_typed_and_stay_within_discords_limits() -> None:
    assert_form(products.product_form(3, Typed()))
    full = products.product_form(3, Typed("n" * 999, "d" * 9999, "c" * 999, "1" * 999))
    assert_form(full)
    assert_form(products.goods_form(3, "g" * 9999))
    shown = {one["custom_id"]: one.get("value") for one in components(full) if "custom_id" in one}
    assert shown["name"] == "n" * 100
    assert str(shown["description"]).startswith("d" * 3999)


def test_the_list_marks_what_is_sold_out_and_what_was_removed() -> None:
    found = [
        samples.product(id=1, name="A"),
        samples.product(id=2, name="B", available=0),
        samples.product(id=3, name="C", is_on_sale=False),
        samples.product(id=4, name="D", kind=ProductKind.by_hand, available=None),
    ]
    told = [
        (one["emoji"]["name"], one["description"])
        for one in options_of(products.shelf_page(Shelf(3, "X", 3, 1), found))
    ]
    assert told == [
        ("🏷️", "$9.99 · 12 left · each code sold once"),
        ("⛔", "$9.99 · sold out · each code sold once"),
        ("🗑️", "$9.99 · removed · each code sold once"),
        ("🏷️", "$9.99 · always in stock · done by hand"),
    ]


def test_more_than_25_go_on_a_second_page() -> None:
    shelves = [Shelf(n, f"Category {n}", 1, 0) for n in range(1, 26)]
    message = products.shelves_page(26, shelves)
    assert buttons_of(message)["More"]["custom_id"] == "nc:product:shelves:1"
    shelf = products.shelf_page(Shelf(3, "X", 20, 6), [samples.product(id=n) for n in range(1, 26)])
    assert buttons_of(shelf)["More"]["custom_id"] == "nc:product:shelf:3:1"
    assert words_of(products.shelves_page(1, shelves[:1])).count("1 category\n") == 0
    assert "1 category" in words_of(products.shelves_page(1, shelves[:1]))


def test_a_products_page_leads_on() -> None:
    shown = [*buttons_of(products.owners_page(wares.standing()))]
    assert shown == ["Edit", "Remove", "Move up", "Move down", "Back to Gift cards"]
    gone = wares.standing(product=samples.product(is_on_sale=False), is_removed=True)
    assert [*buttons_of(products.owners_page(gone))] == ["Edit", "Bring back", "Back to Gift cards"]
    assert "**removed**" in words_of(products.owners_page(gone))
    asked = words_of(products.removal_page(wares.standing()))
    assert "1 unfinished order" in asked
    assert "12 units left" in asked


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (samples.product(available=0), "It has no codes yet"),
        (samples.product(available=0, kind=ProductKind.shared), "It has no units yet"),
        (samples.product(is_on_sale=False), "It is removed at the moment"),
        (samples.product(), "shows it in a few seconds"),
    ],
)
def test_after_saving_the_owner_reads_what_is_still_missing(row: object, sentence: str) -> None:
    assert sentence in words_of(products.saved(wares.standing(product=row)))
