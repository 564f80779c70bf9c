"""What staff read of an order is its own story, however many others there are."""

from novacore.db.queries.orders import orders as order_queries
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, ProductMaker
from tests.workflows.machine import lives


def test_events_jobs_and_money_are_those_of_the_order(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    paid = [lives.submit(shop, lives.place(shop, product_id, actor), actor) for actor in (CUSTOMER, STRANGER)]
    for order in paid:
        orders.approve(shop, STAFF, order.id, Given())
    for order in paid:
        with reading(shop.database) as session:
            story = order_queries.details(session, order.id, shop.terms.late_window)
        assert story
        assert {event.subject_id for event in story.events} == {order.id}
        assert {each.job.subject_id for each in story.jobs} == {order.id}
        assert [entry.order_id for entry in story.ledger] == [order.id]
