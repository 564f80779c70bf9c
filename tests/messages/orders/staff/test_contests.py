"""Contested payments on staff's pages: who claims what, with the way to both orders."""

from novacore.db.event_kinds.orders import CONTESTED
from novacore.db.queries.orders.contests import RefusedPicture
from novacore.messages.orders.staff import contests, pages, review
from novacore.states import OrderStatus
from tests.messages import samples
from tests.messages.payloads import custom_ids_of, files_of, words_of

PICTURE = b"jpeg"


def test_one_pair_is_told_with_both_orders_and_their_pictures() -> None:
    message = contests.contest_alert([samples.contest()], 1, PICTURE)
    said = words_of(message)
    told = (
        f"A proof for `{samples.ORDER_ID}` of <@{samples.BUYER}> was refused: its transaction id had paid for "
        f"`{samples.OTHER_ID}` (delivered) of <@{samples.OTHER_BUYER}>."
    )
    assert told in said
    assert "isn't always the one who paid" in said
    assert list(files_of(message)) == ["contested.jpg"]
    assert custom_ids_of(message) == [f"nc:order:details:{samples.ORDER_ID}", f"nc:order:details:{samples.OTHER_ID}"]


def test_two_orders_of_one_customer_are_told_as_such() -> None:
    pair = samples.contest(paid_customer_id=samples.BUYER, same_reference=False)
    said = words_of(contests.contest_alert([pair], 1, None))
    assert f"its picture had paid for `{samples.OTHER_ID}` (delivered), an order of the same customer." in said


def test_a_reference_of_an_owners_own_method_is_called_as_the_owner_does() -> None:
    said = words_of(contests.contest_alert([samples.contest(reference="transfer reference")], 1, None))
    assert "its transfer reference had paid for" in said
    assert "blockchain" not in said


def test_many_are_counted_and_no_button_stands_twice() -> None:
    pairs = [samples.contest(order_id=f"NC-20260314-ACDE{n:02}") for n in range(contests.NAMED)]
    message = contests.contest_alert(pairs, 25, None)
    assert "25 contested payments" in words_of(message)
    assert "and 15 more" in words_of(message)
    assert len(custom_ids_of(message)) == len({*custom_ids_of(message)}) == contests.NAMED + 1


def test_the_card_tells_of_what_paid_before_and_the_details_of_what_was_claimed_since() -> None:
    found = [samples.contested(), samples.contested("NC-20260101-AAAAAA", came_first=False)]
    facts = samples.facts(contested=found)
    card, page = review.review_card(facts, None), pages.details(samples.story(facts), None)
    refused = f"a proof of this order was refused. Its payment had already counted for `{samples.OTHER_ID}` (delivered)"
    claimed = "the payment of this order was also claimed for `NC-20260101-AAAAAA` (delivered), which was refused"
    assert refused in words_of(card)
    assert refused in words_of(page)
    assert claimed in words_of(page)
    assert "also claimed" not in words_of(card), "nothing holds up the order that came first"
    many = samples.facts(contested=[samples.contested(f"NC-20260101-AAAA{n:02}") for n in range(5)])
    assert "and 2 more" in words_of(review.review_card(many, None))


def test_the_details_show_refused_pictures_and_say_what_is_the_same() -> None:
    what = CONTESTED({"other_order_id": samples.OTHER_ID, "evidence": "transaction id", "contested_proof_id": 1})
    events = [samples.event(what, actor_name="NovaCore")]
    order = samples.order(OrderStatus.awaiting_payment)
    story = samples.story(samples.facts(order), events=events)
    message = pages.details(story, PICTURE, [RefusedPicture(samples.ORDER_ID, b"a"), RefusedPicture("NC-1", b"b")])
    said = f"NovaCore marked the payment as contested (`{samples.OTHER_ID}` has the same transaction id)"
    assert said in words_of(message)
    assert list(files_of(message)) == [
        f"proof-{samples.ORDER_ID}-0.jpg",
        f"refused-{samples.ORDER_ID}-1.jpg",
        f"refused-{samples.ORDER_ID}-2.jpg",
    ]
