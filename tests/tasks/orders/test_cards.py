"""Receipts and review cards: posted once, always true, whoever moved the order and whenever."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from novacore.db.models import Card, Job
from novacore.db.unit_of_work import writing
from novacore.media.artwork import sample_receipt
from novacore.states import OrderStatus, SendState
from novacore.tasks.discord.calls import Outgoing, SentMessage
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import OWNER, STAFF, MovableClock
from tests.tasks.jobs import make_due, queue_job, sends
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.wire.world.state import Message
from tests.workflows.machine import lives

TO_CHECK = {"approve", "approve_amount", "reject", "ask_again"}
"""What staff can press while a payment is being checked."""


def receipt(town: Town) -> Message:
    """The customer's one receipt."""
    return town.wire.dms(town.customer.id or 0)[0]


def card(town: Town) -> Message:
    """The newest review card."""
    return town.wire.messages(town.places.staff_channel_id)[-1]


def verbs(message: Message) -> set[str]:
    """The verbs of the buttons."""
    return {custom_id.split(":")[2] for custom_id in message.custom_ids}


def test_the_receipt_follows_the_order_through_its_whole_life(town: Town) -> None:
    order = town.place()
    town.work()
    assert verbs(receipt(town)) == {"submit_proof", "cancel", "open"}
    assert "$9.99" in receipt(town).text
    town.submit(order)
    town.work()
    assert verbs(receipt(town)) == {"open"}
    orders.ask_again(town.shop, STAFF, order.id, Given(reason="Too dark."))
    town.work()
    assert verbs(receipt(town)) == {"submit_proof", "cancel", "open"}
    assert "Too dark." in receipt(town).text
    town.submit(order)
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    assert verbs(receipt(town)) == {"reveal", "again", "open"}


def test_the_review_card_shows_what_staff_need(town: Town) -> None:
    order = town.submit(town.place(quantity=2))
    town.work()
    shown = card(town)
    for words in (order.id, "2 × Game key", "$19.98", "Bitcoin", "their first order", "account made"):
        assert words in shown.text, words
    assert list(shown.files) == [f"proof-{order.id}-1.jpg"]
    assert verbs(shown) == TO_CHECK
    assert all(custom_id.endswith(f":{order.id}:1") for custom_id in shown.custom_ids)


def test_the_card_shows_the_present_state_whoever_changed_it(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    shown = card(town)
    assert "Delivered" in shown.text
    assert verbs(shown) == {"refund", "resend", "replace_unit", "return_money"}
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()
    assert "Refunded" in card(town).text
    assert verbs(card(town)) == set()


def test_staff_can_decide_while_no_picture_is_made(town: Town, time: MovableClock) -> None:
    """The media workers are down: the card goes out after a minute, and the picture is put in later."""
    town.submit(town.place())
    (picture_job,) = town.due("process_proof")
    for job_id in town.due():
        if job_id != picture_job:
            runner.run(town.runtime, job_id)
    assert town.staff_channel() == []
    time.move(seconds=61)
    for job_id in town.due("post_review_card"):
        runner.run(town.runtime, job_id)
    assert verbs(card(town)) == TO_CHECK
    assert card(town).files == {}
    town.work()
    assert len(town.staff_channel()) == 1
    assert len(card(town).files) == 1


def test_a_new_round_has_a_new_card_and_the_old_one_is_closed(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    orders.ask_again(town.shop, STAFF, order.id, Given(reason="Too dark."))
    town.work()
    town.submit(order)
    town.work()
    old, new = town.wire.messages(town.places.staff_channel_id)
    assert verbs(old) == set()
    assert verbs(new) == TO_CHECK
    assert all(custom_id.endswith(":2") for custom_id in new.custom_ids)


def test_a_card_killed_between_send_and_memory_is_found_again(town: Town, time: MovableClock) -> None:
    town.submit(town.place())
    town.wire.fault("POST", f"/channels/{town.places.staff_channel_id}/messages", Drop(taken=True))
    town.work()
    assert len(town.staff_channel()) == 1, "it was posted, and we do not know"
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    assert len(town.staff_channel()) == 1
    assert card(town).edited_at is None or verbs(card(town)) == TO_CHECK


def test_a_card_that_was_just_posted_is_not_edited_to_show_the_same(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    queue_job(town.shop.database, JobName.refresh_cards, order.id)
    town.work()
    assert town.wire.requests("PATCH", f"/channels/{town.places.staff_channel_id}/messages/*") == []


def test_a_deleted_card_is_let_go(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    town.wire.delete_message(town.places.staff_channel_id, card(town).id)
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    town.work()
    assert town.outcome("refresh_cards")[0] == "done"


def test_an_order_decided_before_its_card_went_out_gets_none(town: Town, time: MovableClock) -> None:
    order = town.submit(town.place())
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    time.move(minutes=2)
    town.work()
    assert town.outcome("post_review_card") == ("done", "Nothing to review: the order is rejected.")
    assert town.staff_channel() == []


def test_a_card_that_was_cut_off_before_its_send_leaves_no_doubt_when_it_is_too_late_for_it(
    town: Town, time: MovableClock
) -> None:
    order = town.submit(town.place())
    town.wire.fault("POST", f"/channels/{town.places.staff_channel_id}/messages", Drop(taken=False))
    town.work()
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    time.move(minutes=10)
    town.work()
    assert town.outcome("post_review_card") == ("done", "Nothing to review: the order is rejected.")
    assert town.staff_channel() == []
    assert {each.state for each in sends(town.shop.database) if each.purpose == "review"} == {SendState.abandoned}


def test_closed_dms_show_on_the_card_before_anything_was_approved(town: Town) -> None:
    town.wire.close_dms(town.customer.id or 0)
    town.submit(town.place())
    town.work()
    assert "DMs" in card(town).text
    assert town.outcome("order_receipt") == ("dead", "Their DMs are closed to the shop.")


def test_shared_references_and_likenesses_are_shown_to_staff(town: Town) -> None:
    picture = sample_receipt("$9.99", "shop@example.com", "THE SAME PAYMENT")
    reference = lives.reference()
    first = town.place()
    orders.submit_proof(town.shop, town.customer, first.id, picture, reference)
    town.work()
    second = town.place()
    orders.submit_proof(town.shop, town.customer, second.id, lives.resaved(picture), reference)
    town.work()
    shown = card(town)
    assert second.id in shown.text
    assert first.id in shown.text, "the other order is named"
    assert len(shown.files) == 2, "the proof, and both side by side"
    assert second.id in town.wire.messages(town.places.staff_channel_id)[0].text, "the first card is flagged, too"
    assert town.order(second.id).status is OrderStatus.under_review


def forget_what_is_shown(town: Town) -> None:
    """Leave the cards as those that an older release has posted: nobody knows what they show."""
    with writing(town.shop.database) as tx:
        tx.session.execute(update(Card).values(shown=None))


def test_whoever_edits_last_has_read_last(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order moves while a refresh is editing: the same job goes round again."""
    order = town.submit(town.place())
    town.work()
    forget_what_is_shown(town)
    edit, moved = town.runtime.calls.edit, [False]

    def edit_slowly(channel_id: int, *rest: object, **named: object) -> bool:
        if channel_id == town.places.staff_channel_id and not moved[0]:
            moved[0] = True
            orders.approve(town.shop, STAFF, order.id, Given())
        return edit(channel_id, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(town.runtime.calls, "edit", edit_slowly)
    assert verbs(card(town)) == TO_CHECK
    runner.run(town.runtime, queue_job(town.shop.database, JobName.refresh_cards, order.id))
    assert moved == [True]
    assert verbs(card(town)) == {"refund", "return_money"}, "the card shows the approval that came in between"


def meanwhile(town: Town, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen while the next message to staff is on its way: after it was built, before it is known."""
    send, left = town.runtime.calls.send, [happens]

    def send_slowly(channel_id: int, *rest: object) -> SentMessage:
        sent = send(channel_id, *rest)  # type: ignore[arg-type]
        if channel_id == town.places.staff_channel_id and left:
            left.pop()()
        return sent

    monkeypatch.setattr(town.runtime.calls, "send", send_slowly)


def run_all(town: Town, *names: str) -> None:
    """Run what is due of these jobs."""
    for job_id in town.due(*names):
        runner.run(town.runtime, job_id)


def test_a_picture_that_is_ready_while_the_card_is_on_its_way_appears_on_it(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.submit(town.place())
    time.move(seconds=61)
    meanwhile(town, monkeypatch, lambda: run_all(town, "process_proof", "refresh_cards"))
    run_all(town, "post_review_card")
    assert len(card(town).files) == 1
    assert "still being prepared" not in card(town).text


def test_a_flag_that_comes_while_an_older_refresh_is_editing_stays_on_the_card(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older refresh edits last, and has read before the other order sent the same transaction id."""
    reference = lives.reference()
    mine = town.place()
    orders.submit_proof(town.shop, town.customer, mine.id, lives.picture(), reference)
    town.work()
    other, edit, left = town.place(), town.runtime.calls.edit, [True]

    def edit_late(channel_id: int, message_id: int, build: Callable[[], Outgoing]) -> bool:
        if channel_id == town.places.staff_channel_id and left:
            left.pop()
            orders.submit_proof(town.shop, town.customer, other.id, lives.picture(), reference)
            run_all(town, "refresh_cards")
            assert "The same transaction id" in card(town).text
        return edit(channel_id, message_id, build)

    older = queue_job(town.shop.database, JobName.refresh_cards, mine.id)
    monkeypatch.setattr(town.runtime.calls, "edit", edit_late)
    runner.run(town.runtime, older)
    assert left == []
    assert "The same transaction id" in card(town).text


def test_a_receipt_that_cannot_be_edited_does_not_hold_back_the_card_of_staff(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    town.wire.fault("PATCH", f"/channels/{receipt(town).channel_id}/messages/*", Answer(403, 50007), times=None)
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    town.work()
    assert "Rejected" in card(town).text
    assert verbs(card(town)) == {"reinstate"}
    told = "1 card shows the present state. The receipt does not: Their DMs are closed to the shop."
    assert town.outcome("refresh_cards") == ("done", told)


def test_a_card_of_staff_that_cannot_be_edited_is_told_to_staff_and_the_receipt_is_true(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    town.wire.fault("PATCH", f"/channels/{town.places.staff_channel_id}/messages/*", Answer(403, 50001), times=None)
    orders.ask_again(town.shop, STAFF, order.id, lives.REASON)
    town.work()
    assert verbs(receipt(town)) == {"submit_proof", "cancel", "open"}
    assert town.outcome("refresh_cards") == ("dead", "The bot cannot see that channel.")
    (alert,) = [text for text in town.staff_channel() if "did not work" in text]
    assert "refresh cards" in alert
    assert order.id in alert


def test_an_old_card_that_cannot_be_closed_does_not_hold_back_the_new_one(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    orders.ask_again(town.shop, STAFF, order.id, lives.REASON)
    town.work()
    town.submit(order)
    old = card(town).id
    run_all(town, "process_proof")
    run_all(town, "refresh_cards")
    town.wire.fault("PATCH", f"/channels/*/messages/{old}", Answer(403, 50001), times=None)
    town.work()
    assert card(town).id != old
    assert town.outcome("post_review_card") == ("done", "Staff have the review card.")
    assert not [text for text in town.staff_channel() if "did not work" in text]


def test_a_card_that_a_killed_attempt_had_posted_is_kept_true_though_the_order_was_decided(town: Town) -> None:
    order = town.submit(town.place())
    run_all(town, "process_proof")
    (job_id,) = town.due("post_review_card")
    town.wire.fault("POST", f"/channels/{town.places.staff_channel_id}/messages", Drop(taken=True))
    run_all(town, "post_review_card")
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    town.work()
    assert verbs(card(town)) == TO_CHECK, "nobody knows of the card yet"
    make_due(town.shop.database, job_id)
    town.work()
    assert verbs(card(town)) == {"reinstate"}


def edits(town: Town) -> int:
    """How often a message was edited."""
    return len(town.wire.requests("PATCH", "/channels/*/messages/*"))


def test_an_approval_and_its_delivery_are_shown_together(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    before = edits(town)
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    assert "Delivered" in card(town).text
    assert verbs(receipt(town)) == {"reveal", "again", "open"}
    assert edits(town) == before + 2, "the card and the receipt, once each"


def test_an_approval_whose_delivery_takes_long_is_shown_by_itself(town: Town, time: MovableClock) -> None:
    order = town.submit(town.place())
    town.work()
    orders.approve(town.shop, STAFF, order.id, Given())
    assert town.due("refresh_cards") == []
    time.move(seconds=3)
    run_all(town, "refresh_cards")
    assert "Approved" in card(town).text
    assert "approve" not in verbs(card(town))
    town.work()
    assert "Delivered" in card(town).text


def test_what_shows_the_truth_is_not_edited_again(town: Town) -> None:
    order = town.submit(town.place())
    town.work()
    forget_what_is_shown(town)
    before = edits(town)
    for _ in range(3):
        runner.run(town.runtime, queue_job(town.shop.database, JobName.refresh_cards, order.id))
        assert town.outcome("refresh_cards") == ("done", "2 cards show the present state.")
        assert edits(town) == before + 2, "once each, and then they are known to show it"


def test_a_second_attempt_edits_whatever_is_stored(town: Town) -> None:
    """The first may have edited, with what was true then, and not have lived to store it."""
    order = town.submit(town.place())
    town.work()
    runner.run(town.runtime, queue_job(town.shop.database, JobName.refresh_cards, order.id))
    again = queue_job(town.shop.database, JobName.refresh_cards, order.id)
    with writing(town.shop.database) as tx:
        tx.session.execute(update(Job).where(Job.id == again).values(attempts=1))
    before = edits(town)
    runner.run(town.runtime, again)
    assert edits(town) == before + 2
