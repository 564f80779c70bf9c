"""Customers pay by an exact amount in a coin and by a way of the owner's own. On a live shop."""

import io
import re
from pathlib import Path

import zxingcpp
from PIL import Image

from tests.stories.live import ADDRESSES, CODE, NOVACORE, PATIENCE, LiveShop
from tests.wire.fixture import wire
from tests.wire.people import Person, Reply
from tests.wire.stand_in import Wire
from tests.wire.world.components import walk
from tests.wire.world.state import Message

__all__ = ["wire"]

BANK = {
    "label": "Bank transfer",
    "instructions": "Send {total} to Sample Shop and write {order} into the note.",
    "address": "DE89 3704 0044 0532 0130 00",
    "reference": "transfer reference",
}


def _buyer(shop: LiveShop, name: str) -> Person:
    return Person(shop.wire, shop.wire.add_user(name), shop.channels["shop"], PATIENCE)


def _order(shop: LiveShop, name: str, method: str) -> Reply:
    shop.buyer = _buyer(shop, name)
    return shop.order(method)


def _qr(order: Reply) -> str:
    """Read the page's only picture with a decoder that shares no code with the shop."""
    (picture,) = order.message.files.values()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return found.text


def _links(message: Message) -> list[str]:
    return [each["url"] for each in walk(message.components) if "url" in each]


def _put_on_sale(shop: LiveShop, olga: Person) -> None:
    olga.slash("rates set", coin="btc", price="64250.10")
    look = olga.submit(olga.slash("payment add"), **BANK)
    assert "Nothing is saved yet" in look.text
    assert "Bank transfer is saved" in olga.press(look, "Save").text


def _approve(shop: LiveShop, card: Message, buyer: Person) -> None:
    shop.staff.press(card, "Approve")
    shop.wire.wait_for(lambda: any(CODE in each.text for each in buyer.dms()), PATIENCE, "the goods")


def test_a_coin_by_its_qr_code_and_a_bank_transfer(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        shop.run(NOVACORE, "sample", by_file=True)
        process = shop.start(NOVACORE, "run", by_file=True)
        shop.panel()
        _put_on_sale(shop, shop.owner())

        order, ann = _order(shop, "ann", "Bitcoin (BTC)"), shop.buyer
        asked = re.fullmatch(rf"bitcoin:{ADDRESSES['BTC_ADDRESS']}\?amount=(0\.000\d{{5}})", _qr(order))
        assert asked, _qr(order)
        assert asked[1] in order.text
        paid = f"{7:064x}"
        shop.pay(order, paid)
        card = shop.staff.await_message(shop.channels["staff"], f"{asked[1]} BTC")
        assert f"https://mempool.space/tx/{paid}" in _links(card)

        second = _order(shop, "bob", "Bitcoin (BTC)")
        assert asked[1] not in second.text, "an order of the same price asks for another amount"
        assert asked[1] not in _qr(second)
        _approve(shop, card, ann)

        transfer, carol = _order(shop, "carol", "Bank transfer"), shop.buyer
        assert "Send $19.99 to Sample Shop" in transfer.text
        assert BANK["address"] in transfer.text
        shop.pay(transfer, "Carol 42")
        _approve(shop, shop.staff.await_message(shop.channels["staff"], "Carol 42"), carol)
        assert "Traceback" not in process.log
