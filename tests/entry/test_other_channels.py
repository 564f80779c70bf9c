"""Channels that are gone: `novacore go-live` makes others, and the next start notices them."""

from pathlib import Path

from novacore.entry import run_shop
from novacore.entry.going_live.at_discord.slots import SLOTS
from novacore.settings import gone, rehearsal_settings
from novacore.workflows.machine import facts

CHANNEL = 123_456_789_012_345_678


def test_a_start_notes_the_channels(tmp_path: Path) -> None:
    with run_shop._opened(rehearsal_settings(tmp_path, {"STAFF_CHANNEL_ID": CHANNEL})) as shop:
        assert facts.recall(shop, facts.CHANNELS)["staff_channel_id"] == CHANNEL


def test_the_hint_names_going_live_for_all_that_it_makes_one_of() -> None:
    assert {slot.setting for slot in SLOTS} - {"staff_role_ids"} == gone._MADE
