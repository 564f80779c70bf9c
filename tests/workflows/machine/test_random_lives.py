"""Random lives of many orders, and the books after every step: units, money, events, states."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select

from novacore.db.base import Base
from novacore.db.models import Event, EvidenceClaim, LedgerEntry, Order, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.errors import Refusal
from novacore.states import OrderStatus, ProductKind, UnitStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables
from novacore.workflows.orders.table import ORDERS
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

STOCK = 4
ACTORS = (CUSTOMER, STRANGER, STAFF, OWNER, SYSTEM)
HELD = {OrderStatus.awaiting_payment, OrderStatus.under_review}
PAID = {OrderStatus.approved, OrderStatus.delivered, OrderStatus.delivery_blocked}
DECISIONS = ("ask_again", "approve", "reject", "cancel", "expire", "reinstate", "fulfil", "delivered",
             "delivery_blocked", "retry_delivery", "refund")  # fmt: skip

BESIDE = ("resend", "replace_unit", "return_money", "receive_money")


class Lives(RuleBasedStateMachine):
    """Everybody presses everything at any time; only the table says what happens."""

    shop: Shop
    time: MovableClock
    products: tuple[int, ...]
    taken: Counter[str]
    """Everything that was done in any life."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[str] = []
        self.proofs = [(lives.picture(), lives.reference()) for _ in range(3)]

    @rule(product=st.integers(0, 1), quantity=st.integers(1, 3), actor=st.sampled_from((CUSTOMER, STRANGER)))
    def place(self, product: int, quantity: int, actor: Actor) -> None:
        with refused():
            self.orders.append(lives.place(self.shop, self.products[product], actor, quantity).id)

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30), proof=st.integers(0, 2), actor=st.sampled_from((CUSTOMER, STRANGER)))
    def submit(self, pick: int, proof: int, actor: Actor) -> None:
        with refused():
            orders.submit_proof(self.shop, actor, self.one(pick), *self.proofs[proof])

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30), trigger=st.sampled_from(DECISIONS), actor=st.sampled_from(ACTORS))
    def decide(self, pick: int, trigger: str, actor: Actor) -> None:
        with refused():
            getattr(orders, trigger)(self.shop, actor, self.one(pick), Given(reason="by chance"))

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30), choices=st.lists(st.integers(0, 9), min_size=2, max_size=8))
    def go_on(self, pick: int, choices: list[int]) -> None:
        """Walk along open arrows, each taken by somebody who may: chance alone rarely gets far."""
        for choice in choices:
            order = self.stored(self.one(pick))
            open_arrows = [arrow.trigger for arrow in ORDERS.arrows if order.status in arrow.sources]
            if open_arrows:
                self.take(order, open_arrows[choice % len(open_arrows)])

    def take(self, order: Order, trigger: str) -> None:
        """Meet the guards, then take the arrow."""
        if trigger == "delivered":
            lives.mark_sent_once(self.shop, order.id)
        if trigger == "expire":
            self.time.move(hours=25)
        buyer = CUSTOMER if order.customer_id == CUSTOMER.id else STRANGER
        with refused():
            if trigger == "submit_proof":
                orders.submit_proof(self.shop, buyer, order.id, lives.picture(), lives.reference())
            else:
                actor = SYSTEM if Who.system in ORDERS.arrow(trigger).who else OWNER
                getattr(orders, trigger)(self.shop, actor, order.id, Given(reason="by chance"))
        if trigger == "refund":
            lives.end_jobs(self.shop, order.id)

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30), actor=st.sampled_from(ACTORS))
    def reveal(self, pick: int, actor: Actor) -> None:
        with refused():
            deliverables.reveal(self.shop, actor, self.one(pick))

    @rule(
        quantity=st.integers(1, 2),
        actor=st.sampled_from((CUSTOMER, STRANGER)),
        presses=st.lists(st.tuples(st.sampled_from(BESIDE), st.sampled_from(("", "1.00", "9.99"))), max_size=6),
    )
    def buy(self, quantity: int, actor: Actor, presses: list[tuple[str, str]]) -> None:
        """Go the whole way at once, and then beside the table: chance alone rarely gets there."""
        with refused():
            order = lives.submit(self.shop, lives.place(self.shop, self.products[0], actor, quantity), actor)
            self.orders.append(order.id)
            orders.approve(self.shop, STAFF, order.id, Given())
            lives.mark_sent(self.shop, order.id)
            orders.delivered(self.shop, SYSTEM, order.id)
            for press, amount in presses:
                self.press(order.id, press, OWNER, amount)
                lives.end_jobs(self.shop, order.id)

    def press(self, order_id: str, press: str, actor: Actor, amount: str, seen: int = 0) -> None:
        version = self.stored(order_id).version + seen
        with refused():
            if press == "resend":
                after_sale.resend(self.shop, actor, order_id, version)
            elif press == "replace_unit":
                after_sale.replace_unit(self.shop, actor, order_id, version, "1", "by chance")
            else:
                getattr(after_sale, press)(self.shop, actor, order_id, version, amount, "by chance")

    @precondition(lambda self: self.orders)
    @rule(
        pick=st.integers(0, 30),
        press=st.sampled_from(BESIDE),
        actor=st.sampled_from((*ACTORS, OWNER, OWNER)),
        amount=st.sampled_from(("", "1.00", "9.99", "500.00", "0", "x")),
        seen=st.sampled_from((0, 0, 0, -1)),
    )
    def after_the_sale(self, pick: int, press: str, actor: Actor, amount: str, seen: int) -> None:
        """What staff do beside the table, some of it on a card that is out of date."""
        self.press(self.one(pick), press, actor, amount, seen)

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30), amount=st.sampled_from(("0.01", "5.00", "9.99", "100.00")))
    def approve_another_amount(self, pick: int, amount: str) -> None:
        with refused():
            orders.approve_amount(self.shop, STAFF, self.one(pick), Given(), amount)

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30))
    def arrive(self, pick: int) -> None:
        """Whatever is on its way reaches the buyer."""
        lives.end_jobs(self.shop, self.one(pick))

    @precondition(lambda self: self.orders)
    @rule(pick=st.integers(0, 30))
    def send(self, pick: int) -> None:
        order = self.stored(self.one(pick))
        if order.status is OrderStatus.approved:
            lives.mark_sent_once(self.shop, order.id)

    @rule(hours=st.sampled_from([1, 12, 25, 200]))
    def wait(self, hours: int) -> None:
        self.time.move(hours=hours)

    def one(self, pick: int) -> str:
        return self.orders[pick % len(self.orders)]

    def stored(self, order_id: str) -> Order:
        with reading(self.shop.database) as session:
            return session.get_one(Order, order_id)

    def events(self, order: Order) -> list[Event]:
        with reading(self.shop.database) as session:
            return [*session.execute(select(Event).where(Event.subject_id == order.id).order_by(Event.id)).scalars()]

    def told(self, order: Order, trigger: str) -> int:
        return sum(event.trigger == trigger for event in self.events(order))

    def noted(self, order: Order, *triggers: str) -> int:
        """The money that the events tell of."""
        return sum(event.detail["amount_minor"] for event in self.events(order) if event.trigger in triggers)

    def last(self, order: Order) -> str:
        return self.events(order)[-1].trigger

    def teardown(self) -> None:
        with reading(self.shop.database) as session:
            self.taken.update(session.execute(select(Event.trigger)).scalars())

    @invariant()
    def the_units_are_in_the_right_hands(self) -> None:
        with reading(self.shop.database) as session:
            found = {order.id: order for order in session.execute(select(Order)).scalars()}
            held = Counter((unit.order_id, str(unit.status)) for unit in session.execute(select(Unit)).scalars())
            unique = select(func.count()).where(Unit.product_id == self.products[0])
            assert session.execute(unique).scalar_one() == STOCK
        for order in found.values():
            sold, reserved = held[order.id, "sold"], held[order.id, "reserved"]
            assert sold == (order.quantity if order.status in PAID else 0)
            assert held[order.id, "revoked"] == (order.quantity if order.status is OrderStatus.refunded else 0)
            assert held[order.id, "replaced"] == self.told(order, "replace_unit"), "each replacement has its event"
            if order.status in PAID:
                codes = deliverables.goods_of(self.shop, order.id)
                assert len({item.value for item in codes}) == len(codes), "no code twice, and none missing"
            assert reserved in ({0, order.quantity} if order.status in HELD else {0})
        assert {order_id for order_id, status in held if status in {"sold", "reserved"}} <= set(found)

    @invariant()
    def the_money_is_in_the_ledger(self) -> None:
        with reading(self.shop.database) as session:
            for order in session.execute(select(Order)).scalars():
                rows = select(LedgerEntry.direction, LedgerEntry.amount_minor).where(LedgerEntry.order_id == order.id)
                sums = Counter[str]()
                for direction, amount in session.execute(rows):
                    sums[direction] += amount
                paid = order.status in PAID | {OrderStatus.refunded}
                assert sums["received"] == self.noted(order, "approve", "receive_money")
                assert sums["returned"] == self.noted(order, "refund", "return_money")
                assert bool(self.told(order, "approve")) == paid
                assert sums["received"] >= sums["returned"], "never more goes back than came in"
                if order.status is OrderStatus.refunded and self.last(order) == "refund":
                    assert sums["received"] == sums["returned"]
                claims = select(func.count()).where(EvidenceClaim.order_id == order.id)
                assert bool(session.execute(claims).scalar_one()) <= paid

    @invariant()
    def the_events_tell_the_whole_story(self) -> None:
        arrows = {(source, arrow.trigger, arrow.target) for arrow in ORDERS.arrows for source in arrow.sources}
        with reading(self.shop.database) as session:
            for order in session.execute(select(Order)).scalars():
                rows = select(Event).where(Event.subject_id == order.id, Event.target.is_not(None)).order_by(Event.id)
                at: str = OrderStatus.new
                for event in session.execute(rows).scalars():
                    assert (at, event.trigger, event.target) in arrows
                    at = str(event.target)
                assert at == order.status


@contextmanager
def refused() -> Iterator[None]:
    """A refusal is an answer; everything else is a bug."""
    try:
        yield
    except Refusal as refusal:
        if not refusal.sentence.endswith((".", "!")):
            raise AssertionError("a refusal is a sentence") from refusal


def test_random_lives_keep_the_books(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    taken = Counter[str]()
    products = (make_product(units=STOCK), make_product(ProductKind.by_hand, name="Logo"))

    class Here(Lives):
        def __init__(self) -> None:
            super().__init__()
            clear(shop)
            self.shop, self.time, self.products, self.taken = shop, time, products, taken

    kept = settings(
        max_examples=20,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,  # so that the last line below cannot fail by bad luck
    )
    run_state_machine_as_test(Here, settings=kept)
    ends = {"submit_proof", "approve", "delivered", "refund"}
    assert ends | {*BESIDE} <= set(taken), "the lives went to their ends"


def clear(shop: Shop) -> None:
    """Start the next life with the same products and full shelves."""
    keep = {"products", "goods_versions", "categories", "pictures", "stock_batches", "shop_facts", "units"}
    with writing(shop.database) as tx:
        tx.session.execute(delete(Unit).where(Unit.content.is_(None)))
        for unit in tx.session.execute(select(Unit)).scalars():
            unit.status, unit.order_id, unit.replaces_id = UnitStatus.available, None, None
        tx.session.flush()
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in keep:
                tx.session.execute(table.delete())
