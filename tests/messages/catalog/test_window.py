"""The shop window, as someone reads it who has never been here."""

import pytest
from discord import ui

from novacore.db.queries.orders.vouches import Stars, Voice
from novacore.messages.catalog import checkout, window
from novacore.messages.kit.layout import Message
from novacore.states import PaymentMethod, ProductKind, known_method
from novacore.workflows.orders.placing.promise import promise_of
from tests.messages import samples
from tests.messages.everything import PICTURE
from tests.messages.payloads import (
    assert_sendable,
    buttons_of,
    components,
    custom_ids_of,
    files_of,
    options_of,
    words_of,
)


def _media(message: Message) -> list[str]:
    return [item["media"]["url"] for one in components(message) if one["type"] == 12 for item in one["items"]]


# ---- the panel


def test_the_panel_lets_one_choose_a_category() -> None:
    message = window.shop_panel([samples.category(), samples.category(id=4, name="Accounts", products=1)])
    assert custom_ids_of(message) == ["nc:shop:category", "nc:shop:categories:0"]
    assert [(one["label"], one["value"], one["description"]) for one in options_of(message)] == [
        ("Gift cards", "3", "3 products"),
        ("Accounts", "4", "1 product"),
    ]
    assert "goods arrive in your DMs" in words_of(message)


def test_a_select_that_is_shown_again_is_another_one_to_discord() -> None:
    wares = [samples.product()]
    ids = {
        part.id
        for _ in range(2)
        for part in window.category_page(samples.category(), wares).view.walk_children()
        if isinstance(part, ui.Select)
    }
    assert len(ids) == 2


def test_an_empty_shop_says_so() -> None:
    message = window.shop_panel([])
    assert "nothing on sale" in words_of(message)
    assert custom_ids_of(message) == []


def test_more_than_25_categories_go_on_a_second_page() -> None:
    all_of_them = [samples.category(id=n, name=f"Category {n}") for n in range(1, 31)]
    first = window.shop_panel(all_of_them[:25], 0, 30)
    assert buttons_of(first)["More"]["custom_id"] == "nc:shop:categories:1"
    second = window.shop_panel(all_of_them[25:], 1, 30)
    assert list(buttons_of(second)) == ["Back"]
    assert [one["value"] for one in options_of(second)] == ["26", "27", "28", "29", "30"]


# ---- a category


def test_a_category_tells_price_and_what_is_left() -> None:
    wares = [
        samples.product(),
        samples.product(id=8, name="Rare card", available=0),
        samples.product(id=9, name="Guide", available=None, price_minor=500),
    ]
    message = window.category_page(samples.category(), wares)
    assert custom_ids_of(message) == ["nc:shop:product", "nc:shop:categories:0"]
    assert [(one["value"], one["label"], one["description"]) for one in options_of(message)] == [
        ("7", "Game gift card", "$9.99 · 12 left"),
        ("8", "Rare card", "$9.99 · sold out"),
        ("9", "Guide", "$5.00 · always in stock"),
    ]


def test_a_category_that_has_just_become_empty_leads_back() -> None:
    message = window.category_page(samples.category(products=0), [])
    assert "Nothing is on sale here" in words_of(message)
    assert list(buttons_of(message)) == ["All categories"]


def test_the_products_of_a_large_category_go_on_further_pages() -> None:
    wares = [samples.product(id=n) for n in range(26, 51)]
    message = window.category_page(samples.category(products=60), wares, 1)
    assert buttons_of(message)["Back"]["custom_id"] == "nc:shop:shelf:3:0"
    assert buttons_of(message)["More"]["custom_id"] == "nc:shop:shelf:3:2"


# ---- a product


def test_a_product_shows_price_stock_warranty_and_how_to_buy() -> None:
    message = window.product_page(samples.product())
    said = words_of(message)
    for part in ("Game gift card", "in **any** game shop", "$9.99", "12 left", "30 days warranty"):
        assert part in said
    assert buttons_of(message)["Buy"]["custom_id"] == "nc:shop:buy:7"
    assert buttons_of(message)["Back to Gift cards"]["custom_id"] == "nc:shop:shelf:3:0"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"available": 3}, "Only 3 left"),
        ({"available": 0}, "Sold out"),
        ({"available": None}, "Always in stock"),
        ({"is_on_sale": False}, "Not on sale any more"),
        ({"kind": ProductKind.by_hand, "available": None}, "by our staff"),
    ],
)
def test_the_stock_is_said_in_words(changes: dict[str, object], said: str) -> None:
    assert said in words_of(window.product_page(samples.product(**changes)))


@pytest.mark.parametrize("changes", [{"available": 0}, {"is_on_sale": False}])
def test_what_cannot_be_bought_has_no_button_that_works(changes: dict[str, object]) -> None:
    found = buttons_of(window.product_page(samples.product(**changes)))
    assert [one["disabled"] for one in found.values() if one["custom_id"] == "nc:shop:buy:7"] == [True]


def test_an_uploaded_picture_goes_with_the_message() -> None:
    message = window.product_page(samples.product(picture=("image/png", PICTURE), picture_url="https://a.example/x"))
    assert files_of(message) == {"product-7.png": PICTURE}
    assert _media(message) == ["attachment://product-7.png"]


def test_a_picture_elsewhere_is_shown_from_its_address() -> None:
    message = window.product_page(samples.product(picture_url="https://pictures.example/card.png"))
    assert _media(message) == ["https://pictures.example/card.png"]
    assert files_of(message) == {}


@pytest.mark.parametrize(
    "url",
    [
        "card.png",
        "javascript:alert(1)",
        "https://a b",
        "ftp://x.example",
        "https://a.example/" + "x" * 600,
        "https://[::1",
        "https://localhost/a.png",
        "https://127.0.0.1/a.png",
        'https://a"b.example/x.png',
        "http://x",
    ],
)
def test_an_address_that_is_none_is_left_out(url: str) -> None:
    message = window.product_page(samples.product(picture_url=url))
    assert _media(message) == []
    assert_sendable(message)


# ---- how many, how to pay


def test_the_ways_to_pay_show_the_total_and_each_network() -> None:
    methods = [known_method(one, *both) for one, both in samples.ADDRESSES.items()]
    message = checkout.method_page(samples.product(), 3, methods)
    assert "$29.97" in words_of(message)
    choose = f"nc:shop:method:7:3:{promise_of(samples.product())}"
    assert custom_ids_of(message) == [choose, "nc:shop:shelf:3:0"]
    assert [one["value"] for one in options_of(message)] == [*PaymentMethod]
    described = {one["value"]: one["description"] for one in options_of(message)}
    assert described["usdt"] == "Network: TRON (TRC-20)"


def test_a_page_that_is_shown_again_says_why_and_what_the_terms_are() -> None:
    by_hand = samples.product(kind=ProductKind.by_hand, warranty_days=1)
    said = words_of(checkout.method_page(by_hand, 1, [], "It has just changed."))
    for one in ("It has just changed.", "1 day warranty", "by our staff by hand"):
        assert one in said
    plain = words_of(checkout.method_page(samples.product(warranty_days=0), 1, []))
    assert "⚠️" not in plain
    assert "warranty" not in plain


def test_only_the_ways_that_the_shop_has_are_offered() -> None:
    message = checkout.method_page(samples.product(), 1, [known_method(PaymentMethod.eth)])
    assert [one["value"] for one in options_of(message)] == ["eth"]


def test_the_panel_and_a_products_page_show_what_buyers_think() -> None:
    stars = Stars(1234, 5922)
    assert "⭐ **4.8** of 5 from 1,234 vouches" in words_of(window.shop_panel([samples.category()], stars=stars))
    assert "⭐ **5.0** of 5 from 1 vouch" in words_of(window.product_page(samples.product(stars=Stars(1, 5))))
    for none in (None, Stars()):
        assert "⭐" not in words_of(window.shop_panel([samples.category()], stars=none))
        assert "⭐" not in words_of(window.product_page(samples.product(stars=none)))


@pytest.mark.parametrize(
    ("methods", "sentence"),
    [
        (list(PaymentMethod), "Pay by PayPal or crypto and send us a proof"),
        (["paypal"], "Pay by PayPal and send us a proof"),
        (["paypal", "sol"], "Pay by PayPal or crypto and send us a proof"),
        (["btc", "eth"], "Pay in crypto and send us a proof"),
        (["ltc"], "Pay in Litecoin (LTC) and send us a proof"),
    ],
)
def test_the_panel_names_only_ways_to_pay_that_are_on(methods: list[str], sentence: str) -> None:
    on = [known_method(PaymentMethod(one)) for one in methods]
    assert sentence in words_of(window.shop_panel([samples.category()], methods=on))


# ---- sale prices, and what buyers say


def test_a_sale_price_stands_next_to_the_ordinary_one() -> None:
    product = samples.product(price_minor=700, before_sale_minor=1000, sale_until=samples.NOW)
    stamp = int(samples.NOW.timestamp())
    assert f"### ~~$10.00~~ **$7.00** until <t:{stamp}:f>" in words_of(window.product_page(product))
    (option,) = options_of(window.category_page(samples.category(), [product]))
    assert option["description"] == "$7.00 instead of $10.00 · 12 left"
    page = words_of(checkout.method_page(product, 3, window.ALL_KNOWN))
    assert f"Price ~~$30.00~~ **$21.00** until <t:{stamp}:f>\n### Total $21.00" in page
    forever = samples.product(price_minor=700, before_sale_minor=1000)
    assert "### ~~$10.00~~ **$7.00**\n" in words_of(window.product_page(forever))


def test_the_page_quotes_the_newest_vouches_without_markup_or_names() -> None:
    said = (Voice(5, "**Great**\n\n# really <@1> https://a.example"), Voice(2, "y" * 900))
    page = words_of(window.product_page(samples.product(voices=said)))
    assert "-# ⭐⭐⭐⭐⭐ \\*\\*Great\\*\\* # really <\u200b@1> https:\u200b//a.example" in page
    assert f"-# ⭐⭐ {'y' * 139}…" in page
