"""The form that asks how many."""

import pytest

from novacore.db.queries.terms import ShopTerms
from novacore.messages.catalog.checkout import Filled, quantity_form
from novacore.messages.kit.layout import Form
from tests.messages import samples
from tests.messages.payloads import assert_form, components


def label(form: Form) -> dict[str, object]:
    """The one field with its words."""
    assert_form(form)
    (found,) = [one for one in components(form) if one["type"] == 18]
    return found


def test_it_asks_how_many_and_suggests_one() -> None:
    form = quantity_form(7)
    assert form.custom_id == "nc:shop:buy:7"
    asked = label(form)
    assert asked["description"] == "A whole number.", "the product could not be read in time"
    assert asked["component"] == asked["component"] | {"custom_id": "quantity", "value": "1"}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("allowed", "available", "most", "said"),
    [
        (5, 101, 1000, "From 1 to 5 in one order. 100+ left."),
        (5, 101, 2, "From 1 to 2 in one order. 100+ left."),
        (5, None, 1000, "From 1 to 5 in one order."),
        (1, 7, 1000, "One in an order. 7 left."),
        (5, 3, 1000, "From 1 to 3: that is all we have left."),
        (5, 1, 1000, "There is only one left."),
    ],
)
def test_it_says_its_limits_and_what_is_left(allowed: int, available: int | None, most: int, said: str) -> None:
    product = samples.product(max_quantity=allowed, available=available)
    assert label(quantity_form(7, product, most))["description"] == said


@pytest.mark.parametrize("code", ["", "SUMMER", "X" * 24])
def test_it_asks_for_a_code_where_there_are_any(code: str) -> None:
    form = quantity_form(7, samples.product(), 1000, Filled(3, code))
    assert_form(form)
    count, asked = [one["component"] for one in components(form) if one["type"] == 18]
    assert (count["custom_id"], count["value"]) == ("quantity", "3")
    assert (asked["custom_id"], asked["required"], asked.get("value", "")) == ("code", False, code)


def test_it_asks_about_the_terms_where_there_are_any() -> None:
    terms = ShopTerms(12, "No refunds.", samples.NOW)
    form = quantity_form(7, samples.product(), 1000, Filled(3, ""), terms)
    assert_form(form)
    assert form.custom_id == "nc:shop:buy:7:12"
    asked = [one for one in components(form) if one["type"] == 18][-1]
    assert asked["component"]["type"] == 23
    assert asked["component"]["custom_id"] == "terms"
    assert not asked["component"]["default"]
    assert f"Version 12 of {samples.NOW:%d %b %Y}" in asked["description"]
