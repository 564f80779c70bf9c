"""A bot hears every message of its server, and none that discord.py can't read may end it."""

from typing import Any

import pytest

from novacore.discord_facts.unreadable_messages import steady
from tests.wire.fixture import wire
from tests.wire.own_tests.bots import Bot, connected
from tests.wire.stand_in import Wire
from tests.wire.world import messages
from tests.wire.world.state import Message
from tests.wire.world.world import World

__all__ = ["wire"]

POLL = {
    "question": {"text": "Open?"}, "expiry": None, "allow_multiselect": False, "layout_type": 1,
    "answers": [{"answer_id": 1, "poll_media": {"text": "Yes"}}],
}  # fmt: skip
ODD: dict[str, dict[str, Any]] = {
    "a poll without an end": {"poll": POLL},
    "a poll of another kind": {"poll": {"expiry": "never"}},
    "an embed that is none": {"embeds": [7]},
    "several odd parts": {"embeds": [7], "sticker_items": [{}]},
    "nothing that can be read": {"mentions": 7},
}


def _say(wire: Wire, channel_id: int, **more: Any) -> None:
    def say(world: World) -> None:
        said = Message(world.ids.mint(), channel_id, wire.owner_id, "odd", more=more)
        messages.stand(world, world.channel(channel_id), said)

    wire.ask(say)


@pytest.mark.parametrize("what", ODD)
def test_a_bot_survives_what_discord_py_cannot_read(wire: Wire, what: str) -> None:
    channel, bot = wire.add_channel("lounge"), Bot()
    steady(bot)
    with connected(wire, bot):
        _say(wire, channel, **ODD[what])
        wire.say(wire.owner_id, channel, "next")
        wire.wait_for(lambda: ("message", "next") in bot.heard or bot.failure, what="the next message")
    assert bot.failure is None
    assert (("message", "odd") in bot.heard) is (what != "nothing that can be read")
