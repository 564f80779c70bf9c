"""A shop with a name and a colour of its own, from its `.env` to the receipt, in one process."""

from pathlib import Path

from tests.stories.live import NOVACORE, PATIENCE, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message

__all__ = ["wire"]

FACE = {"SHOP_NAME": "Moonlight Store", "SHOP_COLOUR": "#123456"}


def stripe(message: Message) -> int:
    """The colour of its box."""
    return int(message.components[0]["accent_color"])


def test_the_shop_goes_by_its_name_and_wears_its_colour(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, FACE) as shop:
        shop.run(NOVACORE, "sample", by_file=True)
        process = shop.start(NOVACORE, "run", by_file=True)
        process.wait_for("Moonlight Store is open in #shop of ")
        panel = shop.panel()
        assert "🛍️ Moonlight Store" in panel.text
        assert stripe(panel) == 0x123456

        shop.order()
        receipt = shop.buyer.await_dm("Send payment proof")
        assert "-# Moonlight Store" in receipt.text
        assert stripe(receipt) != 0x123456, "it waits for a payment, and says so by its colour"

        edits = f"/channels/{shop.channels['shop']}/messages/*"
        wire.wait_for(lambda: wire.requests("PATCH", edits), PATIENCE, "the panel to be shown again")
        again = shop.panel()
        assert "🛍️ Moonlight Store" in again.text
        assert stripe(again) == 0x123456, "the worker puts it on as well"
        stop([process])
