"""The shop as most owners run it: `novacore run`, one process, its settings in .env; killed at the worst moments."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import discord
import pytest
from sqlalchemy import select

from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.states import JobState
from novacore.workflows.machine.jobs import JobName
from tests.fixtures.servers.processes import free_port
from tests.stories.live import CODE, NOVACORE, PRODUCT, LiveShop, Process, stop
from tests.tasks.jobs import outcomes
from tests.wire.faults import Answer, Hold
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]


@pytest.fixture
def shop(wire: Wire, tmp_path: Path) -> Iterator[LiveShop]:
    """A shop that is filled, and not open yet."""
    with LiveShop(wire, tmp_path, {}) as live:
        live.run(NOVACORE, "sample", by_file=True)
        yield live


def _run(shop: LiveShop) -> Process:
    return shop.start(NOVACORE, "run", by_file=True)


def _database(shop: LiveShop) -> "closing[Database]":
    return closing(Database(f"sqlite:///{shop.settings['DATABASE_PATH']}"))


def _cut_off_delivery(shop: LiveShop) -> int:
    """Return the job id of the delivery that the killed process was at."""
    with _database(shop) as database, reading(database) as session:
        running = select(Job.id).where(Job.state == JobState.running, Job.name == JobName.deliver_order)
        return session.execute(running).scalar_one()


def _wait_until_delivered(shop: LiveShop) -> None:
    """Wait for what follows a delivery: the announcement, and the receipt that says so."""
    shop.staff.await_message(shop.channels["purchases"], PRODUCT)


def _figures(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            return str(answer.read().decode())
    except OSError:  # not yet
        return ""


def test_a_person_buys_and_the_shop_stops_in_good_order(shop: LiveShop) -> None:
    shop.settings["METRICS_ADDRESS"] = str(port := free_port())
    process = _run(shop)
    shop.pay(shop.order())
    shop.approve()
    shop.buyer.await_dm(CODE)
    _wait_until_delivered(shop)
    shop.wire.wait_for(lambda: 'novacore_orders{state="delivered"} 1' in _figures(port), 60, "the figures")
    assert "novacore_bot_connected 1" in _figures(port)
    stop([process])
    assert len(shop.goods()) == 1
    assert "Traceback" not in process.log
    assert CODE not in process.log
    assert shop.wire.token not in process.log


@pytest.mark.faults
@pytest.mark.parametrize("taken", [True, False], ids=["before-its-record", "before-the-send"])
def test_killed_in_the_middle_of_a_delivery(shop: LiveShop, taken: bool) -> None:
    shop.wire.world.nonce_window = 0.0  # Discord forgets nonces; what was sent must be found in the history
    process = _run(shop)
    shop.pay(shop.order())
    shop.buyer.await_dm("we have your proof")
    to_the_buyer = ("POST", f"/channels/{shop.wire.dm_channel(shop.buyer.id)}/messages")
    held = shop.wire.fault(*to_the_buyer, Hold(taken=taken))
    shop.approve()
    held.wait_reached()
    process.kill()
    held.wait_lost()
    assert len(shop.goods()) == taken
    job_id, sent_before = _cut_off_delivery(shop), len(shop.wire.requests(*to_the_buyer))
    process = _run(shop)
    _wait_until_delivered(shop)  # in less time than the lease of the killed one would have lasted
    assert "jobs: they are taken up again." in process.log
    stop([process])
    assert len(shop.goods()) == 1
    assert len(shop.wire.requests(*to_the_buyer)) == sent_before + (not taken)
    with _database(shop) as database:
        assert outcomes(database, job_id) == ["killed", "done"]


def test_a_second_process_on_the_same_shop_is_refused_and_the_first_goes_on(shop: LiveShop) -> None:
    first = _run(shop)
    panel = shop.panel()
    second = _run(shop)
    assert second.popen.wait(60) == 1
    assert "Another NovaCore process runs the shop" in second.log
    assert "Traceback" not in second.log
    shop.buyer.choose(panel, "Games")
    stop([first])


def test_a_discord_that_is_away_at_the_start_is_waited_for(shop: LiveShop) -> None:
    """discord.py 2.7.1 by itself ends with an AttributeError where its first websocket fails."""
    shop.wire.fault("GET", "/users/@me", Answer(503))
    shop.wire.fault("GET", "/gateway/bot", Answer(503))
    refused = shop.wire.fault("GET", "/websocket", Answer(503), times=2)
    process = _run(shop)
    shop.panel()
    assert refused.hits == 2
    assert process.log.count("Discord can't be reached (") == 4, process.log
    assert "AttributeError" not in process.log
    stop([process])


def test_a_token_that_discord_does_not_know_is_named(shop: LiveShop) -> None:
    shop.settings["DISCORD_TOKEN"] = "wrong-token.stand-in.not-a-secret"
    process = _run(shop)
    assert process.popen.wait(60) == 1
    assert "DISCORD_TOKEN: Discord does not know this token." in process.log
    assert "Traceback" not in process.log
    assert "wrong-token" not in process.log


def test_without_privileged_intents_the_shop_sells_and_says_what_is_missing(shop: LiveShop) -> None:
    """Discord's flags don't say: the bot asks for both, and then for less. Nobody has acted as the owner yet."""
    shop.wire.world.intents = discord.ApplicationFlags()
    owner = shop.wire.world.owner_id
    process = _run(shop)
    shop.pay(shop.order())
    shop.approve()
    shop.buyer.await_dm(CODE)
    shop.wire.wait_for(lambda: shop.wire.dms(owner), 60, "the owner's DM")
    told = shop.wire.dms(owner)[0].text
    stop([process])
    for label in ("Message Content Intent", "Server Members Intent"):
        assert f"The shop runs without the {label}. " in process.log
        assert f"{label} is off. " in told
    assert "Traceback" not in process.log
