"""How many orders are ahead, and how long a decision usually takes: by the shop's own figures of late."""

from datetime import timedelta

from novacore.db.models import Order
from novacore.db.queries.orders import waiting
from novacore.db.queries.orders.waiting import ENOUGH, LAST, WINDOW
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import private_pages
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.orders.decisions import write_decisions

ME = CUSTOMER.id or 0


def _minutes(shop: Shop, time: MovableClock) -> float | None:
    with reading(shop.database) as session:
        found = waiting.usual_wait(session, time.at)
    return found / timedelta(minutes=1) if found is not None else None


def test_a_decision_takes_what_the_one_in_the_middle_took_and_nothing_is_said_of_too_few(
    shop: Shop, time: MovableClock
) -> None:
    few = [5] * 5 + [600] * 4
    assert len(few) == ENOUGH - 1
    write_decisions(shop, time.at, few)
    assert _minutes(shop, time) is None
    write_decisions(shop, time.at, [15], trigger="reject")
    assert _minutes(shop, time) == 10, "halfway between the fifth and the sixth of ten"
    write_decisions(shop, time.at, [20], trigger="ask_again")
    assert _minutes(shop, time) == 15


def test_only_proofs_that_waited_for_staff_of_late_count(shop: Shop, time: MovableClock) -> None:
    write_decisions(shop, time.at, [600] * 20, source="awaiting_proof")
    write_decisions(shop, time.at, [600] * 20, trigger="delivered", source="approved")
    write_decisions(shop, time.at, [600] * 20, trigger="staff_replied", kind="ticket")
    assert _minutes(shop, time) is None
    write_decisions(shop, time.at, [20] * ENOUGH)
    assert _minutes(shop, time) == 20
    time.move(seconds=WINDOW.total_seconds())
    assert _minutes(shop, time) is None


def test_the_newest_decisions_say_how_busy_staff_are_now(shop: Shop, time: MovableClock) -> None:
    write_decisions(shop, time.at, [600] * 2 * LAST)
    time.move(hours=1)
    write_decisions(shop, time.at, [10] * LAST)
    assert _minutes(shop, time) == 10


def test_orders_whose_proof_came_before_are_ahead_and_no_page_is_edited_for_it(
    shop: Shop, time: MovableClock, make_product: ProductMaker
) -> None:
    product = make_product(units=9)
    first, second = (lives.submit(shop, lives.place(shop, product, STRANGER), STRANGER) for _ in range(2))
    time.move(minutes=1)
    mine = lives.submit(shop, lives.place(shop, product))
    unpaid = lives.place(shop, product)
    page = private_pages.contents(shop, ME, mine.id)
    assert page.queue.ahead == private_pages.contents(shop, ME, None).queue.ahead == {mine.id: 2}
    assert private_pages.contents(shop, STRANGER.id or 0, None).queue.ahead == {
        one.id: place for place, one in enumerate(sorted((first, second), key=lambda one: one.id))
    }
    assert private_pages.contents(shop, ME, unpaid.id).queue.ahead == {}
    with reading(shop.database) as session:
        of_the_first_moment = [Order(id=each, submitted_at=first.submitted_at) for each in ("", "~")]
        assert [waiting.ahead_of(session, each) for each in of_the_first_moment] == [0, 2], "none that came later"
    orders.approve(shop, STAFF, second.id, Given())
    after = private_pages.contents(shop, ME, mine.id)
    assert after.queue.ahead == {mine.id: 1}
    assert after.mark == page.mark, "another mark would have the page edited"
    orders.approve(shop, STAFF, mine.id, Given())
    assert private_pages.contents(shop, ME, mine.id).queue.ahead == {}
