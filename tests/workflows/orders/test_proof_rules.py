"""Proofs: stored whole at once, bound to one order for good by an approval, flagged where they turn up twice."""

import gc
import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from novacore.db.models import Job, Proof, ProofFile
from novacore.db.queries.orders import orders as order_queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotFound, Refusal, SoldOut, WrongState
from novacore.media.proofs import process
from novacore.states import OrderStatus, PaymentMethod, ProductKind, UnitStatus
from novacore.wallets.addresses import PaymentAddress
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import proofs
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments.transaction_ids import normal_reference
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

THIEF = STRANGER


def test_nothing_keeps_the_bytes_once_they_are_stored(shop: Shop, make_product: ProductMaker) -> None:
    """SQLAlchemy keeps the first statement of each kind, and a connection what was last bound to it."""
    content = lives.picture() + bytes(3_000_000)
    made = replace(process(content), picture=lives.picture() + bytes(2_000_000))
    order = lives.place(shop, make_product())
    kept = sys.getrefcount(content), sys.getrefcount(made.picture)
    with reading(shop.database) as session:
        connection = session.connection().connection.dbapi_connection
    orders.submit_proof(shop, CUSTOMER, order.id, content, lives.reference(), made)
    found = proofs.unprocessed(shop, order.id)
    assert found is not None
    assert found.picture == made.picture
    assert found.original is None, "it is not even read where the picture is there"
    proofs.record_picture(shop, found.id, made)
    del found
    gc.collect()
    assert (sys.getrefcount(content), sys.getrefcount(made.picture)) == kept
    with reading(shop.database) as session:
        assert session.connection().connection.dbapi_connection is not connection


def test_the_bytes_the_sum_and_the_reference_are_stored_at_once(shop: Shop, make_product: ProductMaker) -> None:
    order = lives.place(shop, make_product())
    content, reference = lives.picture(), lives.reference()
    orders.submit_proof(shop, CUSTOMER, order.id, content, f" {reference.upper()} ")
    with reading(shop.database) as session:
        proof = session.execute(select(Proof).where(Proof.order_id == order.id)).scalar_one()
        assert session.get_one(ProofFile, proof.id).original == content
    assert proof.sha256 == hashlib.sha256(content).hexdigest()
    assert (proof.reference, proof.round, proof.width, proof.height) == (reference, 1, 8, 8)
    assert lives.jobs_of(shop, order.id) >= {"process_proof", "post_review_card", "refresh_cards"}
    assert "expire_order" not in lives.jobs_of(shop, order.id)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4 no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04"]
)
def test_what_is_no_picture_is_refused_and_the_order_stays(
    shop: Shop, make_product: ProductMaker, content: bytes
) -> None:
    order = lives.place(shop, make_product())
    before = lives.snapshot(shop)
    with pytest.raises(BadInput, match=r"picture|screenshot"):
        orders.submit_proof(shop, CUSTOMER, order.id, content, lives.reference())
    assert lives.snapshot(shop) == before


def test_a_bad_reference_is_refused_and_the_order_stays(shop: Shop, make_product: ProductMaker) -> None:
    order = lives.place(shop, make_product())
    before = lives.snapshot(shop)
    with pytest.raises(BadInput, match="64 characters"):
        orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(), "I have paid, trust me'; DROP TABLE orders")
    assert lives.snapshot(shop) == before


def approved_with(shop: Shop, product_id: int, content: bytes, reference: str) -> None:
    order = lives.place(shop, product_id)
    orders.submit_proof(shop, CUSTOMER, order.id, content, reference)
    orders.approve(shop, STAFF, order.id, Given())


def test_a_pending_reference_is_flagged_on_both_and_the_first_approval_wins(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product()
    reference = lives.reference()
    honest, thief = lives.place(shop, product_id), lives.place(shop, product_id, THIEF)
    orders.submit_proof(shop, THIEF, thief.id, lives.picture(), reference)
    orders.submit_proof(shop, CUSTOMER, honest.id, lives.picture(), reference)
    assert "refresh_cards" in lives.jobs_of(shop, thief.id)
    with reading(shop.database) as session:
        for mine, other in ((honest, thief), (thief, honest)):
            facts = order_queries.review_facts(session, mine.id, shop.terms.late_window)
            assert facts
            assert [(one.order_id, one.same_reference, one.same_picture) for one in facts.shared] == [
                (other.id, True, False)
            ]
    orders.approve(shop, STAFF, honest.id, Given())
    with pytest.raises(WrongState, match=f"already paid for order {honest.id}"):
        orders.approve(shop, STAFF, thief.id, Given())
    assert orders.reject(shop, STAFF, thief.id, lives.REASON).status is OrderStatus.rejected


def test_only_cards_that_may_still_be_decided_learn_of_a_picture_like_theirs(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product()
    waiting, ended, new = (
        lives.submit(shop, lives.place(shop, product_id, Actor(number, "c")), Actor(number, "c"))
        for number in (1, 2, 3)
    )
    orders.reject(shop, STAFF, ended.id, lives.REASON)
    with reading(shop.database) as session:
        proof_of = {proof.order_id: proof.id for proof in session.execute(select(Proof)).scalars()}
    refreshes = Job.name == "refresh_cards"
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job).where(refreshes))
    proofs.record_likenesses(shop, proof_of[new.id], [(proof_of[waiting.id], 3), (proof_of[ended.id], 4)])
    with reading(shop.database) as session:
        assert {*session.execute(select(Job.subject_id).where(refreshes)).scalars()} == {new.id, waiting.id}


def test_two_orders_with_one_reference_approved_at_once(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    reference = lives.reference()
    both = [lives.place(shop, product_id, actor) for actor in (CUSTOMER, THIEF)]
    for order, actor in zip(both, (CUSTOMER, THIEF), strict=True):
        orders.submit_proof(shop, actor, order.id, lives.picture(), reference)

    def approve(order_id: str) -> str:
        try:
            return orders.approve(shop, STAFF, order_id, Given()).status
        except Refusal as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, [order.id for order in both])) == ["WrongState", "approved"]


def test_an_order_that_was_never_approved_frees_its_reference(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    content, reference = lives.picture(), lives.reference()
    order = lives.place(shop, product_id)
    orders.submit_proof(shop, CUSTOMER, order.id, content, reference)
    orders.reject(shop, STAFF, order.id, lives.REASON)
    approved_with(shop, product_id, content, reference)


def test_a_strangers_order_reads_like_one_that_does_not_exist(shop: Shop, make_product: ProductMaker) -> None:
    order = lives.place(shop, make_product())
    said = []
    for order_id in (order.id, "NC-20260301-AAAAAA"):
        with pytest.raises(NotFound) as refusal:
            orders.submit_proof(shop, STRANGER, order_id, lives.picture(), lives.reference())
        said.append(refusal.value.sentence)
    assert said[0] == said[1]


def test_a_late_proof_is_taken_within_the_window_and_flagged(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product()
    order = lives.bring_to(shop, product_id, OrderStatus.expired, time)
    time.move(days=6.9)
    assert lives.submit(shop, order).is_late
    second = lives.bring_to(shop, product_id, OrderStatus.expired, time)
    time.move(days=7.1)
    with pytest.raises(WrongState, match="expired more than 7 days ago"):
        lives.submit(shop, second)


def test_asking_again_opens_a_new_round_and_old_cards_decide_nothing(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    asked = orders.ask_again(shop, STAFF, order.id, Given(reason="Too blurred.", round=1))
    assert asked.status is OrderStatus.awaiting_proof
    assert asked.expires_at == time.at + shop.terms.order_expiry
    again = lives.submit(shop, order)
    assert again.review_round == 2
    with pytest.raises(WrongState, match="card is out of date"):
        orders.approve(shop, STAFF, order.id, Given(round=1))
    assert orders.approve(shop, STAFF, order.id, Given(round=2)).status is OrderStatus.approved


@pytest.mark.parametrize("reason", [None, "", "   ", "x" * 501])
def test_a_reason_is_asked_for_and_bounded(
    shop: Shop, make_product: ProductMaker, time: MovableClock, reason: str | None
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    with pytest.raises(BadInput, match="reason"):
        orders.reject(shop, STAFF, order.id, Given(reason=reason))


SOLANA = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"


@pytest.mark.parametrize(
    ("method", "network", "text", "expected"),
    [
        (PaymentMethod.paypal, "PayPal", "4ab12345cd678901e", "4AB12345CD678901E"),
        (PaymentMethod.btc, "Bitcoin", "AB" * 32, "ab" * 32),
        (PaymentMethod.ltc, "Litecoin", f"`{'0' * 64}`", "0" * 64),
        (PaymentMethod.eth, "Ethereum", "ab" * 32, "0x" + "ab" * 32),
        (PaymentMethod.usdt, "TRON (TRC-20)", "cd" * 32, "cd" * 32),
        (PaymentMethod.usdt, "Ethereum (ERC-20)", "0xCD" + "cd" * 31, "0x" + "cd" * 32),
        (PaymentMethod.usdt, "Solana (SPL)", SOLANA, SOLANA),
        (PaymentMethod.sol, "Solana", f" {SOLANA} ", SOLANA),
    ],
)
def test_a_reference_has_one_form(method: PaymentMethod, network: str, text: str, expected: str) -> None:
    assert normal_reference(method, network, text) == expected


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize(
    "text", ["", "paid", "0x", "0x" + "g" * 64, "é" * 64, "g" * 64, "0" * 63, "A" * 16, SOLANA[:-5], "\n" * 20]
)
def test_what_is_no_reference_is_refused_with_its_form(method: PaymentMethod, text: str) -> None:
    with pytest.raises(BadInput, match="does not look like a transaction id"):
        normal_reference(method, "Bitcoin", text)


def test_every_way_to_pay_can_be_ordered_and_proved(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=10)
    references = {PaymentMethod.paypal: "4AB12345CD678901E", PaymentMethod.sol: SOLANA}
    for number, method in enumerate(PaymentMethod):
        actor = Actor(9000 + number, "buyer")
        order = orders.place(shop, actor, Checkout(f"{method}", product_id, 1, method))
        assert (order.pay_address, order.pay_network) == (
            shop.addresses[method].address,
            shop.addresses[method].network,
        )
        reference = references.get(method, f"{number:064x}")
        assert orders.submit_proof(shop, actor, order.id, lives.picture(), reference).status is OrderStatus.under_review


def test_every_round_of_an_approved_order_has_paid(shop: Shop, make_product: ProductMaker) -> None:
    """A part was paid in the first round, the rest in the second: neither pays for anything else."""
    product_id = make_product()
    content, reference = lives.picture(), lives.reference()
    order = lives.place(shop, product_id)
    orders.submit_proof(shop, CUSTOMER, order.id, content, reference)
    orders.ask_again(shop, STAFF, order.id, Given(reason="Half is missing."))
    orders.approve(shop, STAFF, lives.submit(shop, order).id, Given())
    second = lives.place(shop, product_id, THIEF)
    with pytest.raises(WrongState, match="transaction id was already used"):
        orders.submit_proof(shop, THIEF, second.id, lives.picture(), reference)
    with pytest.raises(WrongState, match="picture was already used"):
        orders.submit_proof(shop, THIEF, second.id, content, lives.reference())


def test_a_mistaken_reference_of_an_earlier_round_blocks_nobody(shop: Shop, make_product: ProductMaker) -> None:
    """A customer first typed the id of another order's payment, then the right one."""
    product_id = make_product()
    reference = lives.reference()
    order, other = lives.place(shop, product_id), lives.place(shop, product_id, STRANGER)
    orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(), reference)
    orders.submit_proof(shop, STRANGER, other.id, lives.picture(), reference)
    orders.ask_again(shop, STAFF, order.id, Given(reason="Not your payment."))
    orders.approve(shop, STAFF, other.id, Given())
    assert orders.approve(shop, STAFF, lives.submit(shop, order).id, Given()).status is OrderStatus.approved


@pytest.mark.parametrize(
    ("network", "method", "text"),
    [("Ethereum (ERC-20)", PaymentMethod.eth, "ab" * 32), ("Solana (SPL)", PaymentMethod.sol, SOLANA)],
)
def test_one_transaction_pays_once_whatever_it_was_paid_in(
    shop: Shop, make_product: ProductMaker, network: str, method: PaymentMethod, text: str
) -> None:
    addresses = {**shop.addresses, PaymentMethod.usdt: PaymentAddress("the same wallet", network)}
    shop = replace(shop, addresses=addresses)
    product_id = make_product()
    first = orders.place(shop, CUSTOMER, Checkout("one", product_id, 1, method))
    orders.submit_proof(shop, CUSTOMER, first.id, lives.picture(), text)
    orders.approve(shop, STAFF, first.id, Given())
    second = orders.place(shop, THIEF, Checkout("two", product_id, 1, PaymentMethod.usdt))
    with pytest.raises(WrongState, match="transaction id was already used"):
        orders.submit_proof(shop, THIEF, second.id, lives.picture(), text)


def test_a_customer_is_not_asked_to_pay_for_what_is_gone(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=1)
    late = lives.submit(shop, lives.bring_to(shop, product_id, OrderStatus.expired, time))
    with reading(shop.database) as session:
        facts = order_queries.review_facts(session, late.id, shop.terms.late_window)
    assert facts
    assert facts.units_held == 0
    rival = lives.place(shop, product_id, STRANGER)
    with pytest.raises(SoldOut, match="lost its units"):
        orders.ask_again(shop, STAFF, late.id, Given(reason="Too dark."))
    orders.cancel(shop, STRANGER, rival.id)
    orders.ask_again(shop, STAFF, late.id, Given(reason="Too dark."))
    assert lives.units(shop, UnitStatus.reserved) == 1


def test_the_queue_has_everything_that_waits_for_staff_and_then_what_waits_for_another_proof(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    expected = []
    asked = lives.bring_to(shop, make_product(), OrderStatus.awaiting_proof, time)
    for kind, state in (
        (ProductKind.unique, OrderStatus.under_review),
        (ProductKind.by_hand, OrderStatus.approved),
        (ProductKind.unique, OrderStatus.delivery_blocked),
        (ProductKind.unique, OrderStatus.approved),
        (ProductKind.unique, OrderStatus.delivered),
    ):
        time.move(minutes=1)
        order = lives.bring_to(shop, make_product(kind), state, time)
        expected.append((order.id, state))
    with reading(shop.database) as session:
        totals, rows = order_queries.queue(session, late=shop.terms.late_window)
        _, rest = order_queries.queue(session, late=shop.terms.late_window, limit=2, offset=2)
    assert (totals.for_staff, totals.for_customers) == (3, 1)
    expected[3:] = [(asked.id, OrderStatus.awaiting_proof)]
    assert [(row.order_id, row.status) for row in rows] == expected
    assert [*rest] == [*rows[2:]]


def test_the_queue_of_a_reviewer_has_proofs_alone(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    for kind, state in (
        (ProductKind.unique, OrderStatus.awaiting_proof),
        (ProductKind.unique, OrderStatus.under_review),
        (ProductKind.by_hand, OrderStatus.approved),
        (ProductKind.unique, OrderStatus.delivery_blocked),
    ):
        lives.bring_to(shop, make_product(kind), state, time)
    with reading(shop.database) as session:
        proofs = order_queries.queue(session, late=shop.terms.late_window, proofs_alone=True)
    assert (proofs[0].for_staff, proofs[0].for_customers) == (1, 1)
    assert [row.status for row in proofs[1]] == [OrderStatus.under_review, OrderStatus.awaiting_proof]


@pytest.mark.parametrize("method", [PaymentMethod.btc, PaymentMethod.ltc, PaymentMethod.usdt])
def test_an_ethereum_id_is_no_id_of_another_chain(method: PaymentMethod) -> None:
    network = {PaymentMethod.usdt: "TRON (TRC-20)"}.get(method, "Bitcoin")
    with pytest.raises(BadInput, match="does not look like a transaction id"):
        normal_reference(method, network, "0x" + "ab" * 32)


def test_the_same_id_on_another_chain_is_flagged_with_or_without_its_prefix(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product()
    tron = orders.place(shop, CUSTOMER, Checkout("one", product_id, 1, PaymentMethod.usdt))
    orders.submit_proof(shop, CUSTOMER, tron.id, lives.picture(), "ab" * 32)
    ether = orders.place(shop, THIEF, Checkout("two", product_id, 1, PaymentMethod.eth))
    orders.submit_proof(shop, THIEF, ether.id, lives.picture(), "0x" + "ab" * 32)
    with reading(shop.database) as session:
        for mine, other in ((tron, ether), (ether, tron)):
            facts = order_queries.review_facts(session, mine.id, shop.terms.late_window)
            assert facts
            assert [(one.order_id, one.same_reference) for one in facts.shared] == [(other.id, True)]
    assert "refresh_cards" in lives.jobs_of(shop, tron.id)
