"""Staff hear of contested payments: each pair once, many in one message, and no customer hears anything."""

import pytest

from novacore.errors import EvidenceUsed
from novacore.media.proofs import process
from novacore.states import OrderStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.town import Town
from tests.wire.faults import Drop
from tests.wire.world.state import Message
from tests.workflows.machine import lives


def paid(town: Town, rounds: int = 1) -> tuple[str, ...]:
    """An order whose goods have arrived, and the transactions that paid for it, one a round."""
    order, references = town.place(), [lives.reference() for _ in range(rounds)]
    for number, reference in enumerate(references, 1):
        picture = lives.picture()
        orders.submit_proof(town.shop, town.customer, order.id, picture, reference, process(picture))
        if number < rounds:
            orders.ask_again(town.shop, STAFF, order.id, lives.REASON)
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    assert town.order(order.id).status is OrderStatus.delivered
    return (order.id, *references)


def place(town: Town) -> str:
    """Someone new orders."""
    return lives.place(town.shop, town.product_id, Actor(town.wire.add_user("mallory"), "mallory")).id


def contest(town: Town, reference: str, order_id: str | None = None) -> str:
    """A transaction that has paid already is sent for this order, or for one of someone new."""
    order, picture = town.order(order_id or place(town)), lives.picture()
    with pytest.raises(EvidenceUsed):
        orders.submit_proof(
            town.shop, Actor(order.customer_id, "mallory"), order.id, picture, reference, process(picture)
        )
    return order.id


def alerts(town: Town) -> list[Message]:
    """What staff were told of contested payments."""
    messages = town.wire.messages(town.places.staff_channel_id)
    return [message for message in messages if "ontested payment" in message.text]


def test_staff_hear_of_both_orders_with_both_pictures_and_the_customers_of_nothing(town: Town) -> None:
    first, reference = paid(town)
    second = place(town)
    town.work()
    before = len(town.wire.requests())
    contest(town, reference, second)
    town.work()
    (alert,) = alerts(town)
    assert f"`{second}`" in alert.text
    assert f"`{first}` (delivered)" in alert.text
    assert [custom_id for custom_id in alert.custom_ids if custom_id] == [
        f"nc:order:details:{second}",
        f"nc:order:details:{first}",
    ]
    assert len(alert.files) == 1
    done = [one.path for one in town.wire.requests()[before:] if one.method != "GET"]
    assert done == [f"/channels/{town.places.staff_channel_id}/messages"], "no receipt and no card was touched"


def test_what_follows_within_an_hour_is_one_message_at_its_end(town: Town, time: MovableClock) -> None:
    first, reference, further = paid(town, rounds=2)
    other, another, *_ = paid(town)
    told = contest(town, reference)
    town.work()
    contest(town, another, told)
    later = [contest(town, reference) for _ in range(2)]
    time.move(minutes=59)
    town.work()
    assert len(alerts(town)) == 1
    time.move(minutes=1)
    town.work()
    _, combined = alerts(town)
    assert "3 contested payments" in combined.text
    assert all(f"`{order_id}`" in combined.text for order_id in [told, other, *later, first])
    assert not combined.files
    time.move(hours=2)
    contest(town, further, told)
    town.work()
    assert len(alerts(town)) == 2, "of this pair they have been told"


def test_a_message_whose_answer_was_lost_is_not_sent_again(town: Town, time: MovableClock) -> None:
    _, reference = paid(town)
    told = contest(town, reference)
    town.wire.fault("POST", f"/channels/{town.places.staff_channel_id}/messages", Drop(taken=True))
    town.work()
    later = contest(town, reference)
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    (alert,) = alerts(town)
    assert f"`{told}`" in alert.text
    assert later not in alert.text
    time.move(hours=1)
    town.work()
    assert f"`{later}`" in alerts(town)[-1].text
    assert len(alerts(town)) == 2
