"""Pages that only the customer sees: until when they are true, where to look after that, and what closed DMs mean."""

import pytest

from novacore.states import OrderStatus, PaymentMethod, ProductKind
from tests.messages import private, samples
from tests.messages.payloads import custom_ids_of, words_of

S = OrderStatus
SHOWN = [status for status in S if status is not S.new]
CLOSED = "Discord doesn't let us send you DMs"


@pytest.mark.parametrize("status", SHOWN)
def test_a_page_says_until_when_it_is_true_and_where_to_look_after_that(status: OrderStatus) -> None:
    for page in (private.one(samples.order(status)), private.listed([samples.order(status)])):
        said = words_of(page)
        assert f"<t:{int(private.ENDS_AT.timestamp())}:t>" in said
        assert "`/orders`" in said


def test_whoever_has_to_pay_reads_that_the_receipt_comes_by_dm_as_well() -> None:
    assert "We send you this by DM too" in words_of(private.one(samples.order()))
    assert "by DM too" not in words_of(private.one(samples.order(S.under_review)))


@pytest.mark.parametrize("status", SHOWN)
def test_whoever_gets_no_dms_reads_so_with_where_to_find_their_goods(status: OrderStatus) -> None:
    said = words_of(private.one(samples.order(status), dms_closed=True))
    assert ("Show my goods" in said or "Your goods stay here" in said) is not status.row.is_over
    assert (CLOSED in said) is (not status.row.is_over and status is not S.delivery_blocked)
    assert ("allow direct messages" in said) is not status.row.is_over
    assert "goods by DM" not in said
    assert "in your DMs" not in said
    assert "to your DMs" not in said
    assert CLOSED not in words_of(private.one(samples.order(status)))


@pytest.mark.parametrize("status", [S.awaiting_payment, S.under_review, S.awaiting_proof, S.approved])
def test_whoever_waits_for_work_by_hand_is_sent_to_their_list(status: OrderStatus) -> None:
    said = words_of(private.one(samples.order(status, kind=ProductKind.by_hand), dms_closed=True))
    assert "Type `/orders` to see how your order is getting on." in said
    assert "Show my goods" not in said


def test_the_list_says_once_that_no_dms_come_and_offers_the_goods() -> None:
    mine = [samples.order(S.approved), samples.order(S.delivered, id=samples.OTHER_ID)]
    said = words_of(private.listed(mine, dms_closed=True))
    assert said.count(CLOSED) == 1
    assert "Your goods are ready: press **Show my goods**" in said
    assert "your DMs," not in said
    assert CLOSED not in words_of(private.listed([samples.order(S.rejected)], dms_closed=True))


# ---- the list


def test_the_list_tells_of_each_order_where_it_stands_and_what_to_do() -> None:
    mine = [samples.order(), samples.order(S.delivered, id=samples.OTHER_ID)]
    message = private.listed(mine)
    said = words_of(message)
    assert said.index(samples.ORDER_ID) < said.index(samples.OTHER_ID)
    assert "Waiting for your payment" in said
    assert custom_ids_of(message) == [
        f"nc:order:submit_proof:{samples.ORDER_ID}",
        f"nc:order:cancel:{samples.ORDER_ID}",
        f"nc:order:reveal:{samples.OTHER_ID}",
        f"nc:order:again:{samples.OTHER_ID}",
    ]


def test_the_list_says_how_to_pay_to_whoever_got_no_receipt() -> None:
    said = words_of(private.listed([samples.order()]))
    assert "about $19.98 at the moment you pay" in said
    assert f"```\n{samples.ADDRESSES[PaymentMethod.btc][0]}\n```" in said


def test_whoever_has_no_orders_is_shown_the_way_to_the_shop() -> None:
    assert "`/shop`" in words_of(private.listed([]))


def test_the_list_has_pages_of_five() -> None:
    message = private.listed([samples.order(S.rejected)], 1, 11)
    assert custom_ids_of(message)[1:] == ["nc:order:page:0", "nc:order:page:2"]
    assert custom_ids_of(private.listed([samples.order(S.rejected)], 0, 5)) == [f"nc:order:again:{samples.ORDER_ID}"]
