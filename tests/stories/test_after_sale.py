"""A faulty code is replaced, the goods are sent again, and a role that stood too high is fixed: on a live shop."""

from pathlib import Path

import discord

from tests.stories.live import CODE, NOVACORE, PATIENCE, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message

__all__ = ["wire"]

NO_ROLES = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True, attach_files=True,
                               embed_links=True, manage_messages=True)  # fmt: skip
ALL = NO_ROLES | discord.Permissions(manage_roles=True, manage_channels=True)


def card(shop: LiveShop, words: str) -> Message:
    """Wait until a message in the staff channel says so."""
    return shop.staff.await_message(shop.channels["staff"], words)


def replaced(shop: LiveShop) -> str:
    """Press "Replace a unit"; return the answer. It is refused while the job that sent the goods again is not done."""
    form = shop.staff.press(card(shop, "Delivered"), "Replace a unit")
    return shop.staff.submit(form, number="", reason="It was used before.").text


def test_what_staff_do_after_a_sale(wire: Wire, tmp_path: Path) -> None:
    wire.permit_bot(NO_ROLES)
    with LiveShop(wire, tmp_path, {}) as shop:
        shop.run(NOVACORE, "sample", by_file=True)
        process = shop.start(NOVACORE, "run", by_file=True)
        shop.pay(shop.order())
        shop.approve()
        wire.wait_for(lambda: len(shop.goods()) == 1, PATIENCE, "the goods")

        alert = card(shop, "grant customer role")
        assert "drag the bot's role" in alert.text
        wire.permit_bot(ALL)
        assert "is being tried again" in shop.staff.press(alert, "Try again").text
        wire.wait_for(lambda: shop.roles["Customer"] in wire.roles_of(shop.buyer.id), PATIENCE, "the role")

        before = card(shop, "Delivered")
        shop.staff.press(before, "Send the goods again")
        wire.wait_for(lambda: len(shop.goods()) == 2, PATIENCE, "the goods once more")
        assert "Here are your goods again" in shop.goods()[-1].text

        wire.wait_for(lambda: "sent the goods again" not in card(shop, "Delivered").text, PATIENCE, "the card")
        wire.wait_for(lambda: card(shop, "Delivered").custom_ids != before.custom_ids, PATIENCE, "the renewed card")
        wire.wait_for(lambda: "the new unit is on its way" in replaced(shop), PATIENCE, "the replacement")
        wire.wait_for(lambda: len(shop.goods()) == 3, PATIENCE, "the new unit")
        new = shop.goods()[-1]
        assert "Here is your replacement" in new.text
        assert new.text.split(CODE)[1][:12] not in shop.goods()[0].text, "it is another code"
        card(shop, "1 unit replaced")
        stop([process])
        assert "Traceback" not in process.log
        assert CODE not in process.log + "".join(one.text for one in wire.messages(shop.channels["staff"]))
