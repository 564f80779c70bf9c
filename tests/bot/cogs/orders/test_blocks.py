"""`/block`, `/unblock` and `/blocks`: for staff; a blocked person hears it when they want to buy."""

import re

from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders.blocking import blocks
from tests.bot.conftest import Opening
from tests.bot.towns.town import custom_ids, page, said


async def test_staff_block_someone_who_then_cannot_buy_until_they_are_unblocked(town: Opening) -> None:
    async with town() as here:
        staff = here.channels["staff"]
        answer = await here.sam.slash(staff, "block", person=here.alice, reason="Charged back.", until="7")
        assert re.search(r"Done: alice can't order until <t:\d+:f>\. Orders", said(answer)), said(answer)
        listed = said(await here.sue.slash(staff, "blocks"))
        assert "1 person can't order" in listed
        assert f"<@{here.alice.id}> (alice)" in listed
        assert "Charged back." in listed
        refused = said(await here.to_methods(here.alice))
        assert "You can't order here until" in refused
        assert "Charged back" not in refused
        assert here.orders() == []
        assert "can order again" in said(await here.sam.slash(staff, "unblock", person=here.alice))
        assert "Already done" in said(await here.sam.slash(staff, "unblock", person=here.alice))
        await here.order(here.alice)
        assert len(here.orders()) == 1


async def test_whoever_was_choosing_how_to_pay_is_refused_as_well(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        await here.sam.slash(here.channels["staff"], "block", person=here.alice, reason="No.", until="2")
        answer = await here.alice.select(page(methods), ["btc"])
        assert "You can't order here until" in said(answer)
        assert here.orders() == []


async def test_nobody_blocks_staff_or_the_owner(town: Opening) -> None:
    async with town() as here:
        for target in (here.sue, here.olga, here.sam):
            answer = await here.sam.slash(here.channels["staff"], "block", person=target, reason="No.", until="2")
            assert "Staff and the owner can't be blocked" in said(answer)


async def test_the_list_is_for_staff_and_has_pages(town: Opening) -> None:
    async with town() as here:
        for number in range(12):
            blocks.block(here.shop, Actor(1, "sam", is_staff=True), Actor(7000 + number, "x"), "No.", "5")
        first = page(await here.sam.slash(here.channels["staff"], "blocks"))
        assert custom_ids(first.components) == ["nc:person:blocks:1"]
        assert "<@7011>" in said(await here.sam.click(first, custom_id="nc:person:blocks:1"))
        assert "Only staff can look at the blocks" in said(await here.press(here.alice, "nc:person:blocks:0"))
