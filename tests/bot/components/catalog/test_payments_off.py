"""The shop window of an owner who turned a way to pay off while the shop was down."""

from dataclasses import replace

import pytest

from novacore.states import PaymentMethod
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said, walk


def turn_off(here: Town, *off: PaymentMethod) -> None:
    """Let the shop open again without these ways to pay."""
    some = {method: address for method, address in here.shop.addresses.items() if method not in off}
    here.bot.desk.shop = replace(here.shop, addresses=some)


def offered(components: list[dict[str, object]]) -> list[str]:
    """Return the values of the only select."""
    (options,) = [one["options"] for one in walk(components) if "options" in one]
    return [str(option["value"]) for option in options]


@pytest.mark.parametrize("off", PaymentMethod)
async def test_it_is_not_offered_and_a_page_from_before_says_so(town: Opening, off: PaymentMethod) -> None:
    async with town() as here:
        stale = await here.to_methods(here.alice)
        turn_off(here, off)
        fresh = await here.to_methods(here.alice)
        assert offered(page(fresh).components) == [one for one in PaymentMethod if one is not off]
        answer = await here.alice.select(page(stale), [off.value])
        assert "This way to pay is not offered at the moment" in said(answer)
        assert page(answer).id == page(stale).id
        assert offered(page(answer).components) == offered(page(fresh).components), "the old choice is gone"
        assert here.orders() == []


async def test_nobody_is_asked_to_pick_another_way_to_pay_where_there_is_none(town: Opening) -> None:
    async with town() as here:
        stale = await here.to_methods(here.alice)
        turn_off(here, *PaymentMethod)
        answer = await here.alice.select(page(stale), ["btc"])
        assert "We can't take any payment at the moment" in said(answer)
        assert "pick another one" not in said(answer)


async def test_an_order_from_before_takes_its_proof(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice, "sol")
        turn_off(here, PaymentMethod.sol)
        assert order.pay_address in said(await here.alice.slash(here.channels["shop"], "orders"))
        await here.pay(here.alice, order, "5" * 88)
        assert here.state(order) == "under_review"


async def test_the_panel_names_what_is_left(town: Opening) -> None:
    async with town() as here:
        turn_off(here, PaymentMethod.paypal)
        assert "Pay in crypto and send us a proof" in said(await here.alice.slash(here.channels["shop"], "shop"))
        turn_off(here, *(one for one in PaymentMethod if one is not PaymentMethod.paypal))
        assert "Pay by PayPal and send us a proof" in said(await here.alice.slash(here.channels["shop"], "shop"))


@pytest.mark.parametrize(
    ("method", "there"),
    [
        ("paypal", "PayPal shows it in the receipt: 17 letters and digits."),
        ("btc", "Your wallet shows it in the payment's details: 64 characters"),
        ("sol", "86 to 88 letters and digits"),
    ],
)
async def test_the_proof_form_speaks_of_the_way_that_was_chosen(town: Opening, method: str, there: str) -> None:
    async with town() as here:
        order = await here.order(here.alice, method)
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        assert there in str(form.modal)
