"""`/export`: for the owner, whoever sees it; the page follows the export to its end."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import simcord
from sqlalchemy import select

from novacore.db.models import Event, Export
from novacore.db.unit_of_work import reading, writing
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.states import ExportFormat, ExportState, ExportSubject
from novacore.workflows.exports import requests as exports
from novacore.workflows.exports.parts import Part
from novacore.workflows.machine.policy import Actor
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said


async def ask(here: Town, who: simcord.MemberActor, **options: str) -> simcord.InteractionResult:
    """Give the command as someone who is shown it by a careless administrator."""
    guild = here.bot.get_guild(here.guild.id)
    assert guild
    for command in await here.bot.tree.fetch_commands(guild=guild):
        if command.name == "export":
            here.guild.set_command_permissions(command, {who: True})
    channel = here.channels["staff" if here.may_see(who, "staff") else "shop"]
    return await who.slash(channel, "export", **{"what": "orders", "format": "csv"} | options)


def stored(here: Town) -> list[Export]:
    with reading(here.shop.database) as session:
        return [*session.execute(select(Export).order_by(Export.id)).scalars()]


def finish(here: Town) -> None:
    """Do what the worker does with the last part."""
    export = stored(here)[-1]
    with writing(here.shop.database) as tx:
        exports.plan(tx, export, Part("orders.csv", b"", 7, (1,), is_last=True, next_rows=1))
    exports.part_sent(here.shop, export)


@contextmanager
def a_worker(here: Town) -> Iterator[None]:
    """Finish the export as soon as it is asked for, in a thread, as the worker does."""
    ends = threading.Event()

    def work() -> None:
        while not stored(here) and not ends.wait(0.05):
            pass
        if stored(here):
            finish(here)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


async def test_the_owner_gets_a_page_that_follows_the_export(town: Opening) -> None:
    async with town() as here:
        with a_worker(here):
            answer = await ask(here, here.olga, **{"from": "2020-01-01", "to": "2030-12-31"})
        assert page(answer).ephemeral
        assert "Orders as CSV" in said(answer)
        assert "7 rows in 1 file: they are in your DMs." in said(answer)
        (export,) = stored(here)
        assert (export.owner_id, export.state) == (here.olga.id, ExportState.done)
        assert export.since is not None


async def test_a_day_that_is_none_is_refused(town: Opening) -> None:
    async with town() as here:
        answer = await ask(here, here.olga, **{"from": "31.12.2026"})
        assert "I can't read the day after `from`" in said(answer)
        assert stored(here) == []


async def test_a_second_one_has_to_wait(town: Opening) -> None:
    async with town() as here:
        owner = Actor(here.olga.id, "olga", is_owner=True)
        exports.request(here.shop, owner, ExportSubject.events, ExportFormat.csv)
        assert "still being made" in said(await ask(here, here.olga))


async def test_nobody_else_gets_anything(town: Opening) -> None:
    async with town() as here:
        for who in (here.alice, here.sam):
            assert "Only the owner can export the shop's lists" in said(await ask(here, who))
        assert stored(here) == []
        with reading(here.shop.database) as session:
            assert session.execute(select(Event).where(Event.trigger == "export")).all() == []


async def test_discord_shows_it_to_owners_alone(town: Opening) -> None:
    async with town() as here:
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        (command,) = [one for one in await here.bot.tree.fetch_commands(guild=guild) if one.name == "export"]
        assert command.default_member_permissions is not None
        assert command.default_member_permissions == FOR_OWNER
        assert [option.name for option in command.options] == ["what", "format", "from", "to"]
