"""What staff read about the amount in a coin, on the review card, in the queue and when they look for a payment."""

from datetime import timedelta
from typing import Any

import pytest

from novacore.db.models import Order, Person
from novacore.db.queries.orders.orders import QueueTotals
from novacore.messages.orders.staff import pages, review
from novacore.messages.orders.staff.found_payments import found_payments
from novacore.states import OrderStatus, PaymentMethod
from novacore.wallets.explorers import DEFAULTS
from novacore.workflows.orders.payment_search import Found
from tests.messages import samples
from tests.messages.payloads import buttons_of, words_of

REVIEWED = OrderStatus.under_review


def _card(order: Order, **changes: Any) -> str:
    return words_of(review.review_card(samples.facts(order, **changes), None))


def test_the_card_says_what_should_have_arrived_where_and_since_when() -> None:
    order = samples.coin_order(REVIEWED)
    said = _card(order)
    since = f"<t:{int(order.placed_at.timestamp())}:f>"
    assert f"Should have arrived: **0.00031113 BTC** at `{order.pay_address}` (Bitcoin), since {since}" in said
    assert "Rate: 1 BTC = $64,217.50 (set by the owner)" in said
    assert "⚠️" not in said
    assert "⏱️" not in said


def test_each_way_to_pay_has_the_same_line() -> None:
    assert "Should have arrived: **about $19.98 in Bitcoin (BTC)**" in _card(samples.order(REVIEWED))
    paypal = samples.order(REVIEWED, method=PaymentMethod.paypal)
    since = f"since <t:{int(paypal.placed_at.timestamp())}:f>"
    assert f"Should have arrived: **$19.98** at `{paypal.pay_address}` (PayPal), {since}" in _card(paypal)
    bank = {"method": "own_1", "method_label": "Bank transfer", "pay_network": "", "pay_instructions": "Send $19.98"}
    account = _card(samples.order(REVIEWED, pay_address="DE89 3704", **bank))
    assert f"Should have arrived: **$19.98** at `DE89 3704`, {since}" in account
    assert "📍 They were told: Send $19.98" in account
    told = _card(samples.order(REVIEWED, pay_address="", **bank))
    assert f"Should have arrived: **$19.98**, {since}" in told


def test_an_amount_that_others_ask_for_is_flagged_on_card_and_queue() -> None:
    assert "Not the only order with this amount" in _card(samples.coin_order(REVIEWED), shares_amount=True)
    rows = [samples.waiting(shares_amount=True), samples.waiting(order_id=samples.OTHER_ID)]
    assert words_of(pages.queue_page(QueueTotals(2, 0), rows)).count("not the only order with its amount") == 1


def test_both_amounts_show_where_the_customer_got_a_new_one() -> None:
    changed = samples.NOW - timedelta(minutes=30)
    said = _card(samples.coin_order(REVIEWED, coin_amount_before=30_000, coin_changed_at=changed))
    at = f"<t:{int(changed.timestamp())}:f>"
    assert f"**Two amounts:** before {at} it asked for 0.00030000 BTC" in said
    assert "If they sent that amount before then, it is the whole price: press **Approve**." in said
    assert f"**0.00031113 BTC** at `{samples.ADDRESSES[PaymentMethod.btc][0]}` (Bitcoin), since {at}" in said


def test_a_proof_from_after_the_promise_is_flagged() -> None:
    late = samples.coin_order(REVIEWED, coin_holds_until=samples.NOW - timedelta(hours=1))
    assert "Proof sent after the amount expired" in _card(late)
    assert "Proof sent after" not in _card(late, proof=None), "it was reinstated, and no proof was ever sent"
    late.coin_amount_before, late.coin_changed_at = 30_000, samples.NOW - timedelta(hours=2)
    assert "**Two amounts:**" in _card(late)
    assert "Proof sent after the amount expired" in _card(late), "the second promise has ended, too"


def test_orders_of_an_older_shop_say_nothing_of_where_to_look() -> None:
    said = _card(samples.order(REVIEWED, pay_address="", pay_network=""))
    assert "Should have arrived" not in said
    own = samples.order(REVIEWED, method="own_1", pay_address="", pay_network="", method_label="Cash App")
    assert "📍" not in _card(own)


def test_the_card_says_how_long_the_customer_has_been_in_the_server() -> None:
    customer = Person(id=samples.BUYER, name="Robin", first_seen_at=samples.NOW, joined_at=samples.NOW)
    assert "in the server since <t:1773500966:R>" in _card(samples.order(REVIEWED), customer=customer)


@pytest.mark.parametrize("build", ["card", "details"])
def test_transaction_and_address_are_linked(build: str) -> None:
    facts = samples.facts(samples.coin_order(REVIEWED), proof=samples.proof(reference="ab/12"))
    card = review.review_card(facts, None, (), None, DEFAULTS)
    message = card if build == "card" else pages.details(samples.story(facts), None, (), DEFAULTS)
    links = {label: one for label, one in buttons_of(message).items() if "url" in one}
    assert {label: one["url"] for label, one in links.items()} == {
        "See the transaction": "https://mempool.space/tx/ab%2F12",
        "See the address": f"https://mempool.space/address/{facts.order.pay_address}",
    }
    assert all("custom_id" not in one for one in links.values())


def test_paypal_has_no_links() -> None:
    facts = samples.facts(samples.order(REVIEWED, method=PaymentMethod.paypal))
    assert not [one for one in buttons_of(review.review_card(facts, None, (), None, DEFAULTS)).values() if "url" in one]


def test_found_payments_lead_to_their_orders() -> None:
    exact, near = samples.coin_order(REVIEWED), samples.coin_order(coin_amount=31_000, coin_amount_before=30_000)
    message = found_payments("0.00031113", Found([exact], [near], 12, 0, frozenset({exact.id})))
    said = words_of(message)
    assert said.index("**0.00031113 BTC**") < said.index("Within 2%") < said.index("**0.00031000 BTC**")
    assert "asked for 0.00030000 BTC before" in said
    assert said.count("not the only one with this amount") == 2, "both samples have the same id"
    assert said.count("more") == said.count("and 12 more") == 1
    assert "No order asks for exactly this amount" in words_of(found_payments("1", Found([], [])))
