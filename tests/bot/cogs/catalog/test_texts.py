"""`/texts`: the shop in its owner's words, from the list to what customers read."""

from typing import Any

from novacore.states.texts import ShopText
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said, walk

OWN = "Keys, *cheap* and fast. @everyone <@&123> {ways}"


async def pick(here: Town, key: ShopText) -> Any:
    """Let Olga open the page of one text."""
    listed = await here.olga.slash(here.channels["staff"], "texts")
    return await here.olga.select(page(listed), [key.value], custom_id="nc:text:pick")


async def write(here: Town, key: ShopText, words: str) -> Any:
    """Let Olga type one text; the answer is the look at it."""
    shown = await pick(here, key)
    form = await here.olga.click(page(shown), custom_id=f"nc:text:edit:{key}")
    return await here.olga.submit_modal(form, {"words": words})


async def test_the_panel_in_own_words_and_back(town: Opening) -> None:
    async with town() as here:
        look = await write(here, ShopText.panel, OWN)
        assert "Keys, *cheap* and fast. @\u200beveryone <\u200b@&123> {ways}" in said(look)
        assert "Nothing is saved yet" in said(look)
        panel = said(await here.alice.slash(here.channels["shop"], "shop"))
        assert "Digital goods, delivered to your DMs." in panel

        saved = await here.olga.click(page(look), custom_id="nc:text:save:1")
        assert "✅ Saved" in said(saved)
        panel = said(await here.alice.slash(here.channels["shop"], "shop"))
        assert "Keys, *cheap* and fast." in panel
        assert "Digital goods, delivered to your DMs." not in panel

        back = await here.olga.click(page(saved), custom_id="nc:text:reset:panel:1")
        assert "its own words again" in said(back)
        assert "nc:text:reset" not in str(custom_ids(page(back).components))
        assert "Digital goods" in said(await here.alice.slash(here.channels["shop"], "shop"))


async def test_the_look_is_what_customers_get_with_buttons_that_rest(town: Opening) -> None:
    async with town() as here:
        look = await write(here, ShopText.how_it_works, "Just pay by {ways}.")
        assert "Just pay by PayPal or crypto." in said(look)
        seen = [one for one in walk(page(look).components) if str(one.get("custom_id", "")).startswith("nc:shop:")]
        assert len(seen) == 2
        assert all(one["disabled"] for one in seen)


async def test_what_is_too_long_comes_back_in_the_form(town: Opening) -> None:
    async with town() as here:
        words = "long " * 300
        look = await write(here, ShopText.after_payment, words)
        assert "1499 characters; the limit is 1000" in said(look)
        (save,) = (one for one in walk(page(look).components) if one.get("custom_id") == "nc:text:save:1")
        assert save["disabled"]
        form = await here.olga.click(page(look), custom_id="nc:text:form:1")
        assert form.modal is not None
        assert form.modal["components"][0]["component"]["value"] == words
        look = await here.olga.submit_modal(form, {"words": "We look at it soon."})
        await here.olga.click(page(look), custom_id="nc:text:save:1")
        paid = await here.pay(here.alice, await here.order(here.alice))
        assert "We look at it soon." in said(paid)
        assert "we have your proof" not in said(paid)


async def test_the_slower_of_two_owners_reads_what_stands(town: Opening) -> None:
    async with town() as here:
        mine = await write(here, ShopText.vouch, "Mine: {bought}")
        theirs = await write(here, ShopText.vouch, "Theirs: {bought}")
        await here.olga.click(page(theirs), custom_id="nc:text:save:2")
        again = await here.olga.click(page(mine), custom_id="nc:text:save:1")
        for told in ("Mine: 2 × Game key", "Someone else has changed this text", "> Theirs: {bought}"):
            assert told in said(again)
        assert "✅ Saved" in said(await here.olga.click(page(again), custom_id="nc:text:save:1"))


async def test_customers_and_staff_change_nothing(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        await write(here, ShopText.panel, OWN)
        assert "Only the owner can" in said(await here.sam.slash(here.channels["staff"], "texts"))
        for one in ("list:0", "edit:panel", "form:1", "save:1", "discard:1", "reset:panel:1"):
            assert "Only the owner can" in said(await here.press(here.alice, f"nc:text:{one}", channel="support")), one
