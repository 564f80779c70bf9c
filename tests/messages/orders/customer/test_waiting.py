"""What a customer reads about the wait for staff: whole sentences, and times as people say them."""

from datetime import timedelta

import pytest

from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.db.queries.orders.waiting import MOST_AHEAD, Queue
from novacore.messages.orders.customer.private_page import private_page
from novacore.messages.orders.customer.waiting import about, place_in_line
from novacore.states import OrderStatus
from tests.messages import private, samples
from tests.messages.payloads import words_of

MINE = samples.order(OrderStatus.under_review)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "a few minutes"),
        (7, "a few minutes"),
        (7.5, "about 10 minutes"),
        (22, "about 20 minutes"),
        (40, "about 45 minutes"),
        (55, "about an hour"),
        (200, "about 3 hours"),
        (23.6 * 60, "about a day"),
        (36 * 60, "about 2 days"),
    ],
)
def test_a_time_is_rounded_as_people_say_it(minutes: float, said: str) -> None:
    assert about(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, "Your order is the next one that we check."),
        (1, "1 order is ahead of yours."),
        (2, "2 orders are ahead of yours."),
        (MOST_AHEAD, "100 orders are ahead of yours."),
        (MOST_AHEAD + 1, "More than 100 orders are ahead of yours."),
    ],
)
def test_the_orders_ahead_are_counted(ahead: int, said: str) -> None:
    assert place_in_line(MINE, Queue({MINE.id: ahead})) == [f"🕒 {said}"]


def test_an_order_s_page_and_the_list_say_so_of_orders_that_wait_for_staff() -> None:
    other = samples.order(id=samples.OTHER_ID)
    queue = Queue({MINE.id: 3}, timedelta(minutes=19))
    said = "3 orders are ahead of yours. A decision usually takes about 20 minutes."
    pages = (
        OwnOrders((MINE,), dms_closed=False, queue=queue),
        OwnOrders((MINE, other), dms_closed=False, is_list=True, total=2, queue=queue),
    )
    for page in pages:
        assert words_of(private_page(page, private.ENDS_AT)).count(said) == 1
    assert "ahead of yours" not in words_of(private.one(other))
