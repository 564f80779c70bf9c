"""The page about a person: what it says of buyers, of strangers, of people who have left, and which buttons it has."""

from datetime import timedelta

import pytest

from novacore.db.queries.orders.vouches import Stars
from novacore.messages.kit.custom_ids import CustomId
from novacore.messages.orders.desk.customer import Seen, block_form, customer_page, flag_heads
from novacore.states import OrderStatus
from novacore.workflows.orders.desk.customers import Customer
from novacore.workflows.orders.placing.unpaid import HeldBack
from tests.messages import samples
from tests.messages.desk import known
from tests.messages.payloads import assert_form, buttons_of, custom_ids_of, words_of

HERE = Seen("Robin", is_member=True)
BUYER = samples.BUYER


def page_of(found: Customer, seen: Seen = HERE) -> str:
    return words_of(customer_page(found, seen, samples.NOW))


def test_it_says_everything_about_a_buyer() -> None:
    facts = known(
        orders={OrderStatus.under_review: 1, OrderStatus.delivered: 11},
        tickets=3,
        tickets_open=1,
        vouches=Stars(4, 18),
        vouches_hidden=1,
        late=0,
        refused=0,
        to_decide=[],
    )
    message = customer_page(Customer(BUYER, facts), HERE, samples.NOW)
    said = words_of(message)
    for part in (
        "## 👤 Robin",
        f"<@{BUYER}> · `{BUYER}`",
        "🗓️ A customer since <t:",
        "🛒 **12 orders**: 1 being checked by staff · 11 delivered",
        "🎫 **3 tickets**, 1 open",
        "⭐ **4 vouches**, 4.5 of 5 stars on average, 1 more hidden",
        "📝 “Robin”",
        "**2 × Robin** · $19.98",
    ):
        assert part in said, part
    assert said.count(" paid") == 4
    assert not [one for one in ("🚩", "⚠️", "⛔", "🐌", "🚪") if one in said], "nothing odd about them"
    assert list(buttons_of(message)) == [
        "Open",
        "Orders",
        "Tickets",
        "Vouches",
        "Notes (200)",
        "Add a note",
        "Block",
    ]


def test_each_flag_is_said_once_and_only_where_it_is_so() -> None:
    facts = known(late=2, refused=1)
    facts.person.dms_closed_at = samples.NOW
    facts.person.blocked_until, facts.person.block_reason = samples.NOW + timedelta(days=2), "Charged back."
    facts.person.blocked_at, facts.person.blocked_by = samples.NOW, samples.OTHER_BUYER
    late = samples.facts(samples.order(OrderStatus.under_review, is_late=True), shared=[samples.shared()])
    found = Customer(BUYER, facts, 3, HeldBack(3, samples.NOW, samples.NOW), [late])
    message = customer_page(found, HERE, samples.NOW)
    said = words_of(message)
    at = "<t:1773500966:f>"
    assert f"⛔ **Blocked** since {at} by <@{samples.OTHER_BUYER}>, until <t:1773673766:f>: “Charged back.”" in said
    assert f"🐌 **Held back:** 3 unpaid orders in 7 days, so one open order at a time, the next from {at}" in said
    assert "🚩 **Contested:** 1 proof of theirs was refused" in said
    assert "⚠️ **Late:** 2 proofs to check came after" in said
    assert f"⚠️ **Closed DMs** since {at}." in said
    flags = "The very same picture, The same transaction id, Late"
    assert f"🚩 On the card of `{samples.ORDER_ID}`: {flags}" in said
    assert f"nc:person:unblock:{BUYER}" in custom_ids_of(message)
    assert f"nc:person:block:{BUYER}" not in custom_ids_of(message)


def test_one_unpaid_order_holds_nobody_back() -> None:
    assert "🐌 1 order ended unpaid in 7 days." in page_of(Customer(BUYER, known(), unpaid_ends=1))


def test_a_block_that_is_over_is_none() -> None:
    facts = known()
    facts.person.blocked_until = samples.NOW
    assert "⛔" not in page_of(Customer(BUYER, facts))


@pytest.mark.parametrize("seen", [HERE, Seen(), Seen(is_member=False)])
def test_whoever_never_came_or_never_ordered_is_said_in_a_sentence(seen: Seen) -> None:
    stranger = customer_page(Customer(BUYER), seen, samples.NOW)
    assert "The shop has never met them: they have never ordered here." in words_of(stranger)
    assert [one.rsplit(":", 1)[0] for one in custom_ids_of(stranger)] == ["nc:person:note", "nc:person:block"]
    browser = known(orders={}, first_order_at=None, newest=(), paid=(), tickets=0, vouches=Stars(), vouches_hidden=0)
    said = page_of(Customer(BUYER, browser), seen)
    assert "They have never ordered here. The shop has known them since <t:" in said
    assert "**0 orders**\n" in said


def test_who_has_left_the_server_is_told_from_who_is_not_known_to_have() -> None:
    assert "aren't in the server" in page_of(Customer(BUYER, known()), Seen("Robin", is_member=False))
    for seen in (Seen(), HERE):
        assert "aren't in the server" not in page_of(Customer(BUYER, known()), seen)
    assert "## 👤 Robin" in page_of(Customer(BUYER, known()), Seen(is_member=False))
    assert "## 👤 A person" in page_of(Customer(BUYER), Seen(is_member=False))


def test_the_flags_of_a_card_are_named_by_what_they_say_in_bold() -> None:
    assert flag_heads(samples.facts()) == []
    assert flag_heads(samples.facts(shares_amount=True, dms_closed=True)) == [
        "Not the only order with this amount",
        "Closed DMs",
    ]


def test_the_form_of_a_block() -> None:
    form = block_form(CustomId("person", "block", (str(BUYER),)))
    assert_form(form)
    assert custom_ids_of(form) == ["reason", "until"]
