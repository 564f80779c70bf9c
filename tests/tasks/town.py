"""A shop with a Discord around it: channels, a customer and staff on the stand-in, and jobs run by hand."""

from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from novacore import clock
from novacore.db.models import Job, Order
from novacore.db.unit_of_work import reading
from novacore.states import JobState, OrderStatus
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.offload.offload import Inline
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Places, Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import STAFF
from tests.wire.stand_in import Wire
from tests.workflows.machine import lives


@dataclass(frozen=True)
class Town:
    """One customer, one product, every channel of the shop."""

    wire: Wire
    runtime: Runtime
    customer: Actor
    product_id: int
    places: Places

    @property
    def shop(self) -> Shop:
        """The shop whose jobs run here."""
        return self.runtime.shop

    def work(self, most: int = 40) -> None:
        """Run every job that is due, the oldest first, until none is left."""
        for _ in range(most):
            job_ids = self.due()
            if not job_ids:
                return
            for job_id in job_ids:
                runner.run(self.runtime, job_id)
        raise AssertionError(f"jobs keep coming: {self.due()}")

    def due(self, *names: str) -> list[int]:
        """The ids of the queued jobs that are due (of these names, if any are given)."""
        rows = (
            select(Job.id)
            .where(Job.state == JobState.queued, or_(Job.at_once, Job.due_at <= clock.now()))
            .order_by(Job.id)
        )
        with reading(self.shop.database) as session:
            return [*session.execute(rows.where(Job.name.in_(names)) if names else rows).scalars()]

    def outcome(self, name: str) -> tuple[str, str]:
        """State and sentence of the newest job of this name."""
        rows = select(Job).where(Job.name == name).order_by(Job.id.desc()).limit(1)
        with reading(self.shop.database) as session:
            job = session.execute(rows).scalar_one()
            return job.state.value, job.outcome or job.last_error or ""

    def order(self, order_id: str) -> Order:
        """The order as it is stored."""
        with reading(self.shop.database) as session:
            return session.get_one(Order, order_id)

    def place(self, quantity: int = 1) -> Order:
        """The customer orders."""
        return lives.place(self.shop, self.product_id, self.customer, quantity)

    def submit(self, order: Order) -> Order:
        """The customer sends a proof."""
        return lives.submit(self.shop, order, self.customer)

    def approved(self, quantity: int = 1) -> Order:
        """An order that staff have approved, with its goods on their way."""
        order = self.submit(self.place(quantity))
        return orders.approve(self.shop, STAFF, order.id, Given())

    def delivered(self) -> Order:
        """An order whose goods are with the customer."""
        order = self.approved()
        self.work()
        assert self.order(order.id).status is OrderStatus.delivered
        return order

    def staff_channel(self) -> list[str]:
        """The texts in the staff channel, the oldest first."""
        return [message.text for message in self.wire.messages(self.places.staff_channel_id)]

    def dms(self) -> list[str]:
        """The texts of the customer's DMs, the oldest first."""
        return [message.text for message in self.wire.dms(self.customer.id or 0)]


def settle(shop: Shop, wire: Wire, calls: Calls, product_id: int) -> Town:
    """Build the town around a shop."""
    places = Places(
        main_channel_id=wire.add_channel("shop"),
        staff_channel_id=wire.add_channel("staff"),
        public_log_channel_id=wire.add_channel("purchases"),
        vouch_channel_id=wire.add_channel("vouches"),
        customer_role_id=wire.add_role("Customer"),
        ticket_category_id=wire.add_category("tickets"),
        staff_role_ids=frozenset({wire.add_role("Staff")}),
        owner_role_id=wire.add_role("Owner"),
    )
    runtime = Runtime(replace(shop, places=places), calls, Inline(), "worker-1")
    return Town(wire, runtime, Actor(wire.add_user("customer"), "customer"), product_id, places)
