"""Discord hears of the commands when they changed, and only then; who sees them is not who may use them."""

from discord import app_commands

from novacore.bot.cogs import COGS
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.workflows.machine import facts
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town

COMMANDS = [command for cog in COGS for command in cog.__cog_app_commands__]
NAMES = {command.name for command in COMMANDS}
FOR_CUSTOMERS = {"shop", "find", "orders", "proof", "help"}


def _leaves(*, hidden_from_staff: bool) -> set[str]:
    """Return the commands as they are typed; those that only owners see, or the others."""
    found: set[str] = set()
    for command in COMMANDS:
        wanted = command.default_permissions
        if hidden_from_staff == (wanted == FOR_OWNER):
            if isinstance(command, app_commands.Group):
                found |= {one.qualified_name for one in command.walk_commands()}
            else:
                found.add(command.name)
    return found


def _syncs(here: Town) -> int:
    return len(here.requests("PUT", "/commands"))


async def test_commands_are_given_to_the_shops_server_once(town: Opening) -> None:
    async with town() as here:
        assert _syncs(here) == 1
        await here.restart()
        assert _syncs(here) == 1
        (request,) = here.requests("PUT", "/commands")
        assert {command["name"] for command in request} == NAMES


async def test_none_is_left_for_servers_that_are_not_ours(town: Opening) -> None:
    async with town() as here:
        assert here.bot.tree.get_commands() == []
        assert {
            command.name for command in here.bot.tree.get_commands(guild=here.bot.get_guild(here.guild.id))
        } == NAMES


async def test_a_change_is_given_on(town: Opening) -> None:
    async with town() as here:
        await here.bot.desk.run(facts.note, facts.COMMANDS_DIGEST, {"digest": "that of an older release"})
        await here.restart()
        assert _syncs(here) == 2


async def test_commands_that_discord_has_lost_come_again(town: Opening) -> None:
    async with town() as here:
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        here.bot.tree.clear_commands(guild=guild)
        await here.bot.tree.sync(guild=guild)
        assert here.alice.available_commands(here.channels["shop"]) == ()
        await here.restart()
        assert set(here.alice.available_commands(here.channels["shop"])) == FOR_CUSTOMERS


async def test_customers_do_not_see_the_commands_of_staff(town: Opening) -> None:
    async with town() as here:
        assert set(here.alice.available_commands(here.channels["shop"])) == FOR_CUSTOMERS
        seen = set(here.sam.available_commands(here.channels["shop"]))
        assert seen == _leaves(hidden_from_staff=False)
        assert {"doctor", "product add", "export"} <= _leaves(hidden_from_staff=True)
        assert set(here.olga.available_commands(here.channels["shop"])) == seen | _leaves(hidden_from_staff=True)
