"""Tests here are coroutines that play in a town of SimCord's: the real bot, real discord.py, a shop on SQLite."""

import asyncio
import inspect
import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from novacore.bot import acknowledgements
from novacore.bot.components.tickets import tickets
from novacore.workflows.machine.shop import Shop
from tests.bot.towns.town import Town, open_town
from tests.fixtures.shops import ProductMaker
from tests.wire.fixture import wire

__all__ = ["wire"]


@pytest.fixture(autouse=True)
def nobody_waits_for_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the answer to a new ticket look for its channel once: no worker here makes it, and SimCord would wait."""
    monkeypatch.setattr(tickets, "LOOK_AT_MOST", 0)


Opening = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture
def shop_url(sqlite_shop_url: str) -> str:
    """Open the shop on SQLite only: what differs on PostgreSQL is tested below the bot."""
    return sqlite_shop_url


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, an answer comes soon; and SimCord's presses, made long ago by its ids, are new."""
    monkeypatch.setattr(acknowledgements, "SOON", 60.0)
    monkeypatch.setattr(acknowledgements, "FRESH", math.inf)


@pytest.fixture
def hurried(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every press is acknowledged right away, as one that was long on its way."""
    monkeypatch.setattr(acknowledgements, "FRESH", -math.inf)


@pytest.fixture
def town(shop: Shop, make_product: ProductMaker, tmp_path: Path) -> Opening:
    """Lend a way to open a server whose shop sells three game keys; use it with `async with`."""
    make_product()

    def opening(**options: bool) -> AbstractAsyncContextManager[Town]:
        return open_town(shop, tmp_path, **options)

    return opening
