"""The vouch in its channel: once, as it was written last, gone when it is hidden; whatever is killed in between."""

from collections.abc import Callable
from typing import Any

import pytest

from novacore.db.models import Order
from novacore.tasks.queue import runner
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import vouches
from tests.fixtures.shops import OWNER, STAFF, MovableClock
from tests.tasks.jobs import queue_job
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.wire.world.state import Message
from tests.workflows.machine import lives


def channel(town: Town) -> list[Message]:
    """What stands in the channel of the vouches."""
    return town.wire.messages(town.places.vouch_channel_id)


def write(town: Town, order: Order, rating: str, comment: str = "") -> None:
    """The customer fills in the form."""
    vouches.write(town.shop, town.customer, order.id, rating, comment)


def hide(town: Town, order: Order) -> None:
    """Staff hide the vouch."""
    vouches.hide(town.shop, STAFF, order.id, "It insults someone.")


def in_between(town: Town, monkeypatch: pytest.MonkeyPatch, method: str, meanwhile: Callable[[], None]) -> None:
    """Let something happen in the very moment of the first such call to Discord."""
    call = getattr(town.runtime.calls, method)
    done: list[bool] = []

    def slowly(*given: Any, **named: Any) -> Any:
        if not done:
            done.append(True)
            meanwhile()
        return call(*given, **named)

    monkeypatch.setattr(town.runtime.calls, method, slowly)


def run(town: Town) -> None:
    """Run the one job that is due for the vouch, and nothing that it left behind."""
    (job_id,) = town.due("post_vouch")
    runner.run(town.runtime, job_id)


def test_a_vouch_is_posted_once_and_pings_nobody(town: Town) -> None:
    order = town.delivered()
    write(town, order, "4", "Quick.\nAnd friendly, @everyone!")
    town.work()
    runner.run(town.runtime, queue_job(town.shop.database, JobName.post_vouch, order.id))
    (message,) = channel(town)
    for shown in ("⭐⭐⭐⭐\n", f"<@{town.customer.id}>", "Game key", "> Quick.\n> And friendly"):
        assert shown in message.text
    assert message.pinged_users == []
    for private in (order.id, "$9.99", "SECRET-"):
        assert private not in message.text


def test_an_edit_shows_in_the_same_message(town: Town) -> None:
    order = town.delivered()
    write(town, order, "4", "Quick.")
    town.work()
    (before,) = channel(town)
    write(town, order, "2", "It stopped working.")
    town.work()
    (after,) = channel(town)
    assert after.id == before.id
    assert "⭐⭐\n" in after.text
    assert "It stopped working." in after.text
    assert "Quick." not in after.text
    assert town.outcome("post_vouch") == ("done", "The vouch in its channel is as it was written last.")


def test_a_hidden_vouch_leaves_the_channel(town: Town) -> None:
    first, second = town.delivered(), town.delivered()
    write(town, first, "1", "Rude words.")
    write(town, second, "5", "Kind words.")
    town.work()
    hide(town, first)
    town.work()
    (left,) = channel(town)
    assert "Kind words." in left.text
    assert town.outcome("post_vouch") == ("done", "The hidden vouch is gone from its channel.")
    runner.run(town.runtime, queue_job(town.shop.database, JobName.post_vouch, first.id))
    assert len(channel(town)) == 1


def test_a_vouch_that_was_hidden_at_once_is_never_posted(town: Town) -> None:
    order = town.delivered()
    write(town, order, "1", "Rude words.")
    hide(town, order)
    town.work()
    assert channel(town) == []
    assert town.outcome("post_vouch") == ("done", "The vouch is hidden and was never posted.")


def test_a_message_that_someone_deleted_stays_deleted(town: Town) -> None:
    order = town.delivered()
    write(town, order, "4", "Quick.")
    town.work()
    town.wire.delete_message(town.places.vouch_channel_id, channel(town)[0].id)
    write(town, order, "5", "Very quick.")
    town.work()
    assert channel(town) == []
    assert town.outcome("post_vouch") == ("done", "Someone deleted the vouch's message; it stays deleted.")
    hide(town, order)
    town.work()
    assert town.outcome("post_vouch")[0] == "done"


def test_a_vouch_killed_between_send_and_record_is_found_again(town: Town, time: MovableClock) -> None:
    order = town.delivered()
    write(town, order, "4", "Quick.")
    town.wire.world.nonce_window = 0.0
    town.wire.fault("POST", f"/channels/{town.places.vouch_channel_id}/messages", Drop(taken=True))
    town.work()
    assert len(channel(town)) == 1, "it was posted, and we do not know"
    write(town, order, "5", "Very quick.")
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    (message,) = channel(town)
    assert "Very quick." in message.text


def test_a_hidden_vouch_is_found_where_nobody_knows_whether_it_was_posted(town: Town, time: MovableClock) -> None:
    order = town.delivered()
    write(town, order, "1", "Rude words.")
    town.wire.fault("POST", f"/channels/{town.places.vouch_channel_id}/messages", Drop(taken=True))
    town.work()
    assert len(channel(town)) == 1
    hide(town, order)
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    assert channel(town) == []


def test_a_send_that_was_lost_on_the_way_leaves_nothing_to_take_down(town: Town, time: MovableClock) -> None:
    order = town.delivered()
    write(town, order, "1", "Rude words.")
    town.wire.fault("POST", f"/channels/{town.places.vouch_channel_id}/messages", Drop(taken=False))
    town.work()
    hide(town, order)
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    assert channel(town) == []
    assert town.outcome("post_vouch") == ("done", "The vouch is hidden and was never posted.")


@pytest.mark.parametrize("method", ["send", "edit"])
def test_whoever_speaks_last_has_read_last(town: Town, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """The buyer edits while the vouch is on its way: the same job goes round again."""
    order = town.delivered()
    write(town, order, "4", "Quick.")
    if method == "edit":
        town.work()
        write(town, order, "3", "Not so quick.")
    in_between(town, monkeypatch, method, lambda: write(town, order, "1", "Slow."))
    run(town)
    (message,) = channel(town)
    assert "Slow." in message.text


def test_a_vouch_that_is_hidden_while_it_is_posted_is_taken_down_by_the_same_job(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = town.delivered()
    write(town, order, "1", "Rude words.")
    in_between(town, monkeypatch, "send", lambda: hide(town, order))
    run(town)
    assert channel(town) == []


def test_a_refund_leaves_what_was_said(town: Town) -> None:
    order = town.delivered()
    write(town, order, "2", "It stopped working, and they paid me back.")
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()
    assert len(channel(town)) == 1


def test_a_channel_that_is_closed_to_the_bot_is_told_to_staff_once(town: Town) -> None:
    order = town.delivered()
    town.wire.fault("POST", f"/channels/{town.places.vouch_channel_id}/messages", Answer(403, 50001), times=None)
    write(town, order, "4", "Quick.")
    town.work()
    alerts = [text for text in town.staff_channel() if "post vouch" in text]
    assert len(alerts) == 1
    assert "cannot see that channel" in alerts[0]


def test_an_order_without_a_vouch_is_no_fault(town: Town) -> None:
    order = town.delivered()
    runner.run(town.runtime, queue_job(town.shop.database, JobName.post_vouch, order.id))
    assert town.outcome("post_vouch") == ("done", "There is no vouch for this order.")
