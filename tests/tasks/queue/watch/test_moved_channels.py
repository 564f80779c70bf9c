"""Another channel at a start: what died for want of the old one is tried again there, once."""

import re
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from inspect import getsource
from sys import modules
from typing import Any

import pytest

from novacore.db.models import Order
from novacore.db.unit_of_work import writing
from novacore.doctor import work as doctor
from novacore.states import SendState
from novacore.tasks.queue.handlers import HANDLERS
from novacore.tasks.queue.watch import moved_channels
from novacore.workflows.machine import facts
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.orders import commands
from novacore.workflows.upkeep.fallbacks import _QUIET, FALLBACKS
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.town import Town
from tests.workflows.machine import lives


def moved(town: Town, **channels: Any) -> Town:
    """The same shop, started with other channels in its settings."""
    places = replace(town.places, **channels)
    runtime = replace(town.runtime, shop=replace(town.shop, places=places))
    return replace(town, runtime=runtime, places=places)


def said_of_the_dead(town: Town, time: MovableClock) -> list[tuple[str, str]]:
    """What the doctor says of dead jobs, and of whether staff know."""
    return [(one.text, one.fix) for one in doctor.left_over(town.shop.database, time())]


def told_of(town: Town, orders: Collection[Order]) -> list[int]:
    """How many messages of the staff channel are about each order: a card of another may name one that looks alike."""
    texts = [text.partition("Should have arrived")[0] for text in town.staff_channel()]
    return [sum(order.id in text for text in texts) for order in orders]


def test_cards_and_alerts_come_into_the_new_staff_channel_once(town: Town, time: MovableClock) -> None:
    assert moved_channels.notice(town.shop) == 0
    *orders, other = (town.place() for _ in range(3))
    town.work()
    old = town.places.staff_channel_id
    # Whether the first card went out is not known: the attempt was killed.
    lives.write_send(
        town.shop, "order", orders[0].id, "review", SendState.begun, key=f"review:{orders[0].id}:1", channel_id=old
    )
    town.wire.delete_channel(old)
    for order in (*orders, other):
        town.submit(order)
        town.work()
    commands.reject(town.shop, STAFF, other.id, lives.REASON)
    town.work()
    assert town.outcome("post_review_card") == ("dead", "The channel is gone.")
    assert said_of_the_dead(town, time) == [
        (
            "4 within the last 7 days.",
            "Staff were not told in the staff channel. `/details` of the order shows every try.",
        )
    ]
    assert moved_channels.notice(town.shop) == 0, "the same channels as before"
    new = moved(town, staff_channel_id=town.wire.add_channel("new-staff"))
    assert moved_channels.notice(new.shop) == 3
    assert moved_channels.notice(new.shop) == 0
    new.work()
    time.move(hours=2)
    new.work()
    assert told_of(new, orders) == [1, 1], "a card each; no alert about what works by now"
    assert said_of_the_dead(new, time) == [
        ("1 within the last 7 days.", "Staff were told in the staff channel. `/details` of the order shows every try.")
    ], "the card of the order that staff have rejected meanwhile"


def test_a_start_while_someone_holds_the_row_leaves_it_to_the_next_one(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    moved_channels.notice(town.shop)
    database = town.shop.database
    hurried = replace(town.shop, database=database.within(replace(database.limits, lock=0.1)))
    with ThreadPoolExecutor(1) as pool, writing(database) as tx:
        facts.locked(tx, facts.CHANNELS)
        assert pool.submit(moved_channels.notice, hurried).result(60) == 0
    assert "at the next start" in caplog.text


def test_another_channel_brings_back_only_what_wants_that_one(town: Town, time: MovableClock) -> None:
    moved_channels.notice(town.shop)
    town.wire.delete_channel(town.places.public_log_channel_id)
    town.wire.delete_channel(town.places.main_channel_id)
    order = town.delivered()
    assert town.outcome("announce_purchase") == ("dead", "The channel is gone.")
    assert town.outcome("grant_customer_role") == ("dead", "The channel is gone.")
    assert said_of_the_dead(town, time) == [
        ("2 within the last 7 days.", "Staff were told in the staff channel. `/details` of the order shows every try.")
    ]
    elsewhere = moved(town, staff_channel_id=town.wire.add_channel("new-staff"))
    assert moved_channels.notice(elsewhere.shop) == 0
    logged = moved(elsewhere, public_log_channel_id=town.wire.add_channel("new-log"))
    assert moved_channels.notice(logged.shop) == 1
    new = moved(logged, main_channel_id=town.wire.add_channel("new-shop"))
    assert moved_channels.notice(new.shop) == 1
    new.work()
    assert len(town.wire.messages(new.places.public_log_channel_id)) == 1
    assert lives.events_of(town.shop, order.id).count("retry_job") == 2
    assert town.places.customer_role_id in town.wire.roles_of(town.customer.id or 0)
    assert said_of_the_dead(new, time) == []


def test_every_job_that_speaks_in_a_channel_says_in_which() -> None:
    said: dict[str, set[str]] = {}
    for name, handler in HANDLERS.items():
        said.setdefault(handler.__module__, set()).update(KINDS[name].speaks_in)
    sources = {module: getsource(modules[module]) for module in said}
    speaks = [module for module in said if "ToChannel(" in sources[module]]
    used = {module: {*re.findall(r"places\.(\w+_channel_id)", sources[module])} for module in speaks}
    server = {"main_channel_id"}  # many ask for the server by it
    assert {module: used[module] - server for module in speaks} == {
        module: said[module] - server for module in speaks
    }, "Cure: the setting of the channel in the job's row, as `speaks_in`."
    assert {"staff_channel_id", "vouch_channel_id"} <= set().union(*used.values())
    speaking = {name for name, kind in KINDS.items() if kind.speaks_in}
    assert not speaking & {*FALLBACKS} - _QUIET, "what moves its subject when it dies has a button of its own"
