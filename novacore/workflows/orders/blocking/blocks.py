"""What staff say about who may order: the block list, and forgiving orders that ended unpaid.

Open orders of a blocked person go on as they are.
"""

import re
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update

from novacore import clock
from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import BLOCK, FORGIVE, UNBLOCK
from novacore.db.models import Person
from novacore.db.queries.orders import unpaid
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, BadInput, Blocked, NotAllowed
from novacore.money.reader import quoted
from novacore.states import ActorKind
from novacore.workflows.goods.masking import hidden_in
from novacore.workflows.machine import policy
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.people import meet
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import check_reason, read_day
from novacore.workflows.orders.rules import blocked_sentence

LONGEST = timedelta(days=3650)
"""Ten years: a block has an end, however far."""

_DAYS = re.compile(r"(\d{1,4})\s*(?:d|days?)?", re.IGNORECASE | re.ASCII)
_HELP = "Write how many days, like 7, or the last day of it, like 2026-12-31."


def block(shop: Shop, actor: Actor, target: Actor, reason: str, end: str) -> datetime:
    """Keep a person from ordering, and return until when. Blocking again changes reason and end.

    `end` is a number of days, or a date in the shop's time zone, which is the last day of the block. Raises NotAllowed
    (staff alone, nobody of the staff, not oneself) and BadInput.
    """
    policy.require_staff(actor, "block people")
    why = check_reason(reason, "staff read it in the list of blocks")
    if target.decides or target.id is None:
        raise NotAllowed("Staff and the owner can't be blocked.")
    if target.id == actor.id:
        raise NotAllowed("You can't block yourself.")
    with writing(shop.database) as tx:
        until = _end(shop, end, tx.now)
        meet(tx, target)
        write_block(tx, actor, target.id, hidden_in(shop, tx.session, target.id, why), until)
    return until


def write_block(tx: Transaction, actor: Actor, person_id: int, reason: str, until: datetime) -> None:
    """Block a person of the shop within a transaction, with the event of it. Who may do it has been asked."""
    values = {"blocked_until": until, "block_reason": reason, "blocked_at": tx.now, "blocked_by": actor.id}
    _write(tx, person_id, values)
    _record(tx, actor, person_id, BLOCK({"reason": reason, "until": until.isoformat()}))


def unblock(shop: Shop, actor: Actor, person_id: int) -> None:
    """Let a person order again. Raises NotAllowed for anybody but staff, and AlreadyDone where nothing blocks them."""
    policy.require_staff(actor, "unblock people")
    with writing(shop.database) as tx:
        locked = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
        person = tx.session.execute(locked).scalar_one_or_none()
        if person is None or not person.blocked_until or person.blocked_until <= tx.now:
            raise AlreadyDone("Already done: nothing blocks this person.")
        _write(tx, person_id, {"blocked_until": None, "block_reason": None, "blocked_at": None, "blocked_by": None})
        _record(tx, actor, person_id, UNBLOCK({}))


def forgive(shop: Shop, actor: Actor, person_id: int) -> int:
    """Let a person's unpaid orders count no longer, and return how many did.

    Raises NotAllowed (staff alone, and not oneself), and AlreadyDone where none counts.
    """
    policy.require_staff(actor, "forgive unpaid orders")
    if actor.id == person_id:
        raise NotAllowed("These orders are your own, so someone else on the staff has to forgive them.")
    with writing(shop.database) as tx:
        # The lock under which the person's orders are counted.
        tx.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
        ends = unpaid.ends(tx.session, person_id, tx.now)
        if not ends:
            raise AlreadyDone("There is nothing to forgive: no unpaid order counts against this person.")
        # One may lie in the future, if the clock was set back since.
        _write(tx, person_id, {"forgiven_at": max(tx.now, *ends)})
        _record(tx, actor, person_id, FORGIVE({"unpaid_ends": len(ends)}))
    return len(ends)


def refuse_blocked(shop: Shop, actor: Actor) -> None:
    """Raise Blocked for a person who may not order. A look, so that they hear it early: `place` has the last word."""
    with reading(shop.database) as session:
        person = session.get(Person, actor.id or 0)
    if person and person.blocked_until and person.blocked_until > clock.now():
        raise Blocked(blocked_sentence(person.blocked_until))


def _end(shop: Shop, text: str, now: datetime) -> datetime:
    days = _DAYS.fullmatch(text.strip())
    until = now + timedelta(days=int(days[1])) if days else _day_after(shop, text)
    if until <= now:
        raise BadInput(f"A block has to end in the future. {_HELP}")
    if until > now + LONGEST:
        raise BadInput(f"A block can last {LONGEST.days} days at most. {_HELP}")
    return until


def _day_after(shop: Shop, text: str) -> datetime:
    last = read_day(text)
    if last is None:
        raise BadInput(f"I can't read {quoted(text)} as the end of a block. {_HELP}")
    return datetime.combine(last + timedelta(days=1), time(), shop.terms.zone).astimezone(UTC)


def _write(tx: Transaction, person_id: int, values: dict[str, object]) -> None:
    statement = update(Person).where(Person.id == person_id).values(**values)
    tx.session.execute(statement.execution_options(synchronize_session=False))


def _record(tx: Transaction, actor: Actor, person_id: int, what: Detailed) -> None:
    kind = ActorKind.owner if actor.is_owner else ActorKind.staff
    record(tx, NewEvent("person", str(person_id), what, actor, kind))
