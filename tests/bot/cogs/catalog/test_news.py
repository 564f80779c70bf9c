"""The buttons under news: people give themselves the role, take it off again, and look at what is new."""

import discord
import pytest
from simcord import RoleHandle

from novacore.workflows.catalog import products as commands
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import products
from tests.bot.towns.town import Town, said
from tests.fixtures.shops import OWNER

PRESS = "nc:news:role"


def with_role(here: Town, role: RoleHandle | None) -> None:
    """Let the settings name this role for news."""
    here.bot.desk.settings = here.settings.model_copy(update={"news_role_id": role.id if role else None})


async def roles_of(here: Town, name: str) -> set[str]:
    """The names of someone's roles in the server."""
    guild = here.bot.get_guild(here.guild.id)
    assert guild
    return {role.name for role in (await guild.fetch_member(here.people[name].id)).roles}


async def test_a_press_gives_the_role_and_the_next_one_takes_it(town: Opening) -> None:
    async with town() as here:
        with_role(here, here.guild.create_role("News"))
        on = await here.press(here.alice, PRESS)
        assert "You have the role **News** now" in said(on)
        assert on.ephemeral
        assert "News" in await roles_of(here, "alice")
        assert "News" not in await roles_of(here, "bob")
        assert "You no longer have the role **News**" in said(await here.press(here.alice, PRESS))
        assert "News" not in await roles_of(here, "alice")


async def test_without_a_role_it_says_so(town: Opening) -> None:
    async with town() as here:
        with_role(here, None)
        assert "no role for news" in said(await here.press(here.alice, PRESS))


@pytest.mark.parametrize("name", ["Owner", "Staff", "Customer", "Power", "@everyone"])
async def test_no_role_with_power_is_ever_given(town: Opening, name: str) -> None:
    async with town() as here:
        here.guild.create_role("Power", permissions=discord.Permissions(ban_members=True))
        with_role(here, here.guild.roles[name])
        before = await roles_of(here, "alice")
        assert "I can't change that role" in said(await here.press(here.alice, PRESS))
        assert await roles_of(here, "alice") == before


async def test_show_it_leads_to_the_ordinary_page(town: Opening) -> None:
    async with town() as here:
        (product,) = products(here)
        shown = await here.press(here.alice, f"nc:shop:look:{product.id}")
        assert "## Game key" in said(shown)
        assert shown.ephemeral
        commands.remove(here.shop, OWNER, product.id)
        assert "not on sale" in said(await here.press(here.alice, f"nc:shop:look:{product.id}"))
