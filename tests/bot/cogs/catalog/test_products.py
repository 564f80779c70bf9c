"""`/product`: the owner writes a product, looks at it as customers will, and only then it is on sale."""

import asyncio
from collections.abc import Sequence

import pytest
from discord.app_commands import AppCommand
from sqlalchemy import select

from novacore.bot import asker
from novacore.bot.components.catalog import products as components
from novacore.bot.uploads import uploads
from novacore.db.event_kinds.products import ADD_PRODUCT
from novacore.db.models import Event
from novacore.db.unit_of_work import reading
from tests.bot.conftest import Opening
from tests.bot.towns import catalogue
from tests.bot.towns.catalogue import draft_id, filled, picture_worker, products, values, wait_for, write
from tests.bot.towns.town import Town, custom_ids, page, said, walk


def allow_everybody(here: Town, commands: Sequence[AppCommand]) -> None:
    """Let Discord show a command to people for whom it is not meant."""
    for command in commands:
        here.guild.set_command_permissions(command, {here.alice: True, here.sam: True})


async def test_a_product_is_looked_at_before_it_is_saved(town: Opening) -> None:
    async with town() as here:
        shown = await write(here)
        text = said(shown)
        assert "## Sky Rush" in text
        assert "A **fast** game." in text
        assert "### $9.99" in text
        assert "Nothing is saved yet" in text
        assert "nc:shop:buy" not in str(page(shown).components)
        assert [one.name for one in products(here)] == ["Game key"]

        done = await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        assert "Sky Rush is saved" in said(done)
        assert "`/product restock`" in said(done)
        added = products(here)[-1]
        assert (added.name, added.price_minor, added.kind, added.max_quantity) == ("Sky Rush", 999, "unique", 10)
        with reading(here.shop.database) as session:
            (event,) = session.execute(select(Event).where(Event.subject_id == str(added.id))).scalars()
        assert (event.trigger, event.actor_id) == ("add_product", here.olga.id)
        assert ADD_PRODUCT.read(event.detail)["price_minor"] == 999


async def test_save_pressed_twice_is_one_product(town: Opening) -> None:
    async with town() as here:
        shown = page(await write(here))
        button = f"nc:product:save:{draft_id(here)}"
        await here.olga.click(shown, custom_id=button)
        again = await here.press(here.olga, button)
        assert "Already done: this was saved" in said(again)
        assert [one.name for one in products(here)] == ["Game key", "Sky Rush"]


async def test_a_file_of_goods_that_is_too_large_is_told_as_what_it_is(town: Opening) -> None:
    async with town() as here:
        await write(here, options={"kind": "unlimited"})
        form = await here.press(here.olga, f"nc:product:goods:{draft_id(here)}")
        answer = await here.olga.submit_modal(form, {"goods": "", "file": ("guide.txt", b"x" * 500_000)})
        assert "goods may have 100,000 characters" in said(answer)


async def test_what_is_wrong_is_told_and_what_was_typed_is_not_lost(town: Opening) -> None:
    async with town() as here:
        shown = await write(here, name="🎮🎮", price="9.999", description="x" * 4000, category="🎲")
        text = said(shown)
        for sentence in (
            "The name needs at least one letter",
            "in two ways",
            "has 4000 characters",
            "The category needs",
        ):
            assert sentence in text
        save = next(one for one in walk(page(shown).components) if "product:save" in str(one.get("custom_id")))
        assert save["disabled"]

        form = await here.olga.click(page(shown), custom_id=f"nc:product:form:{draft_id(here)}")
        assert values(form)["name"] == "🎮🎮"
        assert values(form)["price"] == "9.999"
        assert values(form)["description"] == "x" * 4000
        fixed = await here.olga.submit_modal(form, filled())
        assert "⚠️" not in said(fixed)
        forced = await here.press(here.olga, f"nc:product:save:{draft_id(here)}")
        assert "is saved" in said(forced)


async def test_a_forged_save_of_a_draft_with_slips_saves_nothing(town: Opening) -> None:
    async with town() as here:
        await write(here, price="-1")
        refused = await here.press(here.olga, f"nc:product:save:{draft_id(here)}")
        assert "is below zero" in said(refused)
        assert len(products(here)) == 1


async def test_the_name_of_a_product_is_harmless_wherever_it_stands(town: Opening) -> None:
    async with town() as here:
        await write(here, name="**@everyone** <@1> [x](https://x.example)")
        await here.press(here.olga, f"nc:product:save:{draft_id(here)}")
        shop = await here.to_product(here.alice, products(here)[-1].id)
        text = said(shop)
        assert "@everyone" not in text
        assert "<@1>" not in text
        assert "](https" not in text


async def test_a_name_that_the_category_has_is_refused_and_the_category_is_found_however_it_is_typed(
    town: Opening,
) -> None:
    async with town() as here:
        await write(here, name="  game   KEY ", category=" games")
        refused = await here.press(here.olga, f"nc:product:save:{draft_id(here)}")
        assert "There is a product" in said(refused)
        await write(here, name="Game key 2", category=" gAmEs ")
        await here.press(here.olga, f"nc:product:save:{draft_id(here)}")
        first, second = products(here)
        assert first.category_id == second.category_id


async def test_an_uploaded_picture_stands_on_the_page_and_then_in_the_shop(town: Opening) -> None:
    async with town() as here:
        with picture_worker(here):
            shown = await write(here, picture=catalogue.PICTURE)
        assert "being fetched" not in said(shown)
        assert page(shown).attachments
        await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        assert products(here)[-1].picture_id
        shop = await here.to_product(here.alice, products(here)[-1].id)
        assert page(shop).attachments


async def test_a_file_that_is_no_picture_breaks_nothing(town: Opening) -> None:
    async with town() as here:
        with picture_worker(here):
            shown = await write(here, picture=b"MZ this is a program")
        assert "No new picture: That is not a picture" in said(shown)
        await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        assert products(here)[-1].picture_id is None
        assert "Sky Rush" in said(await here.to_product(here.alice, products(here)[-1].id))


async def test_a_picture_address_inside_our_network_is_refused_on_the_page(town: Opening) -> None:
    async with town() as here:
        with picture_worker(here):
            shown = await write(here, options={"picture_url": "https://169.254.169.254/latest/meta-data"})
        assert "does not lead to a public website" in said(shown)


async def test_a_picture_that_takes_long_comes_to_the_product_after_it_was_saved(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "PICTURE_AT_MOST", 0.0)
    async with town() as here:
        shown = await write(here, picture=catalogue.PICTURE)
        assert "being fetched" in said(shown)
        looked = await here.olga.click(page(shown), custom_id=f"nc:product:look:{draft_id(here)}")
        await here.olga.click(page(looked), custom_id=f"nc:product:save:{draft_id(here)}")
        assert products(here)[-1].picture_id is None
        with picture_worker(here):
            await asyncio.to_thread(wait_for, lambda: products(here)[-1].picture_id is not None)


async def test_shared_goods_are_asked_for_and_shown_covered(town: Opening) -> None:
    async with town() as here:
        shown = await write(here, options={"kind": "unlimited", "goods_type": "guide"})
        assert "Press **Goods**" in said(shown)
        form = await here.olga.click(page(shown), custom_id=f"nc:product:goods:{draft_id(here)}")
        broken = await here.olga.submit_modal(form, {"goods": '[{"item": "SECRET-1"'})
        assert "looks like JSON" in said(broken)
        assert "line 1, column" in said(broken)
        form = await here.olga.click(page(broken), custom_id=f"nc:product:goods:{draft_id(here)}")
        assert '[{"item": "SECRET-1"' in str(form.modal)
        understood = await here.olga.submit_modal(form, {"goods": "link: https://example.com/SECRET, 30 day warranty"})
        assert "Every buyer gets 2 items" in said(understood)
        assert "SECRET" not in said(understood)
        done = await here.olga.click(page(understood), custom_id=f"nc:product:save:{draft_id(here)}")
        assert "is saved" in said(done)


async def test_goods_typed_on_a_phone_are_the_items_that_were_meant(town: Opening) -> None:
    async with town() as here:
        shown = await write(here, options={"kind": "unlimited"})
        form = await here.olga.click(page(shown), custom_id=f"nc:product:goods:{draft_id(here)}")
        understood = await here.olga.submit_modal(form, {"goods": "[“A-1, part two”, “B-2”]"})
        assert "Every buyer gets 2 items" in said(understood)


async def test_goods_may_come_as_a_file(town: Opening) -> None:
    async with town() as here:
        shown = await write(here, options={"kind": "shared"})
        button = f"nc:product:goods:{draft_id(here)}"
        form = await here.olga.click(page(shown), custom_id=button)
        binary = await here.olga.submit_modal(form, {"file": ("goods.txt", b"\x00\x01\xff")})
        assert "not a text that I can read" in said(binary)
        for content, kind in ((b"{\\rtf1\\ansi KEY-1}", "an RTF document"), (b"<html><p>KEY-1", "a web page")):
            form = await here.olga.click(page(shown), custom_id=button)
            assert f"That file is {kind}" in said(await here.olga.submit_modal(form, {"file": ("goods.txt", content)}))
        form = await here.olga.click(page(shown), custom_id=button)
        good = await here.olga.submit_modal(form, {"file": ("goods.txt", "key: Ü-1".encode("utf-16"))})
        assert "Every buyer gets 1 item" in said(good)


async def test_an_edit_shows_what_changes_and_orders_keep_what_they_had(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        form = await here.olga.slash(here.channels["staff"], "product edit", product="1", warranty_days=7)
        present = values(form)
        assert (present["name"], present["price"], present["category"]) == ("Game key", "9.99", "Games")
        shown = await here.olga.submit_modal(form, filled(name="Game key", price="12"))
        assert "Price: $9.99 → **$12.00**" in said(shown)
        assert "Warranty in days: 30 → **7**" in said(shown)
        await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        assert "### $12.00" in said(await here.to_product(here.bob))
        assert here.orders()[0].total_minor == order.total_minor == 999
        assert here.orders()[0].warranty_days == 30


async def test_someone_else_edited_meanwhile(town: Opening) -> None:
    async with town() as here:
        staff = here.channels["staff"]
        mine = await here.olga.slash(staff, "product edit", product="1")
        shown = await here.olga.submit_modal(mine, filled(name="Game key", price="5"))
        other = await here.olga.slash(staff, "product edit", product="1")
        theirs = await here.olga.submit_modal(other, filled(name="Game key", price="7"))
        await here.olga.click(page(theirs), custom_id=f"nc:product:save:{draft_id(here)}")
        refused = await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here) - 1}")
        assert "Someone else changed this product" in said(refused)
        assert products(here)[0].price_minor == 700
        again = await here.press(here.olga, f"nc:product:form:{draft_id(here) - 1}")
        rebased = await here.olga.submit_modal(again, filled(name="Game key", price="5"))
        assert "Price: $7.00 → **$5.00**" in said(rebased)


async def test_a_product_is_removed_and_brought_back(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        asked = await here.olga.slash(here.channels["staff"], "product remove", product="1")
        assert "Remove Game key?" in said(asked)
        assert "1 unfinished order of it will go on" in said(asked)
        assert "2 units left in stock" in said(asked)
        done = await here.olga.click(page(asked), custom_id="nc:product:remove:1")
        assert "is removed" in said(done)
        assert "Already done" in said(await here.press(here.olga, "nc:product:remove:1"))
        assert "Nothing is on sale there any more" in said(await here.press(here.bob, "nc:shop:shelf:1:0"))
        shown = await here.olga.click(page(done), custom_id="nc:product:page:1")
        assert "removed" in said(shown)
        back = await here.olga.click(page(shown), custom_id="nc:product:restore:1")
        assert "on sale again" in said(back)
        assert "### $9.99" in said(await here.to_product(here.bob))


async def test_the_list_leads_to_each_product(town: Opening) -> None:
    async with town() as here:
        listed = await here.olga.slash(here.channels["staff"], "product list")
        shelf = await here.olga.select(page(listed), ["1"], custom_id="nc:product:category")
        options = next(one["options"] for one in walk(page(shelf).components) if "options" in one)
        assert options[0]["label"] == "Game key"
        assert options[0]["description"] == "$9.99 · 3 left · each code sold once"
        shown = await here.olga.select(page(shelf), ["1"], custom_id="nc:product:pick")
        assert "3 units left" in said(shown)
        form = await here.olga.click(page(shown), custom_id="nc:product:edit:1")
        assert form.modal is not None


async def test_that_discord_shows_the_commands_does_not_allow_them(town: Opening) -> None:
    async with town() as here:
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        allow_everybody(here, [*await here.bot.tree.fetch_commands(guild=guild)])
        await write(here)
        draft = draft_id(here)
        shop = here.channels["shop"]
        for who in (here.alice, here.sam):
            for command, options in (
                ("product add", {"kind": "unique"}),
                ("product edit", {"product": "1"}),
                ("product remove", {"product": "1"}),
                ("product list", {}),
            ):
                answer = await who.slash(shop, command, **options)
                assert "Only the owner can" in said(answer), command
            assert await who.autocomplete(shop, "product edit", "product", "") == []
        assert len(products(here)) == 1
        assert draft_id(here) == draft


async def test_forged_buttons_and_forms_are_the_owners_alone(town: Opening) -> None:
    async with town() as here:
        await write(here)
        draft, before = draft_id(here), len(products(here))
        for verb in (f"form:{draft}", f"goods:{draft}", f"save:{draft}", f"discard:{draft}", f"look:{draft}"):
            assert "Only the owner can" in said(await here.press(here.sam, f"nc:product:{verb}")), verb
        for verb in ("shelves:0", "shelf:1:0", "page:1", "edit:1", "ask_remove:1", "remove:1", "restore:1"):
            assert "Only the owner can" in said(await here.press(here.alice, f"nc:product:{verb}")), verb
        assert len(products(here)) == before
        assert not products(here)[0].is_deleted


async def test_a_draft_is_its_makers(town: Opening) -> None:
    async with town() as here:
        await write(here)
        draft = draft_id(here)
        thrown = await here.press(here.olga, f"nc:product:discard:{draft}")
        assert "Draft discarded" in said(thrown)
        assert "not there any more" in said(await here.press(here.olga, f"nc:product:save:{draft}"))


async def test_products_are_offered_by_name(town: Opening) -> None:
    async with town() as here:
        offered = await here.olga.autocomplete(here.channels["staff"], "product edit", "product", "KEY")
        assert [(one["name"], one["value"]) for one in offered] == [("Game key · Games", "1")]
        nonsense = await here.olga.slash(here.channels["staff"], "product edit", product="nonsense")
        assert "I can't find that product" in said(nonsense)


async def test_a_draft_lives_through_a_restart(town: Opening) -> None:
    async with town() as here:
        shown = page(await write(here))
        await here.restart()
        done = await here.olga.click(shown, custom_id=f"nc:product:save:{draft_id(here)}")
        assert "is saved" in said(done)
        assert "nc:product:page:2" in custom_ids(page(done).components)


async def test_a_form_that_comes_too_late_is_a_sentence(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as here:
        monkeypatch.setattr(asker, "FORM_SECONDS", 0.0)
        answer = await here.olga.slash(here.channels["staff"], "product edit", product="1")
        assert "The shop has a lot to do right now" in said(answer)
        monkeypatch.undo()
        assert (await here.olga.slash(here.channels["staff"], "product edit", product="1")).modal is not None


async def test_a_picture_that_is_too_large_does_not_lose_what_was_typed(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_PROOF_BYTES", 100)
    async with town() as here:
        shown = await write(here, picture=catalogue.PICTURE)
        assert "No new picture: That file is larger than 10 MiB" in said(shown)
        assert "## Sky Rush" in said(shown)
