"""The one function that moves a state: lock, authorise, guard, move, record, queue. All of it commits or none.

Buttons, slash commands, timers and jobs all end up in `fire()`. A table of arrows (see `arrows`) says what may
happen; it becomes one shared `transitions` machine without models, which decides whether an arrow leaves a state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.orm import Session
from transitions import EventData, Machine, MachineError

from novacore import telemetry
from novacore.db import records
from novacore.db.event_kinds.kind import Detailed
from novacore.db.models import Event
from novacore.db.queries import subjects
from novacore.db.unit_of_work import Transaction, reading
from novacore.errors import AlreadyDone, Busy, NotFound, Refusal, WrongState
from novacore.states import ActorKind
from novacore.workflows.machine import event_rows, jobs, policy
from novacore.workflows.machine.arrows import Arrow, Given, Move, S, Table
from novacore.workflows.machine.policy import Actor, Who, may_know_of
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import storable

_NOTHING = Given()
_machines: dict[str, Machine] = {}

_EXPLAINED = 50
"""Arrows that are looked through, the newest first, for whoever did the same before."""


def fire(
    shop: Shop,
    tx: Transaction,
    table: Table[S],
    subject_id: str,
    trigger: str,
    actor: Actor,
    given: Given = _NOTHING,
) -> S:
    """Take the arrow `trigger` and return the subject as it is now, detached.

    Raises NotFound (missing, or a stranger's), NotAllowed, AlreadyDone (with who did it), WrongState, Busy, and
    whatever refusals the arrow's guards give. The caller's transaction is then to be rolled back.
    """
    arrow = table.arrow(trigger)
    subject = _lock(tx, table, subject_id)
    kind = policy.authorise(arrow, actor, table.buyer_of(subject), noun=table.name, missing=table.missing)
    _require_fitting(table, arrow, given, subject)
    return _take(Move(shop, tx, table, arrow, subject, actor, kind, given))


def refuse_early(
    shop: Shop, table: Table[S], subject_id: str, trigger: str, actor: Actor, given: Given = _NOTHING
) -> None:
    """Raise what `fire` would say at the sight of who asks and where the subject is: before a form asks for the rest.

    Only a look, without the guards: `fire` has the last word.
    """
    arrow = table.arrow(trigger)
    with reading(shop.database) as session:
        subject: S | None = session.get(table.model, subject_id)
        if subject is None:
            raise NotFound(table.missing)
        policy.authorise(arrow, actor, table.buyer_of(subject), noun=table.name, missing=table.missing)
        _require_fitting(table, arrow, given, subject)
        if subject.status not in arrow.sources:
            raise _explain(session, table, arrow, subject, actor)


def begin(
    shop: Shop, tx: Transaction, table: Table[S], subject: S, trigger: str, actor: Actor, given: Given = _NOTHING
) -> S:
    """Take the arrow that brings a new subject into being; `subject` is not stored yet. Raises as `fire` does."""
    arrow = table.arrow(trigger)
    kind = policy.authorise(arrow, actor, table.buyer_of(subject), noun=table.name, missing=table.missing)
    return _take(Move(shop, tx, table, arrow, subject, actor, kind, given))


def store_history(tx: Transaction, table: Table[S], subject: S, status: str, what: "NewEvent") -> int:
    """Store a subject that began and ended elsewhere, in the state in which it ended there; return the event's id.

    No arrow is taken: nothing is guarded, no unit is touched, no job queued and nobody told. For the books of an older
    shop alone. Raises ValueError for a state that the shop itself leaves again: there its job would be missing.
    """
    if any(status in arrow.sources and Who.system in arrow.who for arrow in table.arrows):
        raise ValueError(f"A {table.name} that is {status} has not ended.")
    subject.status = status
    tx.session.add(subject)
    tx.session.flush()
    return record(tx, what)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A row of the audit log to be. `source` and `target` stay empty where no state moved."""

    subject_kind: str
    subject_id: str
    what: Detailed
    actor: Actor
    actor_kind: ActorKind
    source: str | None = None
    target: str | None = None


def record(tx: Transaction, what: NewEvent) -> int:
    """Add a row to the audit log and return its id. Commands that move no state call it themselves."""
    tx.news.append(_news(tx, what))
    statement = event_rows.INSERT_ONE[tx.is_sqlite]
    event_id = int(tx.connection.execute(statement, _row(tx, what)).scalar_one())
    tx.events.add(event_id)
    return event_id


def record_all(tx: Transaction, whats: Sequence[NewEvent]) -> None:
    """Add many rows to the audit log in one go."""
    tx.news.extend(_news(tx, what) for what in whats)
    tx.connection.execute(event_rows.INSERT[tx.is_sqlite], [_row(tx, what) for what in whats])


def _row(tx: Transaction, what: NewEvent) -> dict[str, Any]:
    return {
        "subject_kind": what.subject_kind,
        "subject_id": what.subject_id,
        "trigger": what.what.trigger,
        "source": what.source,
        "target": what.target,
        "actor_kind": what.actor_kind,
        "actor_id": what.actor.id,
        "actor_name": what.actor.name[:100],
        **event_rows.moment(what.subject_kind, what.subject_id, tx.now),
        "detail": dict(what.what.detail),
    }


def _news(tx: Transaction, what: NewEvent) -> tuple[str, str]:
    moved = f": {what.source or 'new'} -> {what.target}" if what.target else ""
    who = what.actor_kind if what.actor.id is None else f"{what.actor_kind} {what.actor.id}"
    called = subjects.called(tx.connection, what.subject_kind, what.subject_id)
    return telemetry.mark_of(what.subject_kind, what.subject_id), f"{called} {what.what.trigger} by {who}{moved}"


def _lock(tx: Transaction, table: Table[S], subject_id: str) -> S:
    subject: S | None = records.lock(tx.connection, table.model, subject_id)
    if subject is None:
        raise NotFound(table.missing)
    tx.read_clock_again()  # by now whoever had it before has written their event
    return subject  # a plain record: only the statements below write it


@cache  # building a statement again costs as much as sending it
def _moving(model: Any, columns: tuple[str, ...]) -> Update:
    row = model.__table__.c
    return (
        update(model.__table__)
        .where(row.id == bindparam("subject_id"))
        .where(row.version == bindparam("seen_version"), row.status == bindparam("seen_status"))
        .values({column: bindparam(column) for column in columns})
    )


def _require_fitting(table: Table[S], arrow: Arrow[S], given: Given, subject: S) -> None:
    if given.round is not None and given.round != table.round_of(subject):
        raise WrongState(f"That card is out of date. Please use the newest card of this {table.name}.")
    if arrow.applies and not arrow.applies(subject):
        raise WrongState(f"You can't {arrow.verb}: it is not {table.one} of that kind.")


def _take(move: Move[S]) -> S:
    source = move.subject.status
    try:
        machine(move.table).events[move.arrow.trigger].trigger(move.subject, move=move)
    except MachineError:
        raise _explain(move.session, move.table, move.arrow, move.subject, move.actor) from None
    _write(move, source)
    move.event_id = record(move.tx, _happening(move, source))
    for follow in move.arrow.follows:
        follow(move)
    _queue(move)
    return move.subject


def _happening(move: Move[S], source: str) -> NewEvent:
    return NewEvent(
        move.table.name,
        move.subject.id,
        Detailed(move.arrow.trigger, {**move.detail, "round": move.table.round_of(move.subject)}),
        move.actor,
        move.actor_kind,
        source=None if source == move.table.initial else source,
        target=move.arrow.target,
    )


def machine(table: Table[Any]) -> Machine:
    """Return the table's machine: made once, shared by all threads, holding no subject."""
    if table.name not in _machines:
        _machines[table.name] = Machine(
            model=None,
            states=[*table.states],
            initial=table.initial,
            transitions=[_transition(arrow) for arrow in table.arrows],
            auto_transitions=False,
            send_event=True,
            model_attribute="status",
        )
    return _machines[table.name]


def _transition(arrow: Arrow[Any]) -> dict[str, Any]:
    return {
        "trigger": arrow.trigger,
        "source": [*arrow.sources],
        "dest": arrow.target,
        "conditions": [_run_guards],
        "before": [_run_effects],
    }


def _run_guards(event: EventData) -> bool:
    # A guard that answered False would be swallowed by `transitions`; ours raise a sentence instead.
    move: Move[Any] = event.kwargs["move"]
    for guard in move.arrow.guards:
        guard(move)
    return True


def _run_effects(event: EventData) -> None:
    move: Move[Any] = event.kwargs["move"]
    _hide_codes(move)
    for effect in move.arrow.effects:
        effect(move)


def _hide_codes(move: Move[Any]) -> None:
    """Nothing below keeps a reason as it was typed: not the row, the event, the ledger or a job. Ours hold no code."""
    said = storable(move.given.reason or "")
    if said and not move.actor.is_system:
        buyer_id = move.table.buyer_of(move.subject)
        (hidden,) = move.table.hide(move.shop, move.session, buyer_id, [said])
        move.given = replace(move.given, reason=hidden)


def _write(move: Move[S], source: str) -> None:
    """Insert the new subject, or update the locked one: compare-and-set, should a lock ever fail us."""
    model, subject = move.table.model, move.subject
    for column, value in move.changes.items():
        setattr(subject, column, value)
    if source == move.table.initial:
        records.store(move.tx.connection, subject)
        return
    statement = _moving(model, (*move.changes, "status", "version"))
    if move.arrow.also:
        statement = statement.where(*(condition(move) for condition in move.arrow.also))
    seen = {"subject_id": subject.id, "seen_version": subject.version, "seen_status": source}
    written = {**move.changes, "status": move.arrow.target, "version": subject.version + 1}
    if move.tx.connection.execute(statement, seen | written).rowcount != 1:
        raise Busy("Someone else changed this at the same moment. Please look again.")
    subject.version += 1


def _queue(move: Move[S]) -> None:
    shown_by = move.arrow.shown_by(move) if move.arrow.shown_by else None
    wanted = [kind.about(move.table.name, move.subject.id, due_at=shown_by) for kind in move.table.always]
    for rule in move.arrow.jobs:
        if rule.when is None or rule.when(move):
            due_at = rule.due(move) if rule.due else None
            wanted.append(rule.kind.about(move.table.name, move.subject.id, {"event_id": move.event_id}, due_at=due_at))
    jobs.enqueue(move.tx, [*wanted, *move.extra_jobs], event_id=move.event_id)


def _explain(session: Session, table: Table[S], arrow: Arrow[S], subject: S, actor: Actor) -> Refusal:
    """Say why the arrow does not leave this state: who was first, and what the state is."""
    rows = select(Event).where(Event.subject_kind == table.name, Event.subject_id == subject.id)
    arrows = rows.where(Event.target.is_not(None)).order_by(Event.id.desc()).limit(_EXPLAINED)
    events = session.execute(arrows).scalars().all()
    label = subject.status.row.label
    for event in events:
        if event.trigger == arrow.trigger and event.detail["round"] == table.round_of(subject):
            return AlreadyDone(f"Already done: {_deed(table, actor, event)}. It is {label} now.")
    if events:
        return WrongState(f"You can't {arrow.verb} now: it is {label} ({_deed(table, actor, events[0])}).")
    return WrongState(f"You can't {arrow.verb} now: it is {label}.")


def _deed(table: Table[S], actor: Actor, event: Event) -> str:
    """Say who did what. Customers read the shop's name for everybody but themselves."""
    named = may_know_of(table.name, actor) or actor.is_system or event.actor_id in (None, actor.id)
    return f"{event.actor_name if named else 'our staff'} {table.arrow(event.trigger).past}"
