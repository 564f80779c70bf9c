"""The DMs about a proof and a delivery lose the buttons that do nothing any more."""

from collections.abc import Callable

import pytest

from novacore.tasks.discord.calls import SentMessage
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import OWNER, STAFF, MovableClock
from tests.tasks.town import Town
from tests.wire.faults import Answer
from tests.wire.world.state import Message
from tests.workflows.machine import lives


def dm(town: Town, words: str) -> Message:
    """The customer's newest DM with these words."""
    return [message for message in town.wire.dms(town.customer.id or 0) if words in message.text][-1]


def asked_again(town: Town) -> str:
    """Bring an order to where another proof is asked for; return its id."""
    order = town.submit(town.place())
    town.work()
    orders.ask_again(town.shop, STAFF, order.id, Given(reason="Too dark."))
    return order.id


def test_the_note_that_asks_for_a_proof_loses_its_button_once_the_proof_is_there(town: Town) -> None:
    order_id = asked_again(town)
    town.work()
    assert dm(town, "Please send another proof").custom_ids == [f"nc:order:submit_proof:{order_id}"]
    before = dm(town, "Please send another proof").text
    town.submit(town.order(order_id))
    town.work()
    note = dm(town, "Please send another proof")
    assert note.custom_ids == []
    assert "Too dark." in note.text
    assert note.text.splitlines()[-1] == before.splitlines()[-1], "it is still found by its token"
    edits = len(town.wire.requests("PATCH", f"/channels/*/messages/{note.id}"))
    orders.reject(town.shop, STAFF, order_id, lives.REASON)
    town.work()
    assert len(town.wire.requests("PATCH", f"/channels/*/messages/{note.id}")) == edits, "it was let go"


def test_the_invitation_to_vouch_loses_its_button_with_the_purchase(town: Town, time: MovableClock) -> None:
    order = town.delivered()
    time.move(hours=3)
    town.work()
    assert dm(town, "How was it?").custom_ids == [f"nc:vouch:write:{order.id}"]
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()
    assert dm(town, "How was it?").custom_ids == []


def test_a_button_that_loses_its_use_while_its_note_is_on_its_way_is_taken_off(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = asked_again(town)
    send, left = town.runtime.calls.send, [True]

    def send_slowly(channel_id: int, build: Callable[[], object], nonce: str, size: int = 0) -> SentMessage:
        sent = send(channel_id, build, nonce, size)  # type: ignore[arg-type]
        if left and channel_id == town.wire.dm_channel(town.customer.id or 0):
            left.pop()
            orders.cancel(town.shop, STAFF, order_id, Given())
            for job_id in town.due("refresh_cards"):
                runner.run(town.runtime, job_id)
        return sent

    monkeypatch.setattr(town.runtime.calls, "send", send_slowly)
    town.work()
    assert left == []
    assert dm(town, "Please send another proof").custom_ids == []


def test_a_note_that_can_not_be_edited_holds_nothing_up(town: Town) -> None:
    order_id = asked_again(town)
    town.work()
    note = dm(town, "Please send another proof")
    refused = town.wire.fault("PATCH", f"/channels/*/messages/{note.id}", Answer(403, 50007), times=None)
    town.submit(town.order(order_id))
    town.work()
    assert refused.hits == 1
    assert town.outcome("refresh_cards")[0] == "done"
