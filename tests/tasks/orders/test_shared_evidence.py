"""What a card says of other orders with the same payment: always what is so, and never to press what would refuse."""

import pytest

from novacore.db.models import Order
from novacore.errors import WrongState
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.shops import STAFF
from tests.tasks.town import Town
from tests.workflows import own_methods
from tests.workflows.machine import lives


def proved(town: Town, method: str, reference: str) -> Order:
    """The customer pays, as this reference shows."""
    order = orders.place(town.shop, town.customer, Checkout(lives.reference(), town.product_id, 1, method))
    return orders.submit_proof(town.shop, town.customer, order.id, lives.picture(), reference)


def card_of(town: Town, order: Order) -> str:
    """The card that staff have of an order."""
    town.work()
    return next(said for said in reversed(town.staff_channel()) if f"Order `{order.id}`" in said)


def test_a_card_says_at_once_that_its_reference_has_paid_for_another_order(town: Town) -> None:
    reference = lives.reference()
    waits, paid = proved(town, "btc", reference), proved(town, "btc", reference)
    orders.ask_again(town.shop, STAFF, waits.id, lives.REASON)
    assert f"`{waits.id}` (waiting for another proof)" in card_of(town, paid)
    assert "You can still approve it" in card_of(town, waits)
    orders.approve(town.shop, STAFF, paid.id, Given())
    said = card_of(town, waits)
    assert f"This transaction id already paid for `{paid.id}`" in said
    assert "You can still approve it" not in said
    assert "being checked" not in said
    with pytest.raises(WrongState, match=r"wait for it, or cancel this order\.") as refused:
        orders.approve(town.shop, STAFF, waits.id, Given())
    assert "Reject" not in refused.value.sentence
    assert "wait for it, or cancel this order." in said


def test_a_reference_that_only_looks_the_same_is_flagged_before_it_is_refused(town: Town) -> None:
    bank = own_methods.add(town.shop)
    first, other = proved(town, bank, "Ref 42-b"), proved(town, bank, "REF  42 B")
    proved(town, own_methods.add(town.shop, label="Cash App"), "Ref 42-b")
    for mine, theirs in ((first, other), (other, first)):
        said = f"Another transfer reference that looks just like this one** was sent for `{theirs.id}`"
        assert said in card_of(town, mine)
        assert card_of(town, mine).count("looks just like") == 1
    orders.reject(town.shop, STAFF, other.id, lives.REASON)
    assert "looks just like" not in card_of(town, first), "only those that wait for a decision"
    orders.reinstate(town.shop, STAFF, other.id, lives.REASON)
    orders.approve(town.shop, STAFF, first.id, Given())
    flagged = f"Another transfer reference that looks just like this one already paid for `{first.id}`"
    assert flagged in card_of(town, other)
    with pytest.raises(WrongState, match=r"Reject this one, or ask for another proof\."):
        orders.approve(town.shop, STAFF, other.id, Given())
