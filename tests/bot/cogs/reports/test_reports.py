"""`/report`: the owner sees it come and then has it; nobody else gets a figure."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import simcord
from sqlalchemy import select

from novacore.bot import progress
from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime, load_handlers
from novacore.tasks.queue.offload.offload import Inline
from novacore.workflows.reports import reports
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said
from tests.workflows.machine import lives


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    load_handlers()
    monkeypatch.setattr(progress.follow, "__defaults__", (0.01, 5.0))


def job(here: Town, report_id: int) -> None:
    """Do the job as a worker would, right here."""
    with reading(here.shop.database) as session:
        mine = select(Job.id).where(Job.subject_kind == "report", Job.subject_id == str(report_id))
        job_id = session.execute(mine).scalar_one()
    runner.run(Runtime(here.shop, Calls.rest("unused", "http://127.0.0.1:9"), Inline(), "worker-1"), job_id)


def worked(here: Town, monkeypatch: pytest.MonkeyPatch, looks: int = 2) -> list[int]:
    """Let the job be done once the page has been looked at so often; returns the ids that were asked for."""
    look: Callable[..., Any] = reports.load
    asked: list[int] = []

    def looking(shop: Any, report_id: int) -> Any:
        asked.append(report_id)
        if len(asked) == looks:
            job(here, report_id)
        return look(shop, report_id)

    monkeypatch.setattr(reports, "load", looking)
    return asked


async def ask(here: Town, who: simcord.MemberActor, **options: Any) -> simcord.InteractionResult:
    """Give the command as someone who is shown it by a careless administrator."""
    guild = here.bot.get_guild(here.guild.id)
    assert guild
    for command in await here.bot.tree.fetch_commands(guild=guild):
        if command.name == "report":
            here.guild.set_command_permissions(command, {who: True})
    return await who.slash(here.channels["staff" if here.may_see(who, "staff") else "shop"], "report", **options)


@pytest.mark.usefixtures("hurried")
async def test_the_owner_sees_it_come_and_then_has_it(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as here:
        order = await asyncio.to_thread(lives.place, here.shop, 1)
        asked = worked(here, monkeypatch)
        answer = await ask(here, here.olga, period="today")
        assert len({*asked}) == 1
        assert page(answer).ephemeral
        text = said(answer)
        assert "Today" in text
        assert f"Orders placed: {order.quantity}" in text
        assert len(here.requests("PATCH", "@original")) >= 2, "the page that moves, and the report"


async def test_days_can_be_typed(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as here:
        worked(here, monkeypatch)
        text = said(await ask(here, here.olga, **{"from": "2020-03-01", "to": "2020-03-05"}))
        assert "1 – 5 March 2020" in text
        assert "No orders and no money in these days" in text


async def test_days_that_are_none_are_refused_with_the_fix(town: Opening) -> None:
    async with town() as here:
        assert "Write it like 2026-03-01" in said(await ask(here, here.olga, **{"from": "last week"}))
        assert "Give the first day as well, with `from`" in said(await ask(here, here.olga, to="2020-03-05"))


async def test_nobody_else_is_answered(town: Opening) -> None:
    async with town() as here:
        for who in (here.sam, here.alice):
            text = said(await ask(here, who, period="year"))
            assert "Only the owner can" in text
            assert "$" not in text


async def test_a_report_that_fails_is_told(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as here:
        look: Callable[..., Any] = reports.load
        monkeypatch.setattr(reports, "load", lambda *given: (*look(*given)[:2], True))
        text = said(await ask(here, here.olga))
        assert "could not be made" in text
        assert "try again with `/report`" in text
