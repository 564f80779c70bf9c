"""A role as the owner chooses it for a product, and what is heard of people and roles in the server."""

from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord import RoleHandle
from sqlalchemy import select, update

from novacore.db.models import Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.orders.delivered import roles
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import draft_id, products, write
from tests.bot.towns.town import Town, page, said


async def choose(here: Town, role: RoleHandle | None, days: str = "") -> Any:
    """Let Olga fill in the form of the newest draft."""
    form = await here.press(here.olga, f"nc:product:role:{draft_id(here)}")
    return await here.olga.submit_modal(form, {"role": [role] if role else [], "days": days})


def jobs(here: Town, name: str) -> list[Job]:
    """The jobs of this name."""
    with reading(here.shop.database) as session:
        return [*session.execute(select(Job).where(Job.name == name)).scalars()]


async def test_a_role_for_thirty_days_is_sold(town: Opening) -> None:
    async with town() as here:
        club = here.guild.create_role("Club")
        await write(here, options={"kind": "unlimited"})
        shown = await choose(here, club, "30")
        assert "The role **Club** for 30 days" in said(shown)
        await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        sold = products(here)[-1]
        assert (sold.role_id, sold.role_name, sold.role_days) == (club.id, "Club", 30)
        assert "The role **Club** for 30 days" in said(await here.to_product(here.alice, sold.id))
        order = await here.order(here.alice, product=sold.id)
        assert order.role == sold.role
        await here.pay(here.alice, order)
        assert "The role **Club** for 30 days" in said(
            await here.sam.slash(here.channels["staff"], "details", order_id=order.id)
        )
        await here.decide(here.sam, "approve", order)
        assert "With it comes the role **Club**" in said(await here.press(here.alice, f"nc:order:reveal:{order.id}"))
        assert [one.subject_id for one in jobs(here, "settle_role")] == [order.id]


async def test_the_form_shows_what_was_chosen_and_nothing_takes_it_away(town: Opening) -> None:
    async with town() as here:
        club = here.guild.create_role("Club")
        await write(here, options={"kind": "unlimited"})
        await choose(here, club)
        form = await here.press(here.olga, f"nc:product:role:{draft_id(here)}")
        assert form.modal is not None
        (select_,) = [one["component"] for one in form.modal["components"] if one["component"]["custom_id"] == "role"]
        assert [str(one["id"]) for one in select_["default_values"]] == [str(club.id)]
        assert "for ever" in said(await choose(here, club))
        assert "Club" not in said(await choose(here, None))


@pytest.mark.parametrize(
    ("bits", "said_"),
    [
        ({"administrator": True}, "Administrator"),
        ({"manage_messages": True}, "Manage Messages"),
        ({"mention_everyone": True}, "Mention Everyone"),
        ({"view_guild_insights": True}, "View Guild Insights"),
    ],
)
async def test_power_is_not_for_sale(town: Opening, bits: dict[str, bool], said_: str) -> None:
    async with town() as here:
        power = here.guild.create_role("Power", permissions=discord.Permissions(**bits))
        await write(here, options={"kind": "unlimited"})
        refused = said(await choose(here, power))
        assert said_ in refused
        assert "Nothing has changed" in refused


async def test_the_shops_own_roles_and_everybodys_are_not_for_sale(town: Opening) -> None:
    async with town() as here:
        await write(here, options={"kind": "unlimited"})
        assert "one of the shop's own roles" in said(await choose(here, here.roles["Customer"]))
        everybody = here.guild.roles["@everyone"]
        assert "Everybody has that role" in said(await choose(here, everybody))
        for name in ("Staff", "Owner"):
            assert "Nothing has changed" in said(await choose(here, here.roles[name]))


@pytest.mark.parametrize("days", ["0", "-1", "x", "3651", "99999", "1.5"])
async def test_days_that_are_none_are_refused(town: Opening, days: str) -> None:
    async with town() as here:
        club = here.guild.create_role("Club")
        await write(here, options={"kind": "unlimited"})
        typed = days[:4]
        assert "from 1 to 3650" in said(await choose(here, club, typed))
        assert "chose no role" in said(await choose(here, None, "30"))


async def sell(here: Town, club: RoleHandle) -> Order:
    """Sell the role to Alice, who has looked at her goods."""
    await write(here, options={"kind": "unlimited"})
    shown = await choose(here, club)
    await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
    order = await here.order(here.alice, product=products(here)[-1].id)
    await here.pay(here.alice, order)
    await here.decide(here.sam, "approve", order)
    await here.press(here.alice, f"nc:order:reveal:{order.id}")
    return order


async def test_a_role_that_is_put_right_is_tried_again_at_once(town: Opening) -> None:
    async with town() as here:
        club = here.guild.create_role("Club")
        order = await sell(here, club)
        with writing(here.shop.database) as tx:
            later = {"at_once": False, "due_at": tx.now + timedelta(hours=1)}
            tx.session.execute(update(Job).where(Job.name == "settle_role").values(later))
        roles.note_refused(here.shop, order, "It stands too high.")
        guild = here.bot.get_guild(here.guild.id)
        known = guild.get_role(club.id) if guild else None
        assert known is not None
        await known.edit(name="The club")
        await here.env.settle()
        assert [one.at_once for one in jobs(here, "settle_role")] == [False], "a name is no cure"
        await known.edit(permissions=discord.Permissions(send_messages=True))
        await here.env.settle()
        assert [one.at_once for one in jobs(here, "settle_role")] == [True]


async def test_who_comes_back_gets_what_is_theirs_and_a_stranger_nothing(town: Opening) -> None:
    async with town() as here:
        await sell(here, here.guild.create_role("Club"))
        for who in (here.alice, here.bob):
            here.guild.remove_member(who.user)
            here.guild.add_member(who.user)
        await here.env.settle()
        assert [one.subject_id for one in jobs(here, "return_roles")] == [str(here.alice.id)]
