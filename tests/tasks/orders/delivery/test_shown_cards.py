"""What is known of what cards show: an edit that nobody answered says nothing, and neither does what was never sent."""

from typing import Any

from sqlalchemy import event, select

from novacore.db.models import Card, Order
from novacore.db.unit_of_work import reading
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import STAFF
from tests.tasks.orders.test_cards import run_all
from tests.tasks.town import Town
from tests.wire.faults import Drop
from tests.workflows.machine import lives


def known(town: Town, order: Order) -> list[bool]:
    """Of each card of the order, whether it is known what it shows."""
    rows = select(Card.shown).where(Card.subject_id == order.id, Card.kind.in_(("receipt", "review"))).order_by(Card.id)
    with reading(town.shop.database) as session:
        return [mark is not None for mark in session.execute(rows).scalars()]


def test_of_an_edit_that_discord_did_not_answer_nothing_is_known(town: Town) -> None:
    """It may have been made: a card that is to show the same as before that edit must be edited all the same."""
    order = town.submit(town.place())
    town.work()
    assert known(town, order) == [True, True]
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    town.wire.fault("PATCH", f"/channels/{town.places.staff_channel_id}/messages/*", Drop(taken=True), times=None)
    run_all(town, "refresh_cards")
    assert town.outcome("refresh_cards")[0] == "queued", "it is tried again"
    assert known(town, order) == [False, False], "nor is it known whether the order has moved on meanwhile"


def test_what_was_never_begun_is_settled_without_a_write(town: Town) -> None:
    order = town.submit(town.place())
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    writes: list[str] = []

    def note(*given: Any) -> None:
        if "UPDATE sends" in given[2] and "review:" in str(given[3]):
            writes.append(given[2])

    event.listen(town.shop.database.engine, "before_cursor_execute", note)
    town.work()
    event.remove(town.shop.database.engine, "before_cursor_execute", note)
    assert "Nothing to review" in town.outcome("post_review_card")[1]
    assert writes == []
