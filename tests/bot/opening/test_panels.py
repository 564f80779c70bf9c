"""There is one panel, the newest; older ones of ours go, and nothing of anybody else's."""

import asyncio

from novacore.bot.opening import panels
from novacore.workflows.machine import cards
from novacore.workflows.machine.cards import CardKind
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, said


def _panel_ids(here: Town) -> list[int]:
    return [message.id for message in here.channels["shop"].history() if message.author.id == here.bot.user.id]  # type: ignore[union-attr]


async def test_the_panel_is_posted_and_remembered(town: Opening) -> None:
    async with town() as here:
        (posted,) = _panel_ids(here)
        (card,) = await here.bot.desk.run(cards.remembered, CardKind.panel, panels.SHOP.name)
        assert (card.channel_id, card.message_id) == (here.channels["shop"].id, posted)
        assert "Games" in said(await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category"))


async def test_a_restart_leaves_one_panel(town: Opening) -> None:
    async with town() as here:
        (first,) = _panel_ids(here)
        await here.alice.send(here.channels["shop"], "Hello?")
        await here.restart()
        (second,) = _panel_ids(here)
        assert second > first
        assert here.channels["shop"].history()[0].content == "Hello?"
        assert len(await here.bot.desk.run(cards.remembered, CardKind.panel, panels.SHOP.name)) == 1


async def test_panels_that_nobody_remembers_go_as_well(town: Opening) -> None:
    async with town() as here:
        forgotten = await here.post("shop", "nc:shop:category")
        other = await here.post("shop", "nc:ticket:open:other")
        await here.restart()
        left = _panel_ids(here)
        assert forgotten.id not in left
        assert other.id in left
        assert len(left) == 2


async def test_a_panel_in_the_channel_that_was_the_main_one_before(town: Opening) -> None:
    async with town() as here:
        here.settings = here.settings.model_copy(update={"main_channel_id": here.channels["purchases"].id})
        await here.restart()
        assert _panel_ids(here) == []
        assert here.channels["purchases"].last_message is not None


async def test_a_panel_that_someone_deleted(town: Opening) -> None:
    async with town() as here:
        await here.panel.delete()
        await here.restart()
        assert len(_panel_ids(here)) == 1


async def test_discord_refusing_for_a_moment_does_not_close_the_shop(town: Opening) -> None:
    async with town(bot_up=False) as here:
        here.env.inject_error("POST", f"/channels/{here.channels['shop'].id}/messages", status=500)
        await here.env.restart_bot(here.bot)
        assert _panel_ids(here) == []
        await asyncio.wait_for(here.bot.wait_until_open(), 1)
        await here.bot.open_shop()  # as after the next interruption
        assert len(_panel_ids(here)) == 1


async def test_ready_again_changes_nothing(town: Opening) -> None:
    async with town() as here:
        before = _panel_ids(here)
        await here.bot.on_ready()
        assert _panel_ids(here) == before


async def test_the_panel_of_tickets_is_one_too_in_its_own_channel(town: Opening) -> None:
    async with town() as here:
        forgotten = await here.post("support", panels.TICKETS.mark)
        other = await here.post("support", panels.SHOP.mark)
        (first, *_) = here.channels["support"].history()
        await here.restart()
        left = [message.id for message in here.channels["support"].history()]
        assert forgotten.id not in left
        assert first.id not in left
        assert other.id in left
        assert len(left) == 2
        (card,) = await here.bot.desk.run(cards.remembered, CardKind.panel, panels.TICKETS.name)
        assert card.message_id == left[-1]
