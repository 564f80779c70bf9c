"""`/staff`: for the owner, and for nobody else whoever sees the command."""

from tests.bot.conftest import Opening
from tests.bot.towns.town import said


async def test_the_owner_sees_who_decided(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.env.advance_time(120)
        await here.decide(here.sam, "approve", order)
        shown = said(await here.olga.slash(here.channels["staff"], "staff"))
        assert "Last 7 days" in shown
        assert "**sam**\n🔎 1 decision, median 2 min" in shown
        empty = said(await here.olga.slash(here.channels["staff"], "staff", period="yesterday"))
        assert "Nobody decided on an order" in empty
        wrong = said(await here.olga.slash(here.channels["staff"], "staff", **{"from": "soon"}))
        assert "is not a date I can read" in wrong


async def test_staff_and_customers_are_refused_even_where_they_see_it(town: Opening) -> None:
    async with town() as here:
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        (command,) = [one for one in await here.bot.tree.fetch_commands(guild=guild) if one.name == "staff"]
        here.guild.set_command_permissions(command, {here.alice: True, here.sam: True})
        for who in (here.alice, here.sam):
            assert "Only the owner can see the figures" in said(await who.slash(here.channels["shop"], "staff"))
