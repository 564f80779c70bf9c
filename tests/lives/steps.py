"""What happens next in a life: mostly an arrow that is open, towards the one that was taken least; and all the rest.

Chance alone rarely gets far: from placed to refunded are five arrows, each one of many.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from novacore.db.models import Order, Ticket
from novacore.states import TALKING, OrderStatus, PaymentMethod, ProductKind, TicketPriority, TicketStatus
from novacore.workflows.machine.arrows import Table
from novacore.workflows.machine.policy import Actor, Who
from novacore.workflows.orders.new_amounts import can_have_one
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets.table import TICKETS
from tests.fixtures.shops import OWNER
from tests.lives import ways
from tests.lives.deeds import Deed
from tests.lives.life import Life
from tests.wire.faults import Act, Answer, Drop

Move = tuple[int, Callable[[], None]]
"""How many arrows are left to the life's aim, and how to take the open one."""

S = TypeVar("S")

DELIVERED = OrderStatus.delivered
ACTS_ON_ORDERS: Mapping[str, Callable[[Order], object]] = {
    "resend": lambda order: order.status is DELIVERED and order.kind is not ProductKind.by_hand,
    "replace_unit": lambda order: order.status is DELIVERED and order.kind is ProductKind.unique,
    "return_money": lambda order: order.status.row.has_goods,
    "receive_money": lambda order: order.status.row.has_goods,
    "reveal": lambda order: order.status.row.has_goods and order.kind is not ProductKind.by_hand,
    "write_vouch": lambda order: order.status is DELIVERED,
    "new_amount": can_have_one,
    "add_note": lambda order: order.id,
    "remove_note": lambda order: order.id,
}
ACTS_ON_TICKETS: Mapping[str, Callable[[Ticket], object]] = {
    "claim": lambda ticket: ticket.status.row.is_open and ticket.claimed_by is None,
    "release": lambda ticket: ticket.status.row.is_open and ticket.claimed_by is not None,
    "priority": lambda ticket: ticket.status.row.is_open,
    "link_order": lambda ticket: ticket.status.row.is_open,
    "ask_close": lambda ticket: ticket.status in TALKING and ticket.asked_close_at is None,
    "rate": lambda ticket: ticket.status is TicketStatus.closed and ticket.rated_at is None,
}
"""What people do that is no arrow, and which orders and tickets it is meant for."""

AMOUNTS = ("", "1.00", "9.99", "500.00", "0", "x")


def begin(life: Life) -> None:
    """Buy something the usual way, and ask for help: so that there is something to go on with."""
    ways.set_rate(life)
    ways.change_code(life)
    ways.place(life, kind=ProductKind.unique)
    for trigger in ("submit_proof", "approve", "delivered"):
        for order in life.orders():
            ways.of_order(trigger)(life, order)
    ways.place(life, kind=ProductKind.shared, method=PaymentMethod.btc)
    for order in filter(can_have_one, life.orders()):
        ways.let_the_amount_lapse(life)
        life.do(Deed("new_amount", order.id, life.buyer(order)))
    ways.open_ticket(life)
    for ticket in life.tickets():
        ways.of_ticket("channel_ready")(life, ticket)


def step(life: Life) -> None:
    """Do one thing."""
    things = (follow, press_anything, other_acts_on_orders, use_a_proof_again, other_acts_on_tickets, work, wait)
    (thing,) = life.chance.choices(things, (12, 3, 4, 1, 4, 4, 1))
    thing(life)


def follow(life: Life) -> None:
    """Go along an arrow, as people, workers and time do: any that is open, or the next one towards the life's aim."""
    if life.tries == 0 or life.taken[life.aim] > life.least:
        set_aim(life)
    life.tries -= 1
    moves = [*_of_orders(life), *_of_tickets(life)]
    nearest = min(left for left, _ in moves)
    towards = [take for left, take in moves if left == nearest < _NOWHERE]
    life.chance.choice(towards if towards and life.chance.random() < 0.7 else [take for _, take in moves])()


def set_aim(life: Life) -> None:
    """Aim at an arrow, from one of the states that it leaves, that was taken least in all lives so far."""
    life.least = min(life.taken[step] for step in STEPS)
    life.aim = life.chance.choice([step for step in STEPS if life.taken[step] == life.least])
    life.tries = PATIENCE


def steps_of(table: Table[Any]) -> list[tuple[str, str]]:
    """Every arrow of a table, from each of the states that it leaves, as (state, trigger)."""
    return [(str(source), arrow.trigger) for arrow in table.arrows for source in arrow.sources]


STEPS = [*steps_of(ORDERS), *steps_of(TICKETS)]
PATIENCE = 10
"""How often a life tries to get to its aim: some are refused there (goods on their way are not refunded)."""


def _of_orders(life: Life) -> Iterator[Move]:
    yield _left(ORDERS, ORDERS.initial, "place", life.aim), partial(ways.place, life)
    for order in life.orders():
        for arrow in ORDERS.open_to(order, frozenset(Who)):
            take = partial(ways.of_order(arrow.trigger), life, order)
            yield _left(ORDERS, order.status, arrow.trigger, life.aim), take


def _of_tickets(life: Life) -> Iterator[Move]:
    yield _left(TICKETS, TICKETS.initial, "open_ticket", life.aim), partial(ways.open_ticket, life)
    for ticket in life.tickets():
        for arrow in TICKETS.open_to(ticket, frozenset(Who)):
            take = partial(ways.of_ticket(arrow.trigger), life, ticket)
            yield _left(TICKETS, ticket.status, arrow.trigger, life.aim), take


def _left(table: Table[Any], status: str, trigger: str, aim: tuple[str, str]) -> int:
    """Tell how many arrows are left to the aim if this one is taken; a large number where it leads away from it."""
    if aim == (str(status), trigger):
        return 0
    after, before = _distance(table, table.arrow(trigger).target, aim), _distance(table, status, aim)
    return before if after < before else _NOWHERE


def _distance(table: Table[Any], status: str, aim: tuple[str, str]) -> int:
    """Tell how many arrows away a state is from the aim; a large number where no way leads there."""
    reached = {str(status)}
    if aim not in steps_of(table):
        return _NOWHERE
    for steps in range(len(table.states)):
        if aim[0] in reached:
            return steps
        reached |= {str(one.target) for one in table.arrows if reached & {str(source) for source in one.sources}}
    return _NOWHERE


_NOWHERE = 10**6


def press_anything(life: Life) -> None:
    """Anybody presses anything, whether it is open to them or not; some cards are out of date."""
    actor = life.anybody()
    words: dict[str, object] = {"reason": life.chance.choice(("by chance", ""))}
    if order := _one_of(life, life.orders()):
        seen = {"round": order.review_round - 1} if life.chance.random() < 0.2 else {}
        trigger = life.chance.choice([one.trigger for one in ORDERS.arrows if one.trigger not in _WITH_MORE])
        life.do(Deed(trigger, order.id, actor, words | seen))
    if ticket := _one_of(life, life.tickets()):
        trigger = life.chance.choice([one.trigger for one in TICKETS.arrows if one.who - {Who.system}])
        if trigger not in _WITH_MORE:
            life.do(Deed(trigger, ticket.id, actor, words))


_WITH_MORE = ("place", "submit_proof", "open_ticket")
"""What asks for more than a press."""


def other_acts_on_orders(life: Life) -> None:
    """What staff and buyers do with an order outside its table, some of it on a card that is out of date."""
    picked = _rarest(life, ACTS_ON_ORDERS, life.orders())
    if picked is None:
        return
    what, order = picked
    words = {
        "version": order.version - life.chance.choice((0, 0, 0, 1)),
        "number": "1",
        "amount": life.chance.choice(AMOUNTS),
        "reason": "by chance",
        "stars": "5",
        "comment": "Quick.",
    }
    if what == "new_amount":
        ways.let_the_amount_lapse(life)
    whose = life.buyer(order) if what in {"reveal", "write_vouch", "new_amount"} else OWNER
    life.do(Deed(what, order.id, _mostly(life, whose), words))


def use_a_proof_again(life: Life) -> None:
    """A proof that others have sent as well: it pays once."""
    if order := _one_of(life, life.orders()):
        proof = {"proof": life.chance.randint(1, 3)}
        life.do(Deed("submit_proof", order.id, _mostly(life, life.buyer(order)), proof))


def other_acts_on_tickets(life: Life) -> None:
    """What people do with a ticket outside its table."""
    picked = _rarest(life, ACTS_ON_TICKETS, life.tickets())
    if picked is None:
        return
    what, ticket = picked
    mine = [order.id for order in life.orders() if order.customer_id == ticket.customer_id]
    words = {
        "priority": life.chance.choice([*TicketPriority]),
        "order": life.chance.choice(mine or [""]),
        "stars": "4",
        "comment": "Quick.",
    }
    whose = life.buyer(ticket) if what in {"ask_close", "rate"} else OWNER
    life.do(Deed(what, ticket.id, _mostly(life, whose), words))


def _rarest(life: Life, deeds: Mapping[str, Callable[[S], object]], subjects: Sequence[S]) -> tuple[str, S] | None:
    """Pick what was done least of all that fits somewhere, or now and then what fits nowhere."""
    anything = life.chance.random() < 0.2
    pairs = [(what, one) for what, fits in deeds.items() for one in subjects if anything or fits(one)]
    least = min((life.taken[what] for what, _ in pairs), default=0)
    return _one_of(life, [pair for pair in pairs if life.taken[pair[0]] == least])


def work(life: Life) -> None:
    """Workers take some of what waits, in any order; now and then Discord fails in the middle of a message."""
    owed = life.owed()
    if life.chance.random() < 0.4:
        life.town.wire.fault(*SEND, life.chance.choice(FAILURES)())
    life.work(life.chance.sample(owed, min(len(owed), 3)))
    life.town.wire.faults.clear()


SEND = ("POST", "/channels/*/messages")
FAILURES: tuple[Callable[[], Act], ...] = (
    partial(Drop, taken=True),
    partial(Answer, 503, taken=True),
    Drop,
    partial(Answer, 503),
)
"""The message stands, and nobody has heard of it; or it does not."""


def wait(life: Life) -> None:
    """Time passes."""
    life.time.move(hours=life.chance.choice((1, 12, 200)))


def _mostly(life: Life, actor: Actor) -> Actor:
    return actor if life.chance.random() < 0.7 else life.anybody()


def _one_of(life: Life, found: Sequence[S]) -> S | None:
    return life.chance.choice(found) if found else None
