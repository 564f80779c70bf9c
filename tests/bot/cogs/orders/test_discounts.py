"""`/discount` from the owner's command to the customer's receipt, and every way in which a code can be wrong."""

import pytest
from simcord import InteractionResult

from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.workflows import discount_codes


async def add(here: Town, code: str, **options: object) -> InteractionResult:
    """Let the owner add a code."""
    return await here.olga.slash(here.channels["staff"], "discount add", code=code, **options)


async def test_the_owner_adds_a_code_and_a_customer_buys_with_it(town: Opening) -> None:
    async with town() as here:
        added = said(await add(here, "summer-10", percent=10, uses=5, per_person=1))
        assert "SUMMER-10 is saved" in added
        assert "10% off everything, 5 times in all, once per person\nGood until you end it" in added
        methods = await here.to_methods(here.alice, quantity="2", code=" Summer-10 ")
        assert "2 × Game key\nPrice $19.98\n🏷️ SUMMER-10 (10% off): -$2.00\n### Total $17.98" in said(methods)
        paying = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert (order.total_minor, order.discount_minor, order.discount_code) == (1798, 200, "SUMMER-10")
        assert "Pay $17.98" in said(paying)
        assert "🏷️ $2.00 off: SUMMER-10 (10% off)" in said(paying)
        await here.pay(here.alice, order)
        await here.decide(here.sam, "approve", order)
        story = said(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert "**$17.98** by" in story
        assert "SUMMER-10 (10% off)" in story
        listed = said(await here.olga.slash(here.channels["staff"], "discount list"))
        assert "used once, 4 of 5 left · brought $17.98, took off $2.00" in listed


async def test_a_wrong_code_is_a_sentence_and_the_form_keeps_what_was_typed(town: Opening) -> None:
    async with town() as here:
        await add(here, "SUMMER", amount="1.50")
        wrong = await here.to_methods(here.alice, quantity="2", code="sumer")
        assert "We don't know the code `sumer`" in said(wrong)
        (change, _) = custom_ids(page(wrong).components)
        assert change == "nc:shop:change:1:2:SUMER"
        form = await here.alice.click(page(wrong), custom_id=change)
        assert filled_in(form) == {"quantity": "2", "code": "SUMER"}
        methods = await here.alice.submit_modal(form, {"quantity": "2", "code": "SUMMER"})
        assert "### Total $18.48" in said(methods)
        (_, change, _) = custom_ids(page(methods).components)
        assert change == "nc:shop:change:1:2:SUMMER"
        assert here.orders() == []


async def test_a_wrong_quantity_keeps_the_code(town: Opening) -> None:
    async with town() as here:
        await add(here, "SUMMER", percent=10)
        for typed in ("many", "999"):
            wrong = await here.to_methods(here.alice, quantity=typed, code="summer")
            assert "quantity I can use" in said(wrong) or "10 of Game key at most" in said(wrong)
            assert custom_ids(page(wrong).components)[0].endswith(":SUMMER")


@pytest.mark.parametrize("code", [":::", "a:b", "❤️" * 9, "x" * 40, "ß" * 40, "nc:shop:buy:1", "MORE", "𝐀" * 20])
async def test_whatever_is_typed_as_a_code_gets_an_answer(town: Opening, code: str) -> None:
    async with town() as here:
        wrong = await here.to_methods(here.alice, code=code)
        assert "We don't know the code" in said(wrong)
        (change, _) = custom_ids(page(wrong).components)
        assert filled_in(await here.alice.click(page(wrong), custom_id=change))["quantity"] == "1"


def filled_in(form: InteractionResult) -> dict[str, str]:
    """Return what stands in a form, by the names of its fields."""
    assert form.modal is not None
    fields = [part["component"] for part in form.modal["components"]]
    return {str(one["custom_id"]): str(one.get("value", "")) for one in fields}


async def test_a_code_that_ends_before_the_press_orders_nothing_and_says_the_new_total(town: Opening) -> None:
    async with town() as here:
        await add(here, "SUMMER", percent=10)
        methods = await here.to_methods(here.alice, quantity="2", code="SUMMER")
        ended = await here.olga.slash(here.channels["staff"], "discount end", code="summer")
        assert "the code SUMMER has ended" in said(ended)
        shown = await here.alice.select(page(methods), ["btc"])
        assert "SUMMER has ended. So nothing was ordered: without the code your order comes to $19.98." in said(shown)
        assert "### Total $19.98" in said(shown)
        assert here.orders() == []
        await here.alice.select(page(shown), ["btc"])
        (order,) = here.orders()
        assert (order.total_minor, order.discount_minor, order.discount_code) == (1998, 0, None)


async def test_a_code_that_gives_something_else_by_now_is_shown_before_it_is_ordered(town: Opening) -> None:
    async with town() as here:
        await add(here, "SUMMER", percent=10)
        methods = await here.to_methods(here.alice, code="SUMMER")
        await here.olga.slash(here.channels["staff"], "discount end", code="SUMMER")
        await add(here, "SUMMER", percent=20)
        shown = await here.alice.select(page(methods), ["btc"])
        assert "has just changed, so nothing was ordered" in said(shown)
        assert "SUMMER (20% off): -$2.00" in said(shown)
        assert here.orders() == []


async def test_only_the_owner_keeps_codes(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        for command, options in (
            ("discount add", {"code": "FREE", "percent": 99}),
            ("discount end", {"code": "FREE"}),
            ("discount include", {"code": "FREE", "product": "1"}),
            ("discount list", {}),
        ):
            assert "Only the owner can" in said(await here.sam.slash(here.channels["staff"], command, **options))
        assert "There are no discount codes" in said(await here.olga.slash(here.channels["staff"], "discount list"))


async def test_the_owner_gives_something_off_by_quantity(town: Opening) -> None:
    async with town() as here:
        staff = here.channels["staff"]
        done = said(await here.olga.slash(staff, "discount steps", product="1", steps="2: 10%"))
        assert "Game key gives 10% off 2 or more" in done
        assert "🏷️ 10% off 2 or more" in said(await here.to_product(here.alice))
        await add(here, "SUMMER", amount="0.50")
        methods = await here.to_methods(here.alice, quantity="2", code="SUMMER")
        assert "Price $19.98\n🏷️ 10% off 2 or more: -$2.00\n### Total $17.98" in said(methods)
        assert "The code SUMMER would take $0.50 off. You get $2.00 off for ordering so many" in said(methods)
        await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert (order.total_minor, order.discount_label, order.discount_code) == (1798, "10% off 2 or more", None)
        taken = said(await here.olga.slash(staff, "discount steps", product="1"))
        assert "costs the same however many are ordered" in taken


async def test_a_code_is_for_one_product_and_then_for_a_category_as_picked_from_what_is_offered(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        staff = here.channels["staff"]
        (product,) = await here.olga.autocomplete(staff, "discount add", "product", "game")
        added = said(await add(here, "SUMMER", percent=10, product=product["value"]))
        assert "10% off Game key" in added
        (category,) = await here.olga.autocomplete(staff, "discount include", "category", "GAM")
        assert category["name"] == "Games"
        (code,) = await here.olga.autocomplete(staff, "discount include", "code", "sum")
        wider = await here.olga.slash(staff, "discount include", code=code["value"], category=category["value"])
        assert "10% off Games and Game key" in said(wider)
        for option, typed in (("product", "game"), ("category", "gam")):
            assert await here.sam.autocomplete(staff, "discount add", option, typed) == []
        assert await here.sam.autocomplete(staff, "discount end", "code", "sum") == []
        wrong = await here.olga.slash(staff, "discount include", code="SUMMER", category="Games")
        assert "pick one of those that are offered" in said(wrong)


async def test_many_codes_are_leafed_through_by_the_owner_alone(town: Opening) -> None:
    async with town() as here:
        for number in range(7):
            discount_codes.add(here.shop, f"CODE-{number}")
        first = await here.olga.slash(here.channels["staff"], "discount list")
        assert "7 codes" in said(first)
        assert "CODE-0" not in said(first)
        more = await here.olga.click(page(first), custom_id="nc:discount:list:1")
        assert "**CODE-0**" in said(more)
        assert page(more).id == page(first).id
        assert "Only the owner can look at the discount codes" in said(await here.press(here.sam, "nc:discount:list:0"))
