"""A press is acknowledged by its answer where that comes soon: one request. Else Discord hears of us first."""

import asyncio
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from novacore import clock
from novacore.bot import acknowledgements
from novacore.bot.answers import Interaction, open_page, show
from novacore.messages.kit import notices
from novacore.workflows.machine.shop import Face
from tests.bot.conftest import Opening
from tests.bot.test_errors import CALLBACK
from tests.bot.towns.town import Town, page, said
from tests.wire.faults import Answer
from tests.wire.own_tests.bots import Bot, connected
from tests.wire.stand_in import Wire
from tests.wire.world.components import Json

PATIENCE = 60.0


def _asked(here: Town) -> tuple[int, int]:
    """How many answers Discord was sent, and how many edits of them."""
    return len(here.requests("POST", "/callback")), len(here.requests("PATCH", "@original"))


async def test_an_answer_that_comes_soon_is_the_acknowledgement(town: Opening) -> None:
    async with town() as here:
        shelf = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        assert "Games" in said(shelf)
        assert page(shelf).ephemeral
        assert _asked(here) == (1, 0)


async def test_it_takes_the_place_of_the_page_that_was_pressed(town: Opening) -> None:
    async with town() as here:
        shelf = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        product = await here.alice.select(page(shelf), ["1"], custom_id="nc:shop:product")
        assert page(product).id == page(shelf).id
        assert "Buy" in str(here.requests("POST", "/callback")[-1])
        assert _asked(here) == (2, 0)


async def test_an_order_and_its_page_are_one_request(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        before = _asked(here)
        order = await here.alice.select(page(methods), ["btc"])
        assert here.orders()[0].id in said(order)
        assert _asked(here) == (before[0] + 1, before[1])


async def test_a_refusal_is_the_acknowledgement_too(town: Opening) -> None:
    async with town() as here:
        form = await here.press(here.alice, "nc:shop:buy:1")
        before = _asked(here)
        refused = await here.alice.submit_modal(form, {"quantity": "abc"})
        assert "whole number" in said(refused)
        assert _asked(here) == (before[0] + 1, before[1])


async def test_a_page_that_was_dismissed_is_answered_with_a_new_one(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        here.env.inject_error("POST", CALLBACK, status=404, code=10008, message="Unknown Message")
        answer = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert order.id in said(answer)
        assert page(answer).id != page(methods).id


async def test_an_order_whose_answer_discord_did_not_take_is_there_and_is_the_only_one(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        here.env.inject_error("POST", CALLBACK, status=404, code=10062)
        assert not (await here.alice.select(page(methods), ["btc"])).acknowledged
        again = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert order.id in said(again)


async def test_goods_are_not_shown_before_discord_has_taken_our_answer(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.press(here.sam, f"nc:order:approve:{order.id}:1")
        here.env.inject_error("POST", CALLBACK, status=404, code=10062)
        before = [one.id for one in here.events(order)]
        await here.press(here.alice, f"nc:order:reveal:{order.id}")
        assert [one.id for one in here.events(order)] == before


class Deaf:
    """An interaction of which Discord takes no acknowledgement any more."""

    def __init__(self) -> None:
        self.extras: dict[str, object] = {}
        self.created_at = clock.now()
        self.response = self

    def is_done(self) -> bool:
        """Nothing ever went out."""
        return False

    async def defer(self, **_: object) -> None:
        """Say so."""
        raise ConnectionError("Discord is away")


async def test_what_discord_said_to_an_acknowledgement_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acknowledgements, "SOON", 0.0)
    press: Any = Deaf()
    await acknowledgements.begin(press, in_place=False)
    (pending,) = acknowledgements._waiting
    assert pending.timer is not None
    await asyncio.wait([pending.timer])
    with pytest.raises(ConnectionError):
        await acknowledgements.take_back(press)
    assert await acknowledgements.take_back(press) is None


async def test_an_acknowledgement_that_is_called_off_waits_no_longer() -> None:
    press: Any = Deaf()
    await acknowledgements.begin(press, in_place=False)
    (pending,) = acknowledgements._waiting
    assert pending.timer is not None
    await asyncio.sleep(0)
    pending.timer.cancel()
    await asyncio.wait([pending.timer])
    assert acknowledgements._waiting == set()


# What takes longer, in real time: SimCord moves its own clock.

SLOW = "slow"
THINKING = 5


class Slow:
    """A bot whose answers take until they are let go, each to a press of someone else's."""

    def __init__(self, wire: Wire) -> None:
        self.wire, self.channel = wire, wire.add_channel("shop")
        self.go: asyncio.Event | None = None
        self.failed: list[BaseException] = []

    async def answer(self, interaction: Interaction) -> None:
        """Be the handler of a press."""
        self.go = self.go or asyncio.Event()
        await open_page(interaction)
        await self.go.wait()
        try:
            await show(interaction, notices.notice("Here you are."))
        except discord.HTTPException as error:
            self.failed.append(error)

    def press(self) -> Json:
        """Let someone press."""
        return self.wire.interact(self.wire.add_user(), self.channel, {"component_type": 2, "custom_id": SLOW})

    def let_go(self, bot: Bot) -> None:
        """Let all of them answer."""
        assert self.go
        bot.loop.call_soon_threadsafe(self.go.set)

    def answers(self) -> list[int | None]:
        """What Discord was answered so far."""
        return [each.body["type"] for each in self.wire.requests("POST", "/interactions/*/*/callback")]

    def edits(self) -> int:
        """How many answers were edited."""
        return len(self.wire.requests("PATCH", "/webhooks/*/*/messages/*"))


@pytest.fixture
def slow(wire: Wire) -> Iterator[tuple[Slow, Bot]]:
    behind = Slow(wire)
    made: Any = Bot(acts={SLOW: behind.answer})
    made.desk = SimpleNamespace(shop=SimpleNamespace(face=Face()))
    with connected(wire, made) as bot:
        yield behind, bot


def test_what_takes_longer_is_acknowledged_meanwhile(slow: tuple[Slow, Bot], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acknowledgements, "SOON", 0.01)
    behind, bot = slow
    behind.press()
    behind.wire.wait_for(lambda: behind.answers() == [THINKING], PATIENCE, "the acknowledgement")
    behind.let_go(bot)
    behind.wire.wait_for(lambda: behind.edits() == 1, PATIENCE, "the answer")
    assert behind.answers() == [THINKING]


def test_of_many_at_once_most_are_acknowledged_at_once(slow: tuple[Slow, Bot]) -> None:
    behind, bot = slow
    behind.wire.world.ack_window = PATIENCE
    for _ in range(acknowledgements.AT_ONCE + 3):
        behind.press()
    behind.wire.wait_for(lambda: len(behind.answers()) == 3, PATIENCE, "those that are not among the first")
    assert behind.answers() == [THINKING] * 3
    behind.let_go(bot)
    behind.wire.wait_for(
        lambda: len(behind.wire.requests("*", "/interactions/*/*/callback")) == 7, PATIENCE, "the others"
    )
    behind.wire.wait_for(lambda: behind.edits() == 3, PATIENCE, "their answers")
    assert behind.answers().count(THINKING) == 3


def test_a_press_that_took_long_to_get_here_is_acknowledged_at_once(
    slow: tuple[Slow, Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledgements, "FRESH", -math.inf)
    behind, _ = slow
    behind.press()
    behind.wire.wait_for(lambda: behind.answers() == [THINKING], PATIENCE, "the acknowledgement")


def test_an_acknowledgement_that_discord_did_not_take_is_raised_to_whoever_answers(
    slow: tuple[Slow, Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledgements, "SOON", 0.01)
    behind, bot = slow
    behind.wire.fault("POST", "/interactions/*/*/callback", Answer(404, 10062))
    behind.press()
    behind.wire.wait_for(lambda: len(behind.wire.requests("POST", "/interactions/*/*/callback")), PATIENCE, "the try")
    behind.let_go(bot)
    behind.wire.wait_for(lambda: behind.failed, PATIENCE, "the error")
    assert [error.code for error in behind.failed if isinstance(error, discord.HTTPException)] == [10062]
    assert behind.edits() == 0
