"""Which private pages are kept true: a few for each person, for a quarter of an hour, with their tokens sealed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from novacore.crypto import GoodsCipher, new_key
from novacore.db.models import Event, Job, Order, PrivatePage
from novacore.db.unit_of_work import reading, writing
from novacore.errors import NotFound
from novacore.states import JobState
from novacore.workflows.machine import people
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import private_pages
from novacore.workflows.orders.private_pages import LIFE, MOST, ShownPage
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

ME = CUSTOMER.id or 0
TOKEN = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OQ"


@pytest.fixture
def order(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Order:
    """Place an order of the customer's."""
    return lives.place(shop, make_product())


def show(
    shop: Shop, time: MovableClock, order_id: str | None, message_id: int = 1, person: int = ME, token: str = TOKEN
) -> ShownPage:
    """Show a page as it is now, and keep it true from now on."""
    mark = private_pages.contents(shop, person, order_id).mark
    page = ShownPage(message_id, person, order_id, 0, mark, time.at + LIFE, token)
    private_pages.follow(shop, page)
    return page


def refreshes(shop: Shop) -> list[str]:
    """Return whose pages are about to be edited."""
    wanted = select(Job.subject_id).where(Job.name == "refresh_pages", Job.state == JobState.queued)
    with reading(shop.database) as session:
        return [*session.execute(wanted.order_by(Job.id)).scalars()]


def test_a_token_is_never_stored_in_the_clear_and_goes_with_its_page(
    shop: Shop, order: Order, time: MovableClock
) -> None:
    page = show(shop, time, order.id)
    orders.cancel(shop, CUSTOMER, order.id)
    assert TOKEN not in repr(page)
    with reading(shop.database) as session:
        (row,) = session.execute(select(PrivatePage)).scalars()
        assert TOKEN.encode() not in row.sealed_token
        kept = [*session.execute(select(Job.payload)).scalars(), *session.execute(select(Event.detail)).scalars()]
        assert TOKEN not in repr(kept)
    assert private_pages.token_of(shop, row) == TOKEN
    time.move(seconds=LIFE.total_seconds() - 1)
    private_pages.tidy(shop)
    assert private_pages.living(shop, ME) == [1]
    time.move(seconds=1)
    private_pages.tidy(shop)
    with reading(shop.database) as session:
        assert session.execute(text("SELECT count(*) FROM private_pages")).scalar_one() == 0


def test_a_page_whose_key_has_gone_can_not_be_edited_and_breaks_nothing(
    shop: Shop, order: Order, time: MovableClock
) -> None:
    show(shop, time, order.id)
    with reading(shop.database) as session:
        row = session.get_one(PrivatePage, 1)
    other = Shop(shop.database, GoodsCipher([new_key()]), {})
    assert private_pages.token_of(other, row) is None


def test_a_new_press_brings_the_page_a_new_token_and_another_quarter_of_an_hour(
    shop: Shop, order: Order, time: MovableClock
) -> None:
    show(shop, time, order.id)
    with reading(shop.database) as session:
        old = session.get_one(PrivatePage, 1)
    time.move(minutes=10)
    show(shop, time, None, token="another")
    private_pages.forget(shop, old)  # Discord has refused the old token meanwhile
    with reading(shop.database) as session:
        (row,) = session.execute(select(PrivatePage)).scalars()
    assert (row.order_id, row.ends_at, private_pages.token_of(shop, row)) == (None, time.at + LIFE, "another")
    private_pages.forget(shop, row)
    assert private_pages.living(shop, ME) == []


def test_only_the_newest_pages_of_a_person_are_kept(shop: Shop, order: Order, time: MovableClock) -> None:
    lives.place(shop, order.product_id, STRANGER)
    show(shop, time, None, 1000, STRANGER.id or 0)
    for number in range(1, MOST + 4):
        time.move(seconds=1)
        show(shop, time, order.id, number)
    assert private_pages.living(shop, ME) == [*range(MOST + 3, 3, -1)]
    assert private_pages.living(shop, STRANGER.id or 0) == [1000]


def test_what_changed_before_the_page_was_kept_is_shown_at_once(shop: Shop, order: Order, time: MovableClock) -> None:
    mark = private_pages.contents(shop, ME, order.id).mark
    private_pages.follow(shop, ShownPage(1, ME, order.id, 0, mark, time.at + LIFE, TOKEN))
    assert refreshes(shop) == []
    orders.cancel(shop, CUSTOMER, order.id)
    private_pages.follow(shop, ShownPage(1, ME, order.id, 0, mark, time.at + LIFE, TOKEN))
    assert refreshes(shop) == [str(ME)]


@pytest.mark.parametrize("of_the_list", [False, True])
def test_a_page_is_out_of_date_once_its_order_has_moved(
    shop: Shop, order: Order, time: MovableClock, of_the_list: bool
) -> None:
    show(shop, time, None if of_the_list else order.id)
    private_pages.refresh_of(shop, order.id)
    assert private_pages.out_of_date(shop, 1) is None
    orders.cancel(shop, CUSTOMER, order.id)
    found = private_pages.out_of_date(shop, 1)
    assert found is not None
    page, now = found
    assert [one.status for one in now.orders] == ["cancelled"]
    private_pages.note_shown(shop, page, now.mark)
    assert private_pages.out_of_date(shop, 1) is None
    time.move(seconds=LIFE.total_seconds())
    orders.reinstate(shop, STAFF, order.id, lives.REASON)
    assert private_pages.out_of_date(shop, 1) is None, "its time is over"


def test_nobody_is_asked_to_edit_pages_that_are_not_there(shop: Shop, order: Order, time: MovableClock) -> None:
    private_pages.refresh_of(shop, order.id)
    show(shop, time, order.id)
    time.move(seconds=LIFE.total_seconds())
    private_pages.refresh_of(shop, order.id)
    assert refreshes(shop) == []


def test_a_change_of_one_order_leaves_the_pages_of_others(shop: Shop, order: Order, time: MovableClock) -> None:
    lives.place(shop, order.product_id, STRANGER)
    show(shop, time, None, 1000, STRANGER.id or 0)
    private_pages.refresh_of(shop, order.id)
    assert refreshes(shop) == []
    show(shop, time, order.id)
    private_pages.refresh_of(shop, order.id)
    assert refreshes(shop) == [str(ME)]
    with reading(shop.database) as session:
        page = session.get_one(PrivatePage, 1)
    private_pages.note_shown(shop, page, "another mark")
    with reading(shop.database) as session:
        marks = {page.message_id: page.shown for page in session.execute(select(PrivatePage)).scalars()}
    assert (marks[1], marks[1000] != "another mark") == ("another mark", True)


def test_a_page_shows_nobody_elses_order(shop: Shop, order: Order) -> None:
    for missing in (order.id, "NC-20260101-AAAAAA"):
        with pytest.raises(NotFound):
            private_pages.contents(shop, STRANGER.id or 0, missing)
    assert private_pages.contents(shop, STRANGER.id or 0, None).total == 0


def test_that_dms_were_refused_is_known_until_one_comes_through(shop: Shop, order: Order, time: MovableClock) -> None:
    show(shop, time, order.id)
    for closed, news in ((False, 0), (True, 1), (True, 1), (False, 1)):
        with writing(shop.database) as tx:
            people.note_dms(tx, ME, closed=closed)
        assert private_pages.contents(shop, ME, None).dms_closed is closed
        assert len(refreshes(shop)) == news
    assert timedelta(0) < LIFE < timedelta(minutes=15)
