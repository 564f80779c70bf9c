"""The way through the shop, from the panel to the payment instructions."""

import discord
import pytest

from novacore.bot.answers import show
from novacore.bot.lookups import orders as order_lookups
from novacore.messages.catalog import checkout, window
from novacore.states import PaymentMethod, ProductKind
from novacore.workflows.catalog import offers, products
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.methods import offered
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import draft_id, filled
from tests.bot.towns.town import Town, custom_ids, page, said, text_of, walk
from tests.fixtures.shops import OWNER, ProductMaker


async def test_a_customer_comes_from_the_panel_to_the_payment_instructions(town: Opening) -> None:
    async with town() as here:
        shelf = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        assert "Games" in said(shelf)
        product = await here.alice.select(page(shelf), ["1"], custom_id="nc:shop:product")
        assert "$9.99" in said(product)
        form = await here.alice.click(page(product), custom_id="nc:shop:buy:1")
        methods = await here.alice.submit_modal(form, {"quantity": "2"})
        assert "$19.98" in said(methods)
        (choose, _) = custom_ids(page(methods).components)
        assert choose.startswith("nc:shop:method:1:2:")
        paying = await here.alice.select(page(methods), ["btc"], custom_id=choose)
        (order,) = here.orders()
        assert (order.customer_id, order.quantity, order.total_minor, order.method) == (here.alice.id, 2, 1998, "btc")
        for told in (order.id, order.pay_address, "$19.98"):
            assert told in said(paying)
        assert f"nc:order:submit_proof:{order.id}" in custom_ids(page(paying).components)


async def test_all_pages_are_one_message_that_only_the_customer_sees(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        paying = await here.alice.select(page(methods), ["ltc"])
        shown = [message for message in here.channels["shop"].history(viewer=here.alice) if message.flags.ephemeral]
        assert [message.id for message in shown] == [page(paying).id]
        assert not [message for message in here.channels["shop"].history(viewer=here.bob) if message.flags.ephemeral]


@pytest.mark.parametrize("method", ["paypal", "btc", "ltc", "usdt", "sol", "eth"])
async def test_every_way_to_pay(town: Opening, method: str) -> None:
    async with town() as here:
        order = await here.order(here.alice, method)
        assert order.method == method
        assert order.pay_address == here.shop.addresses[PaymentMethod(order.method)].address


async def test_a_checkout_pressed_twice_is_one_order(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        heard = here.next_interaction()
        first = await here.alice.select(page(methods), ["btc"])
        # Her screen still shows the choice when she presses again.
        product = order_lookups.product(here.shop, 1)
        await show(await heard, checkout.method_page(product, 1, offered(here.shop).values()))
        again = await here.alice.select(page(first), ["eth"])
        (order,) = here.orders()
        assert order.method == "btc"
        assert order.pay_address in said(again)


async def test_two_visits_are_two_orders(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        await here.order(here.alice)
        await here.order(here.bob)
        assert [order.customer_id for order in here.orders()] == [here.alice.id, here.alice.id, here.bob.id]


@pytest.mark.parametrize("typed", ["0", "-1", "1e9", "abc", "1.5", "²", " "])
async def test_a_quantity_that_is_none(town: Opening, typed: str) -> None:
    async with town() as here:
        answer = await here.to_methods(here.alice, quantity=typed)
        assert "is not a quantity I can use" in said(answer)
        assert here.orders() == []


async def test_after_a_wrong_quantity_the_page_can_still_be_used(town: Opening) -> None:
    async with town() as here:
        product = await here.to_product(here.alice)
        form = await here.alice.click(page(product), custom_id="nc:shop:buy:1")
        await here.alice.submit_modal(form, {"quantity": "abc"})
        again = await here.alice.click(page(product), custom_id="nc:shop:buy:1")
        assert "$9.99" in said(await here.alice.submit_modal(again, {"quantity": "1"}))


@pytest.mark.parametrize("typed", ["999", "1001", "9999"])
async def test_more_than_one_order_may_hold(town: Opening, typed: str) -> None:
    async with town() as here:
        answer = await here.to_methods(here.alice, quantity=typed)
        assert "You can order 10 of Game key at most" in said(answer)
        assert here.orders() == []


async def test_the_last_ones_went_to_someone_else_meanwhile(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.bob)
        await here.order(here.alice, quantity="3")
        answer = await here.bob.select(page(methods), ["btc"])
        assert "sold out" in said(answer)
        assert len(here.orders()) == 1


async def test_a_price_that_changed_after_the_page_is_shown_before_it_is_ordered(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice, quantity="2")
        await _edit(here, price="12")
        shown = await here.alice.select(page(methods), ["btc"])
        assert "has just changed, so nothing was ordered" in said(shown)
        assert "2 × Game key\n### Total $24.00" in said(shown)
        assert page(shown).id == page(methods).id
        assert here.orders() == []
        paying = await here.alice.select(page(shown), ["btc"])
        (order,) = here.orders()
        assert (order.quantity, order.total_minor) == (2, 2400)
        assert "$24.00" in said(paying)


async def test_a_double_press_answers_with_the_order_though_the_price_changed_in_between(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        seen = order_lookups.product(here.shop, 1)
        heard = here.next_interaction()
        first = await here.alice.select(page(methods), ["btc"])
        await _edit(here, price="12")
        # Her screen still shows the old page when she presses again.
        await show(await heard, checkout.method_page(seen, 1, offered(here.shop).values()))
        again = await here.alice.select(page(first), ["btc"])
        (order,) = here.orders()
        assert order.total_minor == 999
        assert order.pay_address in said(again)


@pytest.mark.parametrize("custom_id", ["nc:shop:method:1:1", "nc:shop:method:1:1:more"])
async def test_a_message_from_before_pages_carried_what_they_said_still_orders(town: Opening, custom_id: str) -> None:
    async with town() as here:
        old = await _post_methods(here, custom_id)
        await _edit(here, price="12")
        await here.alice.select(old, ["btc"])
        (order,) = here.orders()
        assert order.total_minor == 1200


async def test_a_forged_page_is_just_a_changed_one(town: Opening) -> None:
    async with town() as here:
        shown = await here.alice.select(await _post_methods(here, "nc:shop:method:1:1:0123456789"), ["btc"])
        assert "has just changed" in said(shown)
        assert here.orders() == []


async def test_a_product_that_was_removed_while_its_page_was_open(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        await _edit(here, price="12")
        products.remove(here.shop, OWNER, 1)
        assert "not on sale any more" in said(await here.alice.select(page(methods), ["btc"]))
        assert here.orders() == []


async def _edit(here: Town, price: str) -> None:
    form = await here.olga.slash(here.channels["staff"], "product edit", product="1")
    shown = await here.olga.submit_modal(form, filled(name="Game key", price=price))
    await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")


async def _post_methods(here: Town, custom_id: str) -> discord.Message:
    channel = here.bot.get_channel(here.channels["shop"].id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(window.select(custom_id, "How?", [discord.SelectOption(label="Bitcoin", value="btc")]))
    return await channel.send(view=view)


async def test_a_product_that_was_removed(town: Opening) -> None:
    async with town() as here:
        assert "not on sale any more" in said(await here.press(here.alice, "nc:shop:buy:999"))
        answer = await here.press(here.alice, "nc:shop:shelf:999:0")
        assert "Nothing is on sale there any more" in said(answer)


async def test_a_full_shop_is_leafed_through(town: Opening, shop: Shop, make_product: ProductMaker) -> None:
    for number in range(30):
        make_product(ProductKind.unlimited, name=f"Guide {number:02}")
    async with town() as here:
        shelf = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        assert len(_options(page(shelf).components)) == 25
        more = await here.alice.click(page(shelf), custom_id="nc:shop:shelf:1:1")
        assert len(_options(page(more).components)) == 6
        everything = await here.alice.click(page(more), custom_id="nc:shop:categories:0")
        assert _options(page(everything).components) == ["1"]


async def test_the_panel_stays_as_it_is_when_one_person_leafs_on(
    town: Opening, shop: Shop, make_product: ProductMaker
) -> None:
    for number in range(27):
        _product_in(shop, f"Category {number:02}")
    async with town() as here:
        before = text_of([part.to_dict() for part in here.panel.components])  # type: ignore[misc]
        more = await here.alice.click(here.panel, custom_id="nc:shop:categories:1")
        assert len(_options(page(more).components)) == 3
        assert text_of([part.to_dict() for part in here.panel.components]) == before  # type: ignore[misc]


def _product_in(shop: Shop, category: str) -> None:
    draft = offers.NewProduct(category, f"Thing of {category}", "A thing.", ProductKind.unlimited, 100)
    offers.add_product(shop, OWNER, draft)


def _options(components: list[dict[str, object]]) -> list[str]:
    return [option["value"] for one in walk(components) for option in one.get("options", ())]
