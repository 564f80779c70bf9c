"""Orders that are paid by a method of the owner's own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from novacore import clock
from novacore.db.models import Order
from novacore.db.queries.orders import orders as order_queries
from novacore.db.queries.reports import exports
from novacore.db.queries.reports.export_fields import Span as Ever
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, EvidenceUsed, NotFound, PageChanged, WrongState
from novacore.states import ExportSubject, OrderStatus, PaymentMethod, ReferenceNeed, known_method
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments import methods
from novacore.workflows.payments.own_methods import hide, show
from novacore.workflows.reports import reports
from novacore.workflows.reports.periods import Period, Span, day_of
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, ProductMaker
from tests.workflows import own_methods
from tests.workflows.machine import lives

EVER = Ever(None, datetime(2100, 1, 1, tzinfo=UTC))


def place(shop: Shop, product: int, method: str) -> Order:
    roomy = replace(shop, terms=replace(shop.terms, max_open_orders=9))
    return orders.place(roomy, CUSTOMER, Checkout(lives.reference(), product, 1, method))


def prove(shop: Shop, order: Order, reference: str) -> Order:
    return orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(), reference)


def sold(shop: Shop, product: int, method: str, reference: str) -> Order:
    order = place(shop, product, method)
    prove(shop, order, reference)
    return orders.approve(shop, STAFF, order.id, Given())


def test_it_is_offered_after_those_of_the_settings_and_alone_it_is_enough(
    shop: Shop, make_product: ProductMaker
) -> None:
    product = make_product()
    bank = own_methods.add(shop)
    hidden = own_methods.add(shop, label="Cash App", is_on_sale=False)
    assert [*methods.offered(shop)] == [*PaymentMethod, bank]
    assert [*methods.offered(replace(shop, addresses={}))] == [bank]
    assert place(replace(shop, addresses={}), product, bank).method == bank
    with pytest.raises(PageChanged, match="This way to pay is not offered"):
        place(shop, product, hidden)


def test_one_that_is_not_there_can_neither_be_hidden_nor_shown(shop: Shop) -> None:
    for command in (hide, show):
        with pytest.raises(NotFound):
            command(shop, OWNER, 999)


@pytest.mark.parametrize("key", ["own_999", "own_0", "own_1x", "own_" + "9" * 30, "own_\u0661", "OWN_1", "", "bank"])
def test_a_key_that_is_none_is_refused(shop: Shop, make_product: ProductMaker, key: str) -> None:
    own_methods.add(shop)
    with pytest.raises(PageChanged, match="This way to pay is not offered"):
        place(shop, make_product(), key)


def test_an_order_stays_whole_whatever_becomes_of_its_method(shop: Shop, make_product: ProductMaker) -> None:
    key, product = own_methods.add(shop), make_product()
    order = place(shop, product, key)
    own_methods.change(shop, key, label="Other", instructions="-", reference_need=ReferenceNeed.none, is_on_sale=False)
    proved = prove(shop, order, "  INV\u00a0 42\u200b \n")
    way = proved.paid_by
    assert (way.label, way.emoji, way.address) == ("Bank transfer", "🏦", own_methods.BANK["address"])
    assert way.instructions == f"Send $9.99 to Sample Shop and write {order.id} into the note. {{Thanks}}"
    assert (way.reference, way.need, way.coin) == ("transfer reference", ReferenceNeed.required, "")
    with reading(shop.database) as session:
        facts = order_queries.review_facts(session, order.id, shop.terms.late_window)
    assert facts is not None
    assert facts.proof is not None
    assert facts.proof.reference == "INV 42"
    assert orders.approve(shop, STAFF, order.id, Given()).status is OrderStatus.approved
    assert lives.ledger_of(shop, order.id) == [("received", 999)]


def test_an_order_of_an_older_release_reads_as_its_method_does(shop: Shop, make_product: ProductMaker) -> None:
    order = place(shop, make_product(), "usdt")
    frozen = order.paid_by
    empty = dict.fromkeys(("method_label", "method_emoji", "pay_instructions", "reference_name", "reference_need"))
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).values(empty))
    with reading(shop.database) as session:
        assert session.get_one(Order, order.id).paid_by == frozen
    assert frozen == known_method(PaymentMethod.usdt, order.pay_address, order.pay_network)


@pytest.mark.parametrize(
    ("need", "typed", "said"),
    [
        (ReferenceNeed.required, "", "Please type the transfer reference"),
        (ReferenceNeed.required, "\u200b \u3164", "Please type the transfer reference"),
        (ReferenceNeed.optional, "???", "Please type the transfer reference"),
        (ReferenceNeed.required, "x" * 101, "The transfer reference can have at most 100 characters"),
        (ReferenceNeed.required, "ﷺ" * 20, "The transfer reference can have at most"),
    ],
)
def test_what_is_no_reference_is_refused_by_its_own_name(
    shop: Shop, make_product: ProductMaker, need: ReferenceNeed, typed: str, said: str
) -> None:
    order = place(shop, make_product(), own_methods.add(shop, reference_need=need))
    before = lives.snapshot(shop)
    with pytest.raises(BadInput, match=said):
        prove(shop, order, typed)
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize(
    ("need", "typed"), [(ReferenceNeed.optional, " "), (ReferenceNeed.none, ""), (ReferenceNeed.none, "not asked for")]
)
def test_where_none_is_needed_a_picture_is_a_proof(
    shop: Shop, make_product: ProductMaker, need: ReferenceNeed, typed: str
) -> None:
    product, key = make_product(), own_methods.add(shop, reference_need=need)
    for _ in range(2):
        assert sold(shop, product, key, typed).status is OrderStatus.approved


def test_a_reference_pays_once_within_its_method(shop: Shop, make_product: ProductMaker) -> None:
    product, bank, cash = make_product(units=5), own_methods.add(shop), own_methods.add(shop, label="Cash App")
    first, waiting = sold(shop, product, bank, "Ref 42-b"), place(shop, product, bank)
    for same in ("Ref 42-b", "ref 42B", "ＲＥＦ ４２-b"):
        with pytest.raises(EvidenceUsed, match="This transfer reference was already used for another order"):
            prove(shop, waiting, same)
    assert sold(shop, product, cash, "Ref 42-b").status is OrderStatus.approved
    assert first.status is OrderStatus.approved


def test_a_shared_reference_is_flagged_within_its_method_alone(shop: Shop, make_product: ProductMaker) -> None:
    product, bank, cash = make_product(units=5), own_methods.add(shop), own_methods.add(shop, label="Cash App")
    reference = "ab" * 32
    one, other = (prove(shop, place(shop, product, bank), reference) for _ in range(2))
    for elsewhere in (cash, "btc"):
        prove(shop, place(shop, product, elsewhere), reference)
    with reading(shop.database) as session:
        for mine, theirs in ((one, other), (other, one)):
            facts = order_queries.review_facts(session, mine.id, shop.terms.late_window)
            assert facts is not None
            assert [(flag.order_id, flag.same_reference) for flag in facts.shared] == [(theirs.id, True)]
    orders.approve(shop, STAFF, one.id, Given())
    with pytest.raises(WrongState, match=f"transfer reference .*already paid for order {one.id}"):
        orders.approve(shop, STAFF, other.id, Given())


def test_figures_and_lists_call_it_by_its_name(shop: Shop, make_product: ProductMaker) -> None:
    product, bank = make_product(), own_methods.add(shop)
    orders_sold = [sold(shop, product, bank, "Ref 1"), sold(shop, product, "btc", lives.reference())]
    own_methods.change(shop, bank, label="SEPA", is_on_sale=False)
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).where(Order.method == "btc").values(method_label=None))
    today = day_of(clock.now(), shop.terms.zone)
    made = reports.figures_of(shop, Period("Any", Span(today, today), Span(today, today)))
    assert {(one.method, one.name, one.received_minor) for one in made.currencies[0].methods} == {
        (bank, "SEPA", 999),
        ("btc", "Bitcoin (BTC)", 999),
    }
    names = [column.name for column in exports.columns(ExportSubject.orders)]
    with reading(shop.database) as session:
        (page,) = exports.pages(session, ExportSubject.orders, EVER, None, 10)
    rows = {row[0]: (row[names.index("method")], row[names.index("method_label")]) for _, row in page}
    assert rows == {orders_sold[0].id: (bank, "Bank transfer"), orders_sold[1].id: ("btc", "Bitcoin (BTC)")}
