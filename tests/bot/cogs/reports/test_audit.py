"""`/audit`: the owner has the books checked, and comes from each fault to its order."""

import pytest
import simcord
from sqlalchemy import update

from novacore.bot.cogs.reports import audit
from novacore.db.models import Order
from novacore.db.unit_of_work import writing
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said


async def ask(here: Town, who: simcord.MemberActor) -> simcord.InteractionResult:
    """Give the command as someone who is shown it."""
    guild = here.bot.get_guild(here.guild.id)
    assert guild
    for command in await here.bot.tree.fetch_commands(guild=guild):
        if command.name == "audit":
            here.guild.set_command_permissions(command, {who: True})
    return await who.slash(here.channels["staff"], "audit")


async def test_clean_books_are_one_line(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        assert "The books are clean" in said(await ask(here, here.olga))


async def test_a_fault_comes_with_what_to_do_and_opens_its_order(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        (order,) = here.orders()
        with writing(here.shop.database) as tx:
            tx.session.execute(update(Order).values(total_minor=1))
        answer = await ask(here, here.olga)
        assert page(answer).ephemeral
        assert "❌ **Totals**: 1 order has a total that doesn't match its units minus the discount" in said(answer)
        assert "settle the difference with the customer" in said(answer)
        opened = await here.olga.click(page(answer), label=order.id)
        assert order.id in said(opened)
        assert "Game key" in said(opened)


async def test_a_check_that_takes_long_shows_how_far_it_is(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "EVERY_SECONDS", -1.0)
    async with town() as here:
        answer = await ask(here, here.olga)
        assert "The books are clean" in said(answer), "and ends with what was found"


async def test_it_is_the_owners(town: Opening) -> None:
    async with town() as here:
        assert "Only the owner can check the books" in said(await ask(here, here.sam))
