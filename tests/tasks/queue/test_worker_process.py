"""What a worker process is made of."""

from collections.abc import Mapping
from contextlib import closing

import pytest
from discord import ui

from novacore.db.engine import Database
from novacore.db.signs.session_sign import SessionSign, missing
from novacore.messages.kit import colours
from novacore.settings import load_settings
from novacore.tasks.queue.worker_process import Pace, ProcessRuntime
from novacore.workflows.machine import facts
from novacore.workflows.machine.shop import Shop
from tests.wire.faults import wait_until

HOUR = 3600.0


def process_of(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> ProcessRuntime:
    """A process of the shop that these settings describe."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return ProcessRuntime(load_settings(), lambda: lambda: None, Pace(), dict)


def test_only_a_process_that_does_jobs_notes_the_shops_channels(
    environment: Mapping[str, str], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = process_of(environment, monkeypatch)
    process.look_at_shop()
    assert facts.recall(shop, facts.CHANNELS) == {}
    process.look_before_jobs()
    assert str(facts.recall(shop, facts.CHANNELS)["staff_channel_id"]) == environment["STAFF_CHANNEL_ID"]


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
def test_its_sign_goes_on_with_the_look_that_the_process_has_begun(
    environment: Mapping[str, str], shop_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with closing(Database(shop_url)) as database:
        with closing(SessionSign(database, HOUR)) as killed:
            name = str(killed.name)
        wait_until(lambda: missing(database, {name}), 60, "the end of its session")
    process = ProcessRuntime(load_settings(), lambda: lambda: None, Pace(patience=HOUR), lambda: {name: -HOUR})
    with closing(process):
        runtime = process.runtime()
        assert runtime.sign.dead({name}) == {name}, "it waits for no further hour"
        assert str(facts.recall(runtime.shop, facts.CHANNELS)["staff_channel_id"]) == environment["STAFF_CHANNEL_ID"]


def test_what_it_sends_has_the_shops_colour(
    environment: Mapping[str, str], shop_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**environment, "SHOP_COLOUR": "#123456"}.items():
        monkeypatch.setenv(name, value)
    with closing(ProcessRuntime(load_settings(), lambda: lambda: None, Pace(), dict)) as process:
        view = ui.LayoutView()
        view.add_item(ui.Container(ui.TextDisplay("Hello"), accent_colour=colours.BRAND))
        process.runtime().calls.dress(view)
        assert view.to_components()[0]["accent_color"] == 0x123456  # type: ignore[no-untyped-call]
