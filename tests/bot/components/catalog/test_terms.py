"""The shop's terms on the way to an order: read with one press, accepted in the form, asked again once they changed."""

from typing import Any

import discord

from novacore.bot.lookups import orders as order_lookups
from novacore.messages.catalog import waiting_list, window
from novacore.messages.kit.layout import box
from novacore.states.texts import ShopText
from novacore.workflows.texts import saving
from tests.bot.components.catalog.test_shop import _edit as change
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said, walk
from tests.fixtures.shops import OWNER
from tests.workflows.discount_codes import add
from tests.workflows.texts.test_texts import written

FIRST, SECOND = "No refunds. *Ever.*", "No refunds after a week."


def save(here: Town, words: str = FIRST) -> int:
    """The owner saves terms."""
    return saving.save(here.shop, OWNER, written(here.shop, words, ShopText.terms)).version


async def fill(here: Town, shown: Any, **answers: object) -> Any:
    """Let Alice press Buy on a product's page and send the form."""
    form = await here.alice.click(page(shown), custom_id="nc:shop:buy:1")
    return await here.alice.submit_modal(form, {"quantity": "2", **answers})


def fields(result: Any) -> list[dict[str, Any]]:
    """Return the fields of an open form."""
    return [one["component"] for one in result.modal["components"]]


async def test_without_terms_nothing_is_different(town: Opening) -> None:
    async with town() as here:
        shown = await here.to_product(here.alice)
        assert not [one for one in custom_ids(page(shown).components) if "terms" in one]
        form = await here.alice.click(page(shown), custom_id="nc:shop:buy:1")
        assert form.modal is not None
        assert form.modal["custom_id"] == "nc:shop:buy:1"
        assert "terms" not in [one["custom_id"] for one in fields(form)]
        methods = await here.alice.submit_modal(form, {"quantity": "1"})
        paying = await here.alice.select(page(methods), ["btc"])
        assert "terms" not in said(paying)
        assert here.orders()[0].terms_version is None


async def test_read_accepted_and_kept_with_the_order(town: Opening) -> None:
    async with town() as here:
        save(here)
        shown = await here.to_product(here.alice)
        read = await here.alice.click(page(shown), custom_id="nc:shop:terms:1")
        for told in ("## 📜 Our terms", FIRST, "Version 1, in force since"):
            assert told in said(read)
        methods = await fill(here, shown, terms=True)
        paying = await here.alice.select(page(methods), ["btc"])
        assert "You accepted our terms, version 1." in said(paying)
        (order,) = here.orders()
        assert (order.quantity, order.terms_version) == (2, 1)
        save(here, SECOND)
        details = await here.sam.slash(here.channels["staff"], "details", order_id=order.id)
        assert "accepted our terms, version 1 of" in said(details)
        then = await here.sam.click(page(details), custom_id="nc:shop:terms:1")
        assert FIRST in said(then)
        assert "not our terms any more" in said(then)
        assert SECOND in said(await here.sam.click(page(then), custom_id="nc:shop:terms:2"))


async def test_they_can_be_read_on_every_way_to_the_form(town: Opening) -> None:
    async with town() as here:
        version = save(here)
        assert f"nc:shop:terms:{version}" in custom_ids(page(await here.press(here.alice, "nc:shop:look:1")).components)
        product = order_lookups.product(here.shop, 1)
        told = waiting_list.back_in_stock(product, version).view.to_components()  # type: ignore[no-untyped-call]
        assert custom_ids(told) == ["nc:shop:buy:1", f"nc:shop:terms:{version}"]
        plain = waiting_list.back_in_stock(product).view.to_components()  # type: ignore[no-untyped-call]
        assert custom_ids(plain) == ["nc:shop:buy:1"]


async def test_an_unticked_box_keeps_quantity_and_code_and_the_form_is_one_press_away(town: Opening) -> None:
    async with town() as here:
        add(here.shop)
        save(here)
        shown = await here.to_product(here.alice)
        refused = await fill(here, shown, code="summer")
        assert "tick the box in the form if you accept them" in said(refused)
        assert here.orders() == []
        assert "nc:shop:terms:1" in custom_ids(page(refused).components)
        form = await here.alice.click(page(refused), custom_id="nc:shop:change:1:2:SUMMER")
        values = {one["custom_id"]: one.get("value") for one in fields(form)}
        assert (values["quantity"], values["code"]) == ("2", "SUMMER")
        methods = await here.alice.submit_modal(form, {"quantity": "2", "code": "SUMMER", "terms": True})
        await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert (order.quantity, order.discount_code, order.terms_version) == (2, "SUMMER", 1)


async def test_terms_that_changed_while_the_form_was_open_are_asked_about_again(town: Opening) -> None:
    async with town() as here:
        save(here)
        shown = await here.to_product(here.alice)
        form = await here.alice.click(page(shown), custom_id="nc:shop:buy:1")
        save(here, SECOND)
        refused = await here.alice.submit_modal(form, {"quantity": "2", "terms": True})
        assert "Our terms have changed" in said(refused)
        assert "nc:shop:terms:2" in custom_ids(page(refused).components)
        form = await here.alice.click(page(refused), custom_id="nc:shop:change:1:2")
        assert form.modal is not None
        assert form.modal["custom_id"] == "nc:shop:buy:1:2"
        assert "Version 2 of" in str(form.modal)


async def test_terms_that_changed_after_the_page_bind_nobody(town: Opening) -> None:
    async with town() as here:
        save(here)
        methods = await fill(here, await here.to_product(here.alice), terms=True)
        save(here, SECOND)
        refused = await here.alice.select(page(methods), ["btc"])
        assert "Our terms have changed" in said(refused)
        assert here.orders() == []
        form = await here.alice.click(page(refused), custom_id="nc:shop:change:1:2")
        methods = await here.alice.submit_modal(form, {"quantity": "2", "terms": True})
        await here.alice.select(page(methods), ["btc"])
        assert here.orders()[0].terms_version == 2


async def test_a_page_from_before_there_were_terms_asks_for_them(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        save(here)
        refused = await here.alice.select(page(methods), ["btc"])
        assert "tick the box" in said(refused)
        assert here.orders() == []


async def test_a_page_of_an_older_release_asks_for_them_as_well(town: Opening) -> None:
    async with town() as here:
        save(here)
        channel = here.bot.get_channel(here.channels["support"].id)
        options = [discord.SelectOption(label="BTC", value="btc")]
        assert isinstance(channel, discord.TextChannel)
        old = await channel.send(view=box([window.select("nc:shop:method:1:1", "How?", options)]))
        refused = await here.alice.select(old, ["btc"])
        assert "tick the box" in said(refused)
        assert here.orders() == []


async def test_a_price_that_changed_keeps_what_was_accepted(town: Opening) -> None:
    async with town() as here:
        save(here)
        methods = await fill(here, await here.to_product(here.alice), terms=True)
        await change(here, price="12")
        again = await here.alice.select(page(methods), ["btc"])
        assert "has just changed" in said(again)
        await here.alice.select(page(again), ["btc"])
        (order,) = here.orders()
        assert (order.total_minor, order.terms_version) == (2400, 1)


async def test_terms_that_were_taken_back_stand_in_nobodys_way(town: Opening) -> None:
    async with town() as here:
        version = save(here)
        methods = await fill(here, await here.to_product(here.alice), terms=True)
        saving.reset(here.shop, OWNER, ShopText.terms, version)
        await here.alice.select(page(methods), ["btc"])
        assert here.orders()[0].terms_version is None
        gone = await here.press(here.alice, "nc:shop:terms:9", channel="support")
        assert "has no such terms" in said(gone)


async def test_the_owner_writes_them_and_takes_them_back(town: Opening) -> None:
    async with town() as here:
        listed = await here.olga.slash(here.channels["staff"], "texts")
        assert "**Terms**: none yet" in said(listed)
        shown = await here.olga.select(page(listed), ["terms"], custom_id="nc:text:pick")
        assert "customers order without them" in said(shown)
        form = await here.olga.click(page(shown), custom_id="nc:text:edit:terms")
        look = await here.olga.submit_modal(form, {"words": FIRST})
        assert FIRST in said(look)
        saved = await here.olga.click(page(look), custom_id="nc:text:save:1")
        assert "has to accept them" in said(saved)
        assert "It is version 1, in force since" in said(saved)
        gone = await here.olga.click(page(saved), custom_id="nc:text:reset:terms:1")
        assert "has no terms any more" in said(gone)
        assert not [one for one in walk(page(gone).components) if "reset" in str(one.get("custom_id"))]
