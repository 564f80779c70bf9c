"""Acknowledged in time, however slow the database: the event loop never waits for it, nor for a free thread."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from simcord import InteractionResult
from sqlalchemy import event

from novacore.bot.command_threads import THREADS
from novacore.bot.desk import Desk
from novacore.workflows.machine.shop import Shop
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, proof, said

PATIENCE = 60.0


class Gate:
    """Holds every transaction back at its BEGIN, as a database does that is busy or far away."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.waiting = threading.Semaphore(0)

    def __call__(self, _connection: object) -> None:
        """Wait at the gate."""
        self.waiting.release()
        assert self.open.wait(30)


@contextmanager
def closed_gate(shop: Shop) -> Iterator[Gate]:
    gate = Gate()
    event.listen(shop.database.engine, "begin", gate)
    try:
        yield gate
    finally:
        gate.open.set()
        event.remove(shop.database.engine, "begin", gate)


async def _acknowledged(here: Town, before: int) -> float:
    """Return how long it took until Discord had one more answer."""
    began = time.perf_counter()
    while len(here.requests("POST", "/callback")) == before:
        assert time.perf_counter() - began < PATIENCE
        await asyncio.sleep(0.005)
    return time.perf_counter() - began


Scene = Callable[[Town], Any]


async def _category(here: Town) -> Callable[[], Any]:
    return lambda: here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")


async def _product(here: Town) -> Callable[[], Any]:
    shelf = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
    return lambda: here.alice.select(page(shelf), ["1"], custom_id="nc:shop:product")


async def _quantity(here: Town) -> Callable[[], Any]:
    form = await here.press(here.alice, "nc:shop:buy:1")
    return lambda: here.alice.submit_modal(form, {"quantity": "1"})


async def _method(here: Town) -> Callable[[], Any]:
    methods = await here.to_methods(here.alice)
    return lambda: here.alice.select(page(methods), ["btc"])


async def _proof(here: Town) -> Callable[[], Any]:
    order = await here.order(here.alice)
    form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
    return lambda: here.alice.submit_modal(form, proof())


async def _approve(here: Town) -> Callable[[], Any]:
    order = await here.paid_order(here.alice)
    card = await here.post("staff", f"nc:order:approve:{order.id}:1")
    return lambda: here.sam.click(card, custom_id=f"nc:order:approve:{order.id}:1")


async def _reject(here: Town) -> Callable[[], Any]:
    order = await here.paid_order(here.alice)
    form = await here.decide(here.sam, "reject", order)
    return lambda: here.sam.submit_modal(form, {"reason": "No."})


async def _orders(here: Town) -> Callable[[], Any]:
    return lambda: here.alice.slash(here.channels["shop"], "orders")


async def _queue(here: Town) -> Callable[[], Any]:
    return lambda: here.sam.slash(here.channels["staff"], "queue")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("scene", [_category, _product, _quantity, _method, _proof, _approve, _reject, _orders, _queue])
async def test_a_press_is_acknowledged_before_the_database_answers(town: Opening, scene: Scene) -> None:
    async with town() as here:
        press = await scene(here)
        with closed_gate(here.shop) as gate:
            before = len(here.requests("POST", "/callback"))
            pressing = asyncio.create_task(press())
            await _acknowledged(here, before)
            await asyncio.to_thread(gate.waiting.acquire, timeout=5)
            assert not pressing.done()
            gate.open.set()
            answer: InteractionResult = await pressing
        assert "went wrong" not in said(answer)


@pytest.mark.usefixtures("hurried")
async def test_busy_threads_hold_up_no_acknowledgement(town: Opening) -> None:
    async with town() as here:
        with closed_gate(here.shop) as gate:
            command = _look_at_the_database
            busy = [asyncio.create_task(here.bot.desk.run(command)) for _ in range(3 * THREADS)]
            for _ in range(THREADS):
                await asyncio.to_thread(gate.waiting.acquire, timeout=5)
            before = len(here.requests("POST", "/callback"))
            pressing = asyncio.create_task(here.alice.select(here.panel, ["1"], custom_id="nc:shop:category"))
            await _acknowledged(here, before)
            gate.open.set()
            await asyncio.gather(*busy)
            assert "Games" in said(await pressing)


def _look_at_the_database(shop: Shop) -> int:
    with shop.database.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())


@pytest.mark.usefixtures("hurried")
async def test_five_seconds_of_another_writer(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        with closing(sqlite3.connect(str(here.shop.database.engine.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            before = len(here.requests("POST", "/callback"))
            pressing = asyncio.create_task(here.alice.select(page(methods), ["btc"]))
            await _acknowledged(here, before)
            await asyncio.sleep(5)
            assert not pressing.done()
            other.execute("ROLLBACK")
        await pressing
        assert len(here.orders()) == 1


async def test_who_someone_is_comes_from_the_roles_of_the_press(town: Opening) -> None:
    async with town() as here:
        seen = {name: here.bot.desk.actor_of(await here.member(who)) for name, who in here.people.items()}
        assert {name: (one.is_staff, one.is_owner) for name, one in seen.items()} == {
            "alice": (False, False),
            "bob": (False, False),
            "sam": (True, False),
            "sue": (True, False),
            "olga": (False, True),
        }
        assert seen["sam"].id == here.sam.id
        user = await here.bot.fetch_user(here.sam.id)
        assert not here.bot.desk.actor_of(user).decides


async def test_closing_lets_the_running_command_finish(shop: Shop) -> None:
    desk, began, done = Desk(shop, None), threading.Event(), []  # type: ignore[arg-type]

    def slow(_shop: Shop) -> None:
        began.set()
        time.sleep(0.3)
        done.append(True)

    running = asyncio.create_task(desk.run(slow))
    await asyncio.to_thread(began.wait, 5)
    await desk.close()
    assert done
    await running
    with pytest.raises(RuntimeError):
        await desk.run(slow)
