"""Staff find an order by its person, its product and its transaction, however that was pasted. On both databases."""

import pytest

from novacore.errors import BadInput, EvidenceUsed, NotAllowed, NotFound
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.desk import found_orders
from novacore.workflows.orders.desk.found_orders import PAGE, FoundOrders, Wanted
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows import own_methods
from tests.workflows.machine import lives

ID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"


def search(shop: Shop, person: Actor | None = None, product: str = "", transaction: str = "") -> FoundOrders:
    return found_orders.search(shop, STAFF, person.id if person else None, product, transaction)


def ids(found: FoundOrders) -> list[str]:
    return [order.id for order in found.orders]


def paid_with(shop: Shop, product: int, reference: str, method: str = PaymentMethod.btc, number: int = 1) -> str:
    """Place an order of this method and send a proof with this reference."""
    order = orders.place(shop, CUSTOMER, Checkout(f"paid-{number}-{method}", product, 1, method))
    return orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(10**7 + number), reference).id


@pytest.mark.parametrize(
    "pasted",
    [
        ID,
        f"  {ID}\n",
        ID.upper(),
        f"https://mempool.space/tx/{ID}",
        f"{ID[:32]} {ID[32:]}",
        f"\u200b{ID}\u200b",
        f"0x{ID}",
    ],
)
def test_a_transaction_id_is_found_however_it_was_pasted(shop: Shop, make_product: ProductMaker, pasted: str) -> None:
    order_id = paid_with(shop, make_product(), ID)
    assert ids(search(shop, transaction=pasted)) == [order_id]


@pytest.mark.parametrize(
    ("method", "sent", "pasted"),
    [
        (PaymentMethod.eth, f"0x{ID}", f"https://etherscan.io/tx/0x{ID.upper()}"),
        (PaymentMethod.eth, f"0x{ID}", ID),
        (PaymentMethod.paypal, "4AB12345CD678901E", " 4ab12345cd678901e "),
    ],
)
def test_each_ledger_has_its_own_form(
    shop: Shop, make_product: ProductMaker, method: PaymentMethod, sent: str, pasted: str
) -> None:
    order_id = paid_with(shop, make_product(), sent, method)
    assert ids(search(shop, transaction=pasted)) == [order_id]


def test_a_reference_of_the_owners_own_method_is_found_as_it_was_typed(shop: Shop, make_product: ProductMaker) -> None:
    order_id = paid_with(shop, make_product(), "Invoice 12 / May", own_methods.add(shop))
    assert ids(search(shop, transaction="  Invoice  12 / May ")) == [order_id]


def test_an_order_whose_proof_was_refused_is_found_by_it_as_well(shop: Shop, make_product: ProductMaker) -> None:
    product = make_product()
    first = paid_with(shop, product, ID)
    orders.approve(shop, STAFF, first, Given())
    second = lives.place(shop, product)
    with pytest.raises(EvidenceUsed):
        orders.submit_proof(shop, CUSTOMER, second.id, lives.picture(7), ID)
    assert {*ids(search(shop, transaction=ID))} == {first, second.id}


def test_all_that_is_given_has_to_fit(shop: Shop, make_product: ProductMaker) -> None:
    one, other = make_product(name="Red key"), make_product(name="Blue key")
    mine = lives.place(shop, one).id
    theirs = lives.place(shop, one, STRANGER).id
    blue = lives.place(shop, other).id
    assert {*ids(search(shop, CUSTOMER))} == {mine, blue}
    assert {*ids(search(shop, product=str(one)))} == {mine, theirs}
    assert ids(search(shop, product="red k", person=STRANGER)) == [theirs]
    assert ids(search(shop, CUSTOMER, str(other))) == [blue]
    with pytest.raises(NotFound, match="No order fits"):
        search(shop, STRANGER, str(other))
    with pytest.raises(NotFound, match="No order fits"):
        search(shop, CUSTOMER, transaction=ID)
    with pytest.raises(BadInput, match="pick one"):
        search(shop, product="key")
    with pytest.raises(NotFound, match="can't find that product"):
        search(shop, product="green")


@pytest.mark.parametrize("typed", ["...", "\u3164", "-"])
def test_what_is_no_id_at_all_is_said(shop: Shop, typed: str) -> None:
    with pytest.raises(BadInput, match="as a transaction id"):
        search(shop, transaction=typed)


def test_many_are_turned_the_newest_first(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=30)
    placed = []
    for _ in range(PAGE + 2):
        placed.append(lives.bring_to(shop, product, OrderStatus.delivered, time).id)
        time.move(minutes=1)
    first = search(shop, CUSTOMER, str(product))
    assert (ids(first), first.has_more) == (placed[:1:-1], True)
    second = found_orders.turn(shop, STAFF, first.wanted, 1)
    assert (ids(second), second.has_more) == (placed[1::-1], False)
    assert ids(found_orders.turn(shop, STAFF, first.wanted, 2)) == []


def test_orders_of_one_transaction_are_turned_by_its_proof(shop: Shop, make_product: ProductMaker) -> None:
    order_id = paid_with(shop, make_product(), ID)
    found = search(shop, transaction=ID)
    assert found.wanted.proof_id
    assert ids(found_orders.turn(shop, STAFF, found.wanted, 0)) == [order_id]
    with pytest.raises(NotFound):
        found_orders.turn(shop, STAFF, Wanted(proof_id=4711), 0)


@pytest.mark.parametrize("who", [CUSTOMER, STRANGER])
def test_nobody_but_staff_searches(shop: Shop, make_product: ProductMaker, who: Actor) -> None:
    lives.place(shop, make_product())
    with pytest.raises(NotAllowed):
        found_orders.search(shop, who, CUSTOMER.id, "", "")
    with pytest.raises(NotAllowed):
        found_orders.turn(shop, who, Wanted(CUSTOMER.id or 0), 0)
    assert found_orders.products_named(shop, who, "") == []
    assert found_orders.products_named(shop, STAFF, "") != []
