"""The review card: everything that a decision needs, on one card that is always true."""

from datetime import timedelta

import pytest

from novacore.db.models import Person
from novacore.db.queries.orders.discounts import Overuse
from novacore.db.queries.orders.orders import OrderMoney
from novacore.messages.orders import buttons
from novacore.messages.orders.staff import review
from novacore.states import OrderStatus, ProofState
from tests.messages import samples
from tests.messages.everything import PICTURE
from tests.messages.payloads import components, custom_ids_of, files_of, words_of

S = OrderStatus


def test_the_card_holds_what_a_decision_needs() -> None:
    made = samples.NOW - timedelta(days=400)
    said = words_of(review.review_card(samples.facts(), PICTURE, [], made))
    for part in (
        "Payment to check",
        samples.ORDER_ID,
        "2 × Game gift card",
        "$19.98",
        "Bitcoin (BTC)",
        f"<@{samples.BUYER}>",
        "Robin",
        f"<t:{int(made.timestamp())}:R>",
        "4 orders, 3 delivered",
        "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
    ):
        assert part in said


def test_a_first_order_is_pointed_out() -> None:
    assert "their first order" in words_of(review.review_card(samples.facts(orders_placed=1), None))


def test_the_proof_is_shown_and_the_pairs_that_look_alike_next_to_each_other() -> None:
    facts = samples.facts(alike=[samples.alike()])
    message = review.review_card(facts, PICTURE, [b"pair"])
    assert files_of(message) == {
        f"proof-{samples.ORDER_ID}-1.jpg": PICTURE,
        f"alike-{samples.ORDER_ID}-1-1.jpg": b"pair",
    }
    assert f"Looks like the proof of `{samples.OTHER_ID}`" in words_of(message)


def test_a_likeness_is_named_even_where_its_picture_is_missing() -> None:
    message = review.review_card(samples.facts(alike=[samples.alike()]), None)
    assert samples.OTHER_ID in words_of(message)
    assert files_of(message) == {}


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (samples.proof(state=ProofState.stored), "still being prepared"),
        (samples.proof(state=ProofState.unreadable), "could not be opened"),
        (None, "No proof was sent yet"),
    ],
)
def test_a_card_without_a_picture_says_why(proof: object, said: str) -> None:
    message = review.review_card(samples.facts(proof=proof), None)
    assert said in words_of(message)
    assert custom_ids_of(message), "staff can decide without the picture"


def test_a_card_never_says_that_no_proof_was_sent_where_one_was_refused() -> None:
    for status in (S.under_review, S.delivered):
        refused = samples.facts(samples.order(status), proof=None, contested=[samples.contested()])
        said = words_of(review.review_card(refused, None))
        assert "a proof of this order was refused" in said
        assert "The proof that was refused isn't shown here: `/details` shows it." in said
        assert "No proof was sent" not in said
    never = words_of(review.review_card(samples.facts(samples.order(S.delivered), proof=None), None))
    assert "No proof was sent." in never


def test_evidence_that_was_seen_before_is_flagged() -> None:
    said = words_of(review.review_card(samples.facts(shared=[samples.shared()] * 5), None))
    assert "The very same picture** was sent for" in said
    assert "The same transaction id** was sent for" in said
    assert f"`{samples.OTHER_ID}` (delivered)" in said
    assert "and 2 more" in said


@pytest.mark.parametrize(
    ("status", "changes", "flagged"),
    [
        (S.under_review, {"is_late": True}, True),
        (S.under_review, {}, False),
        (S.delivered, {"is_late": True}, False),
    ],
)
def test_a_late_proof_is_flagged_while_it_matters(status: OrderStatus, changes: dict[str, bool], flagged: bool) -> None:
    facts = samples.facts(samples.order(status, **changes))
    assert ("**Late:**" in words_of(review.review_card(facts, None))) is flagged


def test_closed_dms_are_found_out_before_the_approval() -> None:
    assert "Closed DMs" in words_of(review.review_card(samples.facts(dms_closed=True), None))


def test_staff_see_who_may_not_have_heard_that_their_order_is_over() -> None:
    over = words_of(review.review_card(samples.facts(samples.order(S.rejected), dms_closed=True), None))
    assert "Closed DMs" in over
    assert "They may not know of this" in over
    assert "Show my goods" not in over


@pytest.mark.parametrize("status", [status for status in OrderStatus if status is not S.new])
def test_the_card_has_the_tables_buttons_and_what_goes_next_to_it_and_the_states_colour(status: OrderStatus) -> None:
    order = samples.order(status, review_round=2)
    message = review.review_card(samples.facts(order), PICTURE)
    shown = [*buttons.for_staff(order), *buttons.other_amount(order), *buttons.after_sale(order, 0)]
    assert custom_ids_of(message) == [button.custom_id for button in shown]
    (box,) = [one for one in components(message) if one["type"] == 17]
    assert box["accent_color"]


def test_the_card_says_that_a_proof_may_still_do_while_another_one_is_awaited() -> None:
    said = words_of(review.review_card(samples.facts(samples.order(S.awaiting_proof)), PICTURE))
    assert "**Another proof is awaited**, until <t:1773583766:f>" in said
    assert "You can still approve it" in said
    assert "Another proof is awaited" not in words_of(review.review_card(samples.facts(), PICTURE))


def test_the_card_says_who_decided_and_why() -> None:
    event = samples.event("reject", S.rejected, reason="Too little.\nOnly 5 dollars.")
    said = words_of(review.review_card(samples.facts(samples.order(S.rejected), last_event=event), None))
    assert "Sam rejected this order <t:1773500966:R>" in said
    assert "> Too little.\n> Only 5 dollars." in said


def test_a_further_round_is_named() -> None:
    facts = samples.facts(samples.order(S.under_review, review_round=2))
    assert "sent for review 2 times" in words_of(review.review_card(facts, None))


def test_the_card_of_an_old_round_decides_nothing() -> None:
    message = review.old_card(samples.order(S.under_review, review_round=2))
    assert custom_ids_of(message) == []
    assert "This card is out of date" in words_of(message)
    assert samples.ORDER_ID in words_of(message)


# ---- the books


@pytest.mark.parametrize(
    ("received", "said"),
    [(1500, "Underpaid:** $15.00 came in, $4.98 too little"), (2500, "Overpaid:** $25.00 came in, $5.02 too much")],
)
def test_another_amount_than_the_total_shows(received: int, said: str) -> None:
    facts = samples.facts(samples.order(S.delivered), money=OrderMoney(received))
    assert said in words_of(review.review_card(facts, None))


def test_the_usual_amount_is_not_worth_a_word() -> None:
    said = words_of(review.review_card(samples.facts(samples.order(S.delivered), money=OrderMoney(1998)), None))
    assert "came in" not in said
    assert "went back" not in said


def test_what_went_back_and_what_was_replaced_shows() -> None:
    facts = samples.facts(samples.order(S.delivered), money=OrderMoney(1998, 500), units_replaced=2)
    said = words_of(review.review_card(facts, None))
    assert "$5.00 went back, $14.98 is still here" in said
    assert "2 units replaced" in said


@pytest.mark.parametrize(("ends", "flagged"), [(0, False), (1, False), (2, True)])
def test_a_customer_whose_orders_keep_ending_unpaid_is_flagged(ends: int, flagged: bool) -> None:
    said = words_of(review.review_card(samples.facts(unpaid_ends=ends), None))
    assert (f"**Keeps ordering without paying:** {ends} unpaid orders in 7 days" in said) == flagged
    assert ("`/forgive`" in said) == flagged


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Overuse(21, 20), "SUMMER: 21 uses, 20 allowed."),
        (Overuse(2, 1, by_one_person=True), "SUMMER: 2 uses by them, 1 allowed."),
    ],
)
def test_an_order_that_is_one_too_many_for_its_code_is_flagged(found: Overuse, said: str) -> None:
    order = samples.order(OrderStatus.under_review, discount_code="SUMMER", discount_minor=200, discount_label="SUMMER")
    card = words_of(review.review_card(samples.facts(order, overuse=found), None))
    assert f"**Overused:** {said}" in card
    assert "🏷️ $2.00 off: SUMMER" in card
    assert "Overused" not in words_of(review.review_card(samples.facts(), None))


def test_a_blocked_customer_is_flagged() -> None:
    customer = Person(id=samples.BUYER, name="Robin", first_seen_at=samples.NOW, blocked_until=samples.NOW)
    said = words_of(review.review_card(samples.facts(customer=customer, is_blocked=True), None))
    assert "**Blocked** until <t:1773500966:f>; this order goes on" in said
    assert "Blocked" not in words_of(review.review_card(samples.facts(customer=customer), None))


def test_without_a_proof_nobody_asks_for_another_one() -> None:
    order = samples.order(OrderStatus.under_review)
    asks = f"nc:order:ask_again:{order.id}:1"
    for proof, there in ((samples.proof(), True), (None, False)):
        card = review.review_card(samples.facts(order, proof=proof), None)
        assert (asks in custom_ids_of(card)) is there
        assert f"nc:order:approve:{order.id}:1" in custom_ids_of(card)
