"""`/vouch hide`: for staff, whoever sees it."""

from novacore.db.models import Order, Vouch
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import vouches
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, said


async def vouched(here: Town) -> Order:
    """Let Alice buy something and say what she thinks of it."""
    order = await here.paid_order(here.alice)
    await here.decide(here.sam, "approve", order)
    await here.press(here.alice, f"nc:order:reveal:{order.id}")
    vouches.write(here.shop, Actor(here.alice.id, "alice"), order.id, "1", "Rude words.")
    return order


def hidden_because(here: Town, order: Order) -> str | None:
    """Read why a vouch is hidden."""
    with reading(here.shop.database) as session:
        return session.get_one(Vouch, order.id).hidden_reason


async def test_staff_hide_a_vouch(town: Opening) -> None:
    async with town() as here:
        order = await vouched(here)
        staff = here.channels["staff"]
        answer = await here.sam.slash(staff, "vouch hide", order_id=f" {order.id.lower()}", reason="It insults us.")
        assert f"Done: the vouch for `{order.id}`" in said(answer)
        assert hidden_because(here, order) == "It insults us."
        again = await here.sue.slash(staff, "vouch hide", order_id=order.id, reason="Again.")
        assert "Already done" in said(again)


async def test_that_discord_shows_the_command_does_not_allow_it(town: Opening) -> None:
    async with town() as here:
        order = await vouched(here)
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        for command in await here.bot.tree.fetch_commands(guild=guild):
            here.guild.set_command_permissions(command, {here.alice: True, here.bob: True})
        shop = here.channels["shop"]
        mine = await here.alice.slash(shop, "vouch hide", order_id=order.id, reason="Mine.")
        assert "Only staff can hide a vouch" in said(mine)
        anothers = await here.bob.slash(shop, "vouch hide", order_id=order.id, reason="Why not.")
        assert "I can't find that order" in said(anothers)
        assert hidden_because(here, order) is None
        assert await here.alice.autocomplete(shop, "vouch hide", "order_id", "") == []


async def test_an_order_without_a_vouch_and_no_order(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        staff = here.channels["staff"]
        none = await here.sam.slash(staff, "vouch hide", order_id=order.id, reason="Because.")
        assert "Nobody has written a vouch" in said(none)
        nonsense = await here.sam.slash(staff, "vouch hide", order_id="nonsense", reason="Because.")
        assert "I can't find that order" in said(nonsense)


async def test_orders_with_a_vouch_are_offered_until_it_is_hidden(town: Opening) -> None:
    async with town() as here:
        order = await vouched(here)
        await here.paid_order(here.bob)
        staff = here.channels["staff"]
        offered = await here.sam.autocomplete(staff, "vouch hide", "order_id", "nc-")
        assert [one["value"] for one in offered] == [order.id]
        await here.sam.slash(staff, "vouch hide", order_id=order.id, reason="It insults us.")
        assert await here.sam.autocomplete(staff, "vouch hide", "order_id", "") == []
