"""How each arrow comes about in the shop: people press, workers deliver, time passes, channels and people go.

An arrow of a table that is missing here is pressed by a person who may. If that is not its way, add its own.
"""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, TypeVar

from novacore.db.models import Order, Ticket
from novacore.db.queries import terms
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus, ProductKind, TicketKind
from novacore.states.texts import ShopText
from novacore.workflows.machine.arrows import Arrow
from novacore.workflows.machine.policy import SYSTEM, Actor, Who
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.texts import drafts
from novacore.workflows.tickets.table import TICKETS
from tests.fixtures.shops import OWNER, REVIEWER, STAFF
from tests.lives.deeds import Deed
from tests.lives.life import Life
from tests.wire.faults import Answer
from tests.workflows.machine import lives

S = TypeVar("S")
Way = Callable[[Life, S], None]

_numbers = count(10**6)
"""Of pictures and transaction ids, and of checkouts: never used before."""

CREATE = ("POST", "/guilds/*/channels")
HISTORY = ("GET", "/channels/*/messages")
LACKS_A_PERMISSION, SEES_NO_CHANNEL = 50013, 50001


def place(life: Life, _: object = None, *, kind: ProductKind | None = None, method: str | None = None) -> None:
    """A customer orders, now and then with a code; they mostly accept the shop's terms as they are now."""
    kind = kind or life.chance.choices((ProductKind.unique, ProductKind.by_hand, ProductKind.shared), (5, 3, 1))[0]
    number = next(_numbers)
    words: dict[str, Any] = {
        "key": f"life-{number}",
        "product": life.products[kind],
        "quantity": life.chance.randint(1, 2),
    }
    words["method"] = method or life.methods[number % len(life.methods)]
    words["code"] = ""
    if kind is not ProductKind.shared and life.chance.random() < 0.4:
        change_code(life, 0.15)
        words["code"] = life.chance.choice((life.code, life.code.lower()))
    if life.chance.random() < 0.1:
        change_terms(life)
    now = _terms(life)
    words["terms"] = now if life.chance.random() < 0.8 else life.chance.choice((None, 1, 2))
    life.do(Deed("place", "", life.chance.choice(life.customers), words))
    placed = [order.terms_version for order in life.orders() if order.checkout_key == words["key"]]
    assert placed in ([], [now]), "nobody is bound to words that they have not accepted"
    assert not placed or now in (None, words["terms"])


def change_terms(life: Life) -> None:
    """The owner saves other terms, or takes back those that there are."""
    now = _terms(life)
    if now is not None and life.chance.random() < 0.5:
        life.do(Deed("have_no_terms", "", OWNER, {"version": now}))
        return
    draft, _, _ = drafts.begin(life.town.shop, OWNER, ShopText.terms)
    drafts.fill(life.town.shop, OWNER, draft, f"No refunds after {next(_numbers)} days.")
    life.do(Deed("save_terms", "", OWNER, {"draft": draft}))


def _terms(life: Life) -> int | None:
    with reading(life.town.shop.database) as session:
        now = terms.in_force(session)
    return now.version if now else None


def change_code(life: Life, how_often: float = 1.0) -> None:
    """The owner ends the code of this life, if there is one, and adds it again with other terms."""
    if life.chance.random() < how_often:
        life.do(Deed("end_code", "", OWNER, {"code": life.code}))
        terms = {"percent": life.chance.choice((5, 50)), "uses": life.chance.randint(2, 5), "per_person": 3}
        life.do(Deed("add_code", "", OWNER, {"code": life.code} | terms))


def set_rate(life: Life) -> None:
    """The owner says what one BTC costs: good for a day, and rarely what it was before."""
    price = life.chance.choice(("64250.10", "58111.5", "71000"))
    life.do(Deed("set_rate", "", OWNER, {"price": price}))


def let_the_amount_lapse(life: Life) -> None:
    """Let the time pass for which an amount in a coin is promised; mostly there is another price by then."""
    if life.chance.random() < 0.8:
        life.time.move(minutes=61)
    set_rate(life)


def _submit_proof(life: Life, order: Order) -> None:
    life.do(Deed("submit_proof", order.id, life.buyer(order), {"proof": next(_numbers)}))


def _approve(life: Life, order: Order) -> None:
    if life.chance.random() < 0.3:
        life.do(Deed("approve_amount", order.id, REVIEWER, {"amount": life.chance.choice(("0.01", "5.00", "100.00"))}))
    else:
        life.do(Deed("approve", order.id, REVIEWER, {"round": order.review_round}))


def _by_reviewers(trigger: str) -> Way[Order]:
    return lambda life, order: life.do(Deed(trigger, order.id, life.chance.choice((REVIEWER, OWNER)), _REASON))


def _by_staff(trigger: str) -> Way[Order]:
    return lambda life, order: life.do(Deed(trigger, order.id, life.chance.choice((STAFF, OWNER)), _REASON))


def _cancel(life: Life, order: Order) -> None:
    life.do(Deed("cancel", order.id, life.chance.choice((life.buyer(order), STAFF))))


def _expire(life: Life, order: Order) -> None:
    life.time.move(hours=25)
    lives.note_open(life.town.shop)
    life.work(life.due(order.id, "expire_order"))


def _deliver(life: Life, order: Order) -> None:
    if order.status is OrderStatus.delivery_blocked or life.chance.random() < 0.3:
        life.do(Deed("reveal", order.id, life.buyer(order)))
    else:
        life.work(life.due(order.id, "deliver_order"))


def _block(life: Life, order: Order) -> None:
    life.town.wire.close_dms(order.customer_id)
    life.work(life.due(order.id, "deliver_order"))
    life.town.wire.close_dms(order.customer_id, closed=False)


def _refund(life: Life, order: Order) -> None:
    life.work(life.due(order.id, "deliver_order", "resend_goods", "send_replacement"))
    life.do(Deed("refund", order.id, OWNER, _REASON))


_REASON = {"reason": "by chance"}

OF_ORDERS: Mapping[str, Way[Order]] = {
    "place": place,
    "submit_proof": _submit_proof,
    "ask_again": _by_reviewers("ask_again"),
    "approve": _approve,
    "reject": _by_reviewers("reject"),
    "cancel": _cancel,
    "expire": _expire,
    "reinstate": _by_staff("reinstate"),
    "fulfil": _by_staff("fulfil"),
    "delivered": _deliver,
    "delivery_blocked": _block,
    "retry_delivery": _by_staff("retry_delivery"),
    "refund": _refund,
}


def of_order(trigger: str) -> Way[Order]:
    """Return the way of this arrow."""
    return OF_ORDERS.get(trigger) or (lambda life, order: _press(life, order, ORDERS.arrow(trigger)))


def _press(life: Life, subject: Order | Ticket, arrow: Arrow[Any]) -> None:
    may = {Who.system: SYSTEM, Who.buyer: life.buyer(subject), Who.owner: OWNER, Who.staff: STAFF}
    may |= {Who.reviewer: REVIEWER}
    life.do(Deed(arrow.trigger, subject.id, may[life.chance.choice(sorted(arrow.who))], _REASON))


# ---- tickets


def open_ticket(life: Life, _: object = None) -> None:
    """A customer asks for help, now and then about an order of theirs."""
    life.time.move(minutes=10)
    customer = life.chance.choice(life.customers)
    mine = [order.id for order in life.orders() if order.customer_id == customer.id]
    order_id = life.chance.choice(["", *mine])
    kind = life.chance.choice([*TicketKind]) if order_id else TicketKind.other
    life.do(Deed("open_ticket", "", customer, {"kind": kind, "order": order_id}))


def _make_channel(life: Life, ticket: Ticket) -> None:
    life.work(life.due(ticket.id, "create_ticket_channel"))


def _fail_channel(life: Life, ticket: Ticket) -> None:
    life.town.wire.fault(*CREATE, Answer(403, LACKS_A_PERMISSION), times=None)
    life.work(life.due(ticket.id, "create_ticket_channel"))
    life.town.wire.faults.clear()


def _says(life: Life, ticket: Ticket, author: Actor) -> None:
    channel = ticket.channel_id or 0
    if channel not in life.town.wire.channel_ids().values():  # it was deleted, and the shop was killed over it
        return
    message = life.town.wire.say(author.id or 0, channel, "Hello")
    life.do(Deed("say", ticket.id, author, {"channel": channel, "message": message}))


def _close_for_no_reply(life: Life, ticket: Ticket) -> None:
    for hours in (25, 50):
        life.time.move(hours=hours)
        for name in ("warn_idle", "idle_close"):
            life.work(life.due(ticket.id, name))


def _archive(life: Life, ticket: Ticket) -> None:
    life.work(life.due(ticket.id, "archive_ticket"))


def _fail_archive(life: Life, ticket: Ticket) -> None:
    life.town.wire.fault(*HISTORY, Answer(403, SEES_NO_CHANNEL), times=None)
    life.work(life.due(ticket.id, "archive_ticket"))
    life.town.wire.faults.clear()


def _lose_channel(life: Life, ticket: Ticket) -> None:
    if ticket.channel_id is None:  # its channel goes in the moment in which it is made
        life.do(Deed("channel_lost", ticket.id))
        return
    if ticket.channel_id in life.town.wire.channel_ids().values():  # gone before where the shop was killed over it
        life.town.wire.delete_channel(ticket.channel_id)
    life.do(Deed("channel_deleted", str(ticket.channel_id)))


def _leave(life: Life, ticket: Ticket) -> None:
    life.do(Deed("member_left", str(ticket.customer_id)))


def _close(life: Life, ticket: Ticket) -> None:
    life.do(Deed("close", ticket.id, life.chance.choice((STAFF, OWNER)), _REASON))


def _reopen(life: Life, ticket: Ticket) -> None:
    life.time.move(minutes=10)
    life.do(Deed("reopen", ticket.id, life.chance.choice((life.buyer(ticket), STAFF, OWNER))))


OF_TICKETS: Mapping[str, Way[Ticket]] = {
    "open_ticket": open_ticket,
    "channel_ready": _make_channel,
    "channel_failed": _fail_channel,
    "staff_replied": lambda life, ticket: _says(life, ticket, life.helper),
    "customer_replied": lambda life, ticket: _says(life, ticket, life.buyer(ticket)),
    "close": _close,
    "idle_close": _close_for_no_reply,
    "archived": _archive,
    "archive_failed": _fail_archive,
    "channel_lost": _lose_channel,
    "customer_left": _leave,
    "reopen": _reopen,
}


def of_ticket(trigger: str) -> Way[Ticket]:
    """Return the way of this arrow."""
    return OF_TICKETS.get(trigger) or (lambda life, ticket: _press(life, ticket, TICKETS.arrow(trigger)))
