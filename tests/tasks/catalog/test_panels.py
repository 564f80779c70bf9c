"""The panel follows the catalogue: one edit for many changes, and a deleted one is let go."""

from datetime import datetime, timedelta
from typing import Any

import discord
import pytest

from novacore.db.unit_of_work import writing
from novacore.messages.catalog.window import shop_panel
from novacore.tasks.queue import leases, runner
from novacore.workflows.catalog import sales
from novacore.workflows.machine import cards, panel
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.jobs import JobName
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.tasks.jobs import lapse, queue_job
from tests.tasks.town import Town
from tests.wire.faults import Answer


def post(town: Town) -> int:
    """The bot posts its panel at the start."""
    channel_id = town.places.main_channel_id

    async def send(client: discord.Client) -> int:
        return (await client.get_partial_messageable(channel_id).send(view=shop_panel([]).view)).id

    message_id = town.runtime.calls.call(send)
    cards.remember(town.shop, CardKind.panel, panel.NAME, channel_id, message_id)
    return message_id


def edits(town: Town) -> int:
    """How often a message of the shop's channel was edited."""
    return len(town.wire.requests("PATCH", f"/channels/{town.places.main_channel_id}/messages/*"))


def edits_so_far(town: Town, time: MovableClock) -> int:
    """Post the panel, let everything be done, and say how often it was edited by then."""
    post(town)
    time.move(seconds=10)
    town.work()
    return edits(town)


def shown(town: Town) -> str:
    """What the panel says."""
    (message,) = town.wire.messages(town.places.main_channel_id)
    return str(message.components)


def test_however_many_changes_come_the_panel_is_edited_once(
    town: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    before = edits_so_far(town, time)
    for n in range(30):
        make_product(units=0, name=f"Product {n}")
    town.work()
    assert edits(town) == before, "they are gathered"
    time.move(seconds=10)
    town.work()
    assert edits(town) == before + 1
    assert "31 products" in shown(town)


def test_changes_that_go_on_are_shown_every_few_seconds(
    town: Town, time: MovableClock, make_product: ProductMaker
) -> None:
    before = edits_so_far(town, time)
    for second in range(20):
        make_product(units=0, name=f"Product {second}")
        time.move(seconds=1)
        town.work()
    assert 4 <= edits(town) - before <= 5


def typed(at: datetime) -> str:
    """Return a moment as the owner types it; this shop lives in UTC."""
    return at.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("after_the_act", [False, True])
def test_the_panel_follows_first_days_and_sales(
    town: Town, time: MovableClock, make_product: ProductMaker, after_the_act: bool
) -> None:
    """Each moment has its job, not before its time; also where a worker was killed, or the shop was down."""
    product_id = make_product(name="Secret")
    before = edits_so_far(town, time)
    sales.set_first_day(town.shop, OWNER, product_id, typed(time() + timedelta(hours=1)))
    sales.set_sale(town.shop, OWNER, product_id, "7", "", typed(time() + timedelta(hours=3)))
    time.move(seconds=10)
    town.work()
    assert edits(town) == before + 1
    assert "1 product" in shown(town)
    time.move(minutes=58)
    assert town.due("change_shelf") == []
    time.move(minutes=2)
    (job_id,) = town.due("change_shelf")
    with writing(town.shop.database) as tx:
        assert leases.claim(tx, job_id, "killed", 60)
    if after_the_act:
        sales.change(town.shop, product_id)
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    time.move(seconds=10)
    town.work()
    assert "2 products" in shown(town)
    assert town.due("change_shelf") == []
    time.move(hours=50)  # the shop was down as the sale ended
    (job_id,) = town.due("change_shelf")
    town.work()
    assert town.due("change_shelf") == []
    assert town.outcome("change_shelf") == ("done", "The panel follows.")


def test_a_panel_that_someone_deleted_is_let_go(town: Town, time: MovableClock) -> None:
    message_id = post(town)
    town.wire.delete_message(town.places.main_channel_id, message_id)
    with writing(town.shop.database) as tx:
        panel.touch(tx)
    time.move(seconds=10)
    town.work()
    assert cards.remembered(town.shop, CardKind.panel, panel.NAME) == []
    assert town.wire.messages(town.places.main_channel_id) == []


def test_what_changes_while_it_is_edited_is_shown_as_well(
    town: Town, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(town)
    edit = town.runtime.calls.edit
    done: list[bool] = []

    def slowly(*given: Any) -> bool:
        if not done:
            done.append(True)
            make_product(units=0, name="Late")
        return edit(*given)

    monkeypatch.setattr(town.runtime.calls, "edit", slowly)
    runner.run(town.runtime, queue_job(town.shop.database, JobName.refresh_panel, panel.NAME))
    assert "2 products" in shown(town)


def test_a_panel_that_discord_refuses_wakes_nobody(town: Town) -> None:
    post(town)
    town.wire.fault("PATCH", "/channels/*/messages/*", Answer(403), times=None)
    runner.run(town.runtime, queue_job(town.shop.database, JobName.refresh_panel, panel.NAME))
    assert town.outcome("refresh_panel")[0] in {"dead", "queued"}
    assert town.staff_channel() == []
