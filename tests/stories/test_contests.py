"""Two customers send one transaction: the second reads what everybody reads, and staff hear of both. On a live shop."""

from pathlib import Path

from novacore.media.artwork import sample_receipt
from tests.stories.live import NOVACORE, PATIENCE, PRODUCT, REFERENCE, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.people import Person
from tests.wire.stand_in import Wire

__all__ = ["wire"]


def _order_id(text: str) -> str:
    return next(word.strip("`") for word in text.split() if word.startswith("`NC-"))


def _send_it_again(shop: LiveShop, mallory: Person) -> tuple[str, str]:
    """Mallory orders and sends what Alice has paid with; their order and what they read."""
    shop.buyer = mallory
    order = shop.order()
    form = mallory.press(order, "Send payment proof")
    picture = sample_receipt("19.99 USD", "me@example.com", "not mine")
    answer = mallory.submit(form, proof=("paid.png", picture), reference=f" {REFERENCE.lower()} ")
    return _order_id(order.text), answer.text


def test_a_transaction_that_two_customers_send(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        shop.run(NOVACORE, "sample", by_file=True)
        process = shop.start(NOVACORE, "run", by_file=True)
        alice = shop.buyer
        first = _order_id(shop.pay(shop.order()).text)
        shop.approve()
        shop.staff.await_message(shop.channels["purchases"], PRODUCT)
        wire.wait_for(lambda: shop.goods() and "Delivered" in alice.dms()[0].text, PATIENCE, "the goods")
        seen = [message.text for message in alice.dms()]

        mallory = Person(wire, wire.add_user("mallory"), shop.channels["shop"], PATIENCE)
        second, answer = _send_it_again(shop, mallory)
        assert "This transaction id was already used for another order, so it can't pay for this one." in answer
        assert first not in answer

        alert = shop.staff.await_message(shop.channels["staff"], "Contested payment")
        assert first in alert.text
        assert second in alert.text
        assert list(alert.files) == ["contested.jpg"]
        page = shop.staff.press(alert, f"nc:order:details:{second}")
        assert f"Its payment had already counted for `{first}` (delivered)" in page.text
        assert "marked the payment as contested" in page.text
        assert list(page.message.files) == [f"refused-{second}-1.jpg"]
        assert f"also claimed for `{second}`" in shop.staff.press(alert, f"nc:order:details:{first}").text

        assert [message.text for message in alice.dms()] == seen, "she hears and sees nothing"
        orders = [each.slash("orders").text for each in (alice, mallory)]
        assert all("ontested" not in text and "refused" not in text for text in orders)
        assert second not in orders[0]
        assert first not in orders[1]
        stop([process])
        assert "Traceback" not in process.log
        assert REFERENCE not in process.log
