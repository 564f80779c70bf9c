"""Everything that the shop knows of a person, on both databases."""

import pytest
from sqlalchemy import text

from novacore.db.models import Order
from novacore.db.unit_of_work import reading, writing
from novacore.errors import EvidenceUsed, NotAllowed
from novacore.states import OrderStatus, TicketKind
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale, vouches
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.desk import customers, notes
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.orders.placing.unpaid_lives import leave_unpaid

S = OrderStatus
ME = CUSTOMER.id or 0


def loaded(shop: Shop, person_id: int = ME) -> customers.Customer:
    return customers.load(shop, STAFF, person_id)


def test_orders_money_tickets_vouches_and_notes_are_added_up(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(units=50)
    first_at = time.at
    delivered = [lives.bring_to(shop, product, S.delivered, time) for _ in range(3)]
    refunded = lives.bring_to(shop, product, S.refunded, time)
    after_sale.return_money(shop, OWNER, delivered[0].id, _version(shop, delivered[0].id), "1.00", "Sorry.")
    lives.bring_to(shop, product, S.rejected, time)
    time.move(minutes=1)
    waiting = lives.bring_to(shop, product, S.under_review, time)
    lives.bring_to(shop, product, S.delivered, time)
    _in_euros(shop, delivered[1].id)
    vouches.write(shop, CUSTOMER, delivered[0].id, "5", "Quick.")
    vouches.write(shop, CUSTOMER, delivered[1].id, "2", "Slow.")
    vouches.write(shop, CUSTOMER, delivered[2].id, "1", "Rude words.")
    vouches.hide(shop, STAFF, delivered[2].id, "Rude.")
    tickets.open_ticket(shop, CUSTOMER, TicketForm(TicketKind.other, "Hello", "Help.", ""))
    notes.add_to_person(shop, STAFF, CUSTOMER, "Fine.")
    facts = loaded(shop).facts
    assert facts is not None
    assert facts.orders == {S.under_review: 1, S.delivered: 4, S.rejected: 1, S.refunded: 1}
    assert facts.orders_placed == 7
    assert (facts.first_order_at, len(facts.newest)) == (first_at, 3)
    assert facts.newest[0].placed_at >= waiting.placed_at
    total = refunded.total_minor
    assert [(one.currency, one.received, one.returned) for one in facts.paid] == [
        ("EUR", total, 0),
        ("USD", 4 * total, total + 100),
    ]
    assert (facts.tickets, facts.tickets_open) == (1, 1)
    assert (facts.vouches.vouches, facts.vouches.average, facts.vouches_hidden) == (2, 3.5, 1)
    assert [one.text for one in facts.notes] == ["Fine."]
    assert facts.to_decide == [waiting.id]


def _in_euros(shop: Shop, order_id: str) -> None:
    """Let an order have been paid while the shop had another currency."""
    changed = text("UPDATE ledger_entries SET currency = 'EUR' WHERE order_id = :id")
    with writing(shop.database) as tx:
        tx.session.execute(changed, {"id": order_id})


def _version(shop: Shop, order_id: str) -> int:
    with reading(shop.database) as session:
        return session.get_one(Order, order_id).version


def test_nothing_of_anybody_else_is_counted(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=50)
    mine = lives.bring_to(shop, product, S.delivered, time)
    vouches.write(shop, CUSTOMER, mine.id, "5", "")
    lives.place(shop, product, STRANGER)
    facts = loaded(shop, STRANGER.id or 0).facts
    assert facts is not None
    assert (facts.orders, facts.paid, facts.vouches.vouches, facts.tickets) == ({S.awaiting_payment: 1}, [], 0, 0)


def test_flags_tell_of_late_contested_and_unpaid_orders(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(units=50)
    used = lives.picture(), lives.reference()
    first, second = (lives.place(shop, product) for _ in range(2))
    orders.approve(shop, STAFF, orders.submit_proof(shop, CUSTOMER, first.id, *used).id, Given())
    with pytest.raises(EvidenceUsed):
        orders.submit_proof(shop, CUSTOMER, second.id, *used)
    late = lives.bring_to(shop, product, S.expired, time)
    lives.submit(shop, late)
    found = loaded(shop)
    assert found.facts is not None
    assert (found.facts.refused, found.facts.late) == (1, 1)
    assert [one.order.id for one in found.to_decide] == [late.id]
    assert found.to_decide[0].order.is_late


def test_who_keeps_ordering_without_paying_is_held_back(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    ann = Actor(71, "ann")
    leave_unpaid(shop, make_product(units=50), time, [ann])
    found = loaded(shop, 71)
    assert found.unpaid_ends >= 2
    assert found.held is not None
    assert found.held.unpaid_ends == found.unpaid_ends
    blocks.forgive(shop, STAFF, 71)
    assert (loaded(shop, 71).unpaid_ends, loaded(shop, 71).held) == (0, None)


def test_what_is_said_of_the_person_is_not_said_again_of_each_order(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), S.under_review, time)
    blocks.block(shop, STAFF, CUSTOMER, "A quarrel.", "3")
    found = loaded(shop)
    assert found.facts is not None
    assert found.facts.person.block_reason == "A quarrel."
    assert [one.is_blocked for one in found.to_decide] == [False]


def test_someone_whom_the_shop_never_met_has_no_facts(shop: Shop) -> None:
    assert loaded(shop, 4711) == customers.Customer(4711)


def test_lists_have_pages_and_their_totals(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=50)
    placed = []
    for _ in range(4):
        placed.append(lives.bring_to(shop, product, S.delivered, time).id)
        vouches.write(shop, CUSTOMER, placed[-1], "4", "")
        time.move(minutes=11)
        tickets.open_ticket(shop, CUSTOMER, TicketForm(TicketKind.product_issue, "Hello", "Help.", placed[-1]))
    page = {"limit": 3, "offset": 3}
    total, found = customers.orders_of(shop, STAFF, ME, **page)
    assert (total, [one.id for one in found]) == (4, placed[:1])
    total, asked = customers.tickets_of(shop, STAFF, ME, **page)
    assert (total, [one.order_id for one in asked]) == (4, placed[:1])
    total, said = customers.vouches_of(shop, STAFF, ME, **page)
    assert (total, [one.vouch.order_id for one in said]) == (4, placed[:1])


@pytest.mark.parametrize("who", [CUSTOMER, STRANGER])
def test_nobody_but_staff_looks(shop: Shop, who: Actor) -> None:
    page = {"limit": 3, "offset": 0}
    for look in (customers.orders_of, customers.tickets_of, customers.vouches_of):
        with pytest.raises(NotAllowed):
            look(shop, who, ME, **page)
    with pytest.raises(NotAllowed):
        customers.load(shop, who, ME)
