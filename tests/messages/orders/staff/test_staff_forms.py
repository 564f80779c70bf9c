"""The forms of staff: each bears its button's custom id, and asks for what its decision needs."""

import pytest

from novacore.messages.kit import custom_ids
from novacore.messages.kit.layout import Form
from novacore.messages.orders import buttons
from novacore.messages.orders.staff import staff_forms
from novacore.states import PaymentMethod
from novacore.workflows.machine.reasons import require_reason
from novacore.workflows.orders.table import ORDERS
from tests.messages import samples
from tests.messages.payloads import assert_form, components

FIELDS = {"refund": {"reason", "amount"}, "approve_amount": {"amount", "again"}, "replace_unit": {"number", "reason"}}
FIELDS |= {"return_money": {"amount", "reason"}, "receive_money": {"amount", "reason"}}


WITH_FORM = [verb for verb, row in buttons.ROWS.items() if row.asks]


@pytest.mark.parametrize("verb", WITH_FORM)
def test_a_form_bears_its_buttons_custom_id_and_asks_for_what_it_needs(verb: str) -> None:
    pressed = custom_ids.parse(f"nc:order:{verb}:{samples.ORDER_ID}:2")
    assert pressed is not None
    form = staff_forms.staff_form(pressed)
    assert form.custom_id == f"nc:order:{verb}:{samples.ORDER_ID}:2"
    asked = {one["component"]["custom_id"]: one["component"] for one in components(form) if one["type"] == 18}
    assert set(asked) == FIELDS.get(verb, {"reason"})
    assert asked.get("reason", {"max_length": 500})["max_length"] == 500
    assert_form(form)


def test_a_reason_that_a_guard_demands_is_demanded_by_the_form_as_well() -> None:
    demanded = {arrow.trigger for arrow in ORDERS.arrows if arrow.button and require_reason in arrow.guards}
    beside = {"replace_unit", "return_money", "receive_money"}
    assert _required("reason") == demanded | beside
    assert {"ask_again", "reject", "reinstate", "refund"} <= demanded


def test_an_amount_is_demanded_where_nothing_else_says_it() -> None:
    assert _required("amount") == {"approve_amount", "receive_money"}


def test_the_form_of_another_amount_speaks_of_the_orders_own_coin_or_of_none() -> None:
    pressed = custom_ids.parse(f"nc:order:approve_amount:{samples.ORDER_ID}:2")
    assert pressed is not None
    litecoin = samples.coin_order(method=PaymentMethod.ltc)
    for order, said in (
        (litecoin, "like $19.98, or 0.00031113 LTC."),
        (samples.order(), "like $19.98. The goods go out."),
        (samples.order(method=PaymentMethod.paypal), "like $19.98. The goods go out."),
        (None, "As it was paid, in money."),
    ):
        form = staff_forms.staff_form(pressed, order)
        assert said in words_of_form(form)
        assert "BTC" not in words_of_form(form)
        assert_form(form)


def words_of_form(form: Form) -> str:
    return repr(form.to_dict())


def _required(name: str) -> set[str]:
    return {verb for verb in WITH_FORM for field in buttons.ROWS[verb].asks if field.required and field.name == name}
