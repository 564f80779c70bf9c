"""A runtime for each test: a real database, a real REST client that speaks to the stand-in, and the fallbacks."""

from collections.abc import Iterator

import pytest

from novacore.db.unit_of_work import Wake, on_commit
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue.handlers import Runtime, load_handlers
from novacore.tasks.queue.offload.offload import Inline
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import MovableClock, ProductMaker
from tests.tasks.jobs import Fallbacks
from tests.tasks.town import Town, settle
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

NOWHERE = "http://127.0.0.1:9/api/v10"
"""Nobody listens there."""


@pytest.fixture(scope="session", autouse=True)
def _handlers() -> None:
    """Load the real handlers first, so that a test can put its own in place of one."""
    load_handlers()


@pytest.fixture
def fallbacks() -> Fallbacks:
    """Take down which jobs were buried, and why."""
    return Fallbacks()


@pytest.fixture
def woken() -> Iterator[list[Wake]]:
    """Take down who is woken after each commit."""
    wakes: list[Wake] = []
    forget = on_commit(wakes.extend)
    yield wakes
    forget()


@pytest.fixture
def runtime(shop: Shop, fallbacks: Fallbacks) -> Runtime:
    """Give a runtime without Discord, on either database."""
    return Runtime(shop, Calls.rest("unused", NOWHERE), Inline(), "worker-1", fallbacks)


@pytest.fixture
def calls(wire: Wire) -> Iterator[Calls]:
    """Log in to the stand-in."""
    calls = Calls.rest(wire.token, wire.url)
    yield calls
    calls.close()


@pytest.fixture
def online(shop: Shop, calls: Calls, fallbacks: Fallbacks) -> Runtime:
    """Give a runtime with Discord, on either database."""
    return Runtime(shop, calls, Inline(), "worker-1", fallbacks)


@pytest.fixture
def town(shop: Shop, wire: Wire, calls: Calls, make_product: ProductMaker, time: MovableClock) -> Town:
    """Build a shop with its Discord, on either database; nothing runs unless the test runs it."""
    return settle(shop, wire, calls, make_product(units=20))
