"""Discord hears of the commands when they changed, and only then; who sees them is not who may use them."""

from novacore.workflows import facts
from tests.bot.conftest import Opening
from tests.bot.town import Town

NAMES = {"shop", "orders", "proof", "queue", "details", "doctor", "vouch"}


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
        assert set(here.alice.available_commands(here.channels["shop"])) == {"shop", "orders", "proof"}


async def test_customers_do_not_see_the_commands_of_staff(town: Opening) -> None:
    async with town() as here:
        assert set(here.alice.available_commands(here.channels["shop"])) == {"shop", "orders", "proof"}
        assert set(here.sam.available_commands(here.channels["shop"])) == NAMES - {"doctor", "vouch"} | {"vouch hide"}
