"""`/queue` and `/details`: for staff, whoever sees them."""

import pytest

from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said

UNKNOWN = "NC-20260101-AAAAAA"


async def _allow_alice(here: Town) -> None:
    """Let Discord show her the commands of staff, as a careless owner may."""
    guild = here.bot.get_guild(here.guild.id)
    assert guild
    for command in await here.bot.tree.fetch_commands(guild=guild):
        here.guild.set_command_permissions(command, {here.alice: True})


async def test_the_queue_has_the_longest_wait_first(town: Opening) -> None:
    async with town() as here:
        first = await here.paid_order(here.alice)
        await here.env.advance_time(60)
        second = await here.paid_order(here.bob)
        answer = said(await here.sam.slash(here.channels["staff"], "queue"))
        assert answer.index(first.id) < answer.index(second.id)


async def test_the_details_have_the_story_and_the_buttons_of_the_table(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        shown = await here.sam.slash(here.channels["staff"], "details", order_id=order.id)
        assert "Game key" in said(shown)
        found = set(custom_ids(page(shown).components))
        assert {f"nc:order:{verb}:{order.id}:1" for verb in ("approve", "reject", "ask_again")} <= found


@pytest.mark.parametrize("typed", [UNKNOWN, "nonsense", "NC-"])
async def test_details_of_no_order(town: Opening, typed: str) -> None:
    async with town() as here:
        answer = await here.sam.slash(here.channels["staff"], "details", order_id=typed)
        assert "I can't find that order" in said(answer)


async def test_that_discord_shows_a_command_does_not_allow_it(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await _allow_alice(here)
        shop = here.channels["shop"]
        for answer in (
            await here.alice.slash(shop, "queue"),
            await here.alice.slash(shop, "details", order_id=order.id),
            await here.alice.slash(shop, "details", order_id=UNKNOWN),
        ):
            assert "Only staff can" in said(answer)
        assert await here.alice.autocomplete(shop, "details", "order_id", "") == []


async def test_the_newest_orders_are_offered_to_staff(town: Opening) -> None:
    async with town() as here:
        mine = await here.order(here.alice)
        await here.env.advance_time(60)
        newest = await here.order(here.bob)
        offered = await here.sam.autocomplete(here.channels["staff"], "details", "order_id", "nc-")
        assert [one["value"] for one in offered] == [newest.id, mine.id]


async def test_nothing_is_offered_when_the_database_fails(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        assert await here.sam.autocomplete(here.channels["staff"], "details", "order_id", "")
        here.lose_table("orders")
        assert await here.sam.autocomplete(here.channels["staff"], "details", "order_id", "") == []


async def test_details_find_an_order_by_what_is_known_of_it(town: Opening) -> None:
    async with town() as here:
        staff, reference = here.channels["staff"], "ab" * 32
        mine = await here.order(here.alice)
        await here.pay(here.alice, mine, reference)
        theirs = await here.order(here.bob)
        for known in (
            {"person": here.alice},
            {"transaction_id": f"https://mempool.space/tx/{reference.upper()}"},
            {"person": here.alice, "product": "1", "transaction_id": reference},
        ):
            assert f"Order `{mine.id}`" in said(await here.sam.slash(staff, "details", **known))
        several = await here.sam.slash(staff, "details", product="1")
        assert "Several do" in said(several)
        opened = await here.sam.click(page(several), custom_id=f"nc:order:details:{theirs.id}")
        assert f"Order `{theirs.id}`" in said(opened)
        nothing = await here.sam.slash(staff, "details", person=here.bob, transaction_id=reference)
        assert "No order fits that" in said(nothing)


async def test_details_want_to_know_something_and_not_too_much(town: Opening) -> None:
    async with town() as here:
        order, staff = await here.order(here.alice), here.channels["staff"]
        assert "Please say which order" in said(await here.sam.slash(staff, "details"))
        both = await here.sam.slash(staff, "details", order_id=order.id, person=here.bob)
        assert "either the id of an order" in said(both)


async def test_the_list_of_what_fits_is_turned_and_is_for_staff(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        first = said(await here.press(here.sam, f"nc:order:found:{here.alice.id}:0:0:0"))
        assert "Game key" in first
        assert "Nothing on this page" in said(await here.press(here.sam, f"nc:order:found:{here.alice.id}:0:0:7"))
        assert "Only staff can" in said(await here.press(here.alice, f"nc:order:found:{here.alice.id}:0:0:0"))
        await _allow_alice(here)
        assert "Only staff can" in said(await here.alice.slash(here.channels["shop"], "details", person=here.bob))
        assert await here.alice.autocomplete(here.channels["shop"], "details", "product", "") == []
        offered = await here.sam.autocomplete(here.channels["staff"], "details", "product", "game")
        assert [one["value"] for one in offered] == ["1"]
