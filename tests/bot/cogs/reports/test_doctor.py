"""`/doctor`: for the owner, whoever sees it."""

import simcord

from novacore.doctor.work import BrokerAway, Workers
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said


async def _ask(here: Town, who: simcord.MemberActor) -> simcord.InteractionResult:
    """Give the command as someone who is shown it by a careless administrator."""
    guild = here.bot.get_guild(here.guild.id)
    assert guild
    for command in await here.bot.tree.fetch_commands(guild=guild):
        if command.name == "doctor":
            here.guild.set_command_permissions(command, {who: True})
    return await who.slash(here.channels["staff" if here.may_see(who, "staff") else "shop"], "doctor")


async def test_the_owner_reads_how_everything_is(town: Opening) -> None:
    async with town() as here:
        answer = await _ask(here, here.olga)
        text = said(answer)
        assert page(answer).ephemeral
        assert "Doctor" in text
        for about in ("Database", "Workers", "DISCORD_TOKEN", "MAIN_CHANNEL_ID", "Room for tickets"):
            assert about in text
        assert "Intent is off" not in text, "the bot could not be connected then"


async def test_what_is_wrong_comes_with_its_fix(town: Opening) -> None:
    async with town() as here:
        here.bot.desk.settings = here.settings.model_copy(update={"vouch_channel_id": 123_456_789_012_345_678})
        text = said(await _ask(here, here.olga))
        assert "❌ **VOUCH_CHANNEL_ID**: The server has no channel" in text
        assert "-# Run `novacore go-live`" in text


async def test_nobody_else_is_answered(town: Opening) -> None:
    async with town() as here:
        for who in (here.sam, here.alice):
            text = said(await _ask(here, who))
            assert "Only the owner can" in text
            assert "Database" not in text


async def test_workers_of_other_processes_are_called(town: Opening) -> None:
    async with town() as here:
        calls: list[int] = []

        def roll_call() -> Workers:
            calls.append(1)
            return {"discord@one": ["discord"]}

        here.bot.desk.roll_call = roll_call
        text = said(await _ask(here, here.olga))
        assert "Nobody works on the queue media" in text
        assert calls == [1]


async def test_a_broker_that_is_away_hides_nothing_else(town: Opening) -> None:
    async with town() as here:

        def roll_call() -> Workers:
            raise BrokerAway("ConnectionError")

        here.bot.desk.roll_call = roll_call
        text = said(await _ask(here, here.olga))
        assert "Redis does not answer (ConnectionError)" in text
        assert "MAIN_CHANNEL_ID" in text
