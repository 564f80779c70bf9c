"""The owner keeps answers ready for staff: adds, changes and removes them. What staff do with them is in `replies`.

Each is one transaction with its event. Owners wait for one another, so that no two answers share a name.
"""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.tickets import ADD_ANSWER, CHANGE_ANSWER, REMOVE_ANSWER
from novacore.db.models import CannedAnswer
from novacore.db.models.answers import MOST_ANSWERS, NAME_LIMIT, TEXT_LIMIT
from novacore.db.queries.desk.answers import answer_named
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, LimitReached, NotFound, PageChanged
from novacore.states import ActorKind
from novacore.workflows.machine import facts
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import length, storable, tidy_name
from novacore.workflows.tickets import places

SUBJECT: Final = "answer"
"""What events about an answer are about."""

GONE: Final = "That answer is gone. `/answers list` shows the owner all there are."
_KEEP: Final = "keep answers"
_LOCK: Final = "canned_answers"


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """An answer as the owner typed it, right or wrong."""

    name: str = ""
    text: str = field(default="", repr=False)


def add(shop: Shop, actor: Actor, typed: TypedAnswer) -> CannedAnswer:
    """Keep a new answer. Raises NotAllowed, BadInput for what can't be kept, and LimitReached for one too many."""
    require_owner(actor, _KEEP)
    read = _read(typed)
    with writing(shop.database) as tx:
        facts.locked(tx, _LOCK)
        _refuse_full(tx.session)
        _refuse_taken(tx.session, read.name, but=0)
        row = {"key": folded(read.name), "name": read.name, "text": read.text, "version": 1}
        by = {"author_id": actor.id or 0, "author_name": actor.name[:100], "saved_at": tx.now}
        added = tx.session.execute(insert(CannedAnswer).values(**row, **by).returning(CannedAnswer)).scalar_one()
        _tell(tx, actor, added.id, ADD_ANSWER({"name": read.name, "after": read.text}))
        tx.session.expunge(added)
    return added


def change(shop: Shop, actor: Actor, answer_id: int, version: int, typed: TypedAnswer) -> CannedAnswer:
    """Change an answer; `version` is the one that the owner was shown.

    Raises NotAllowed, BadInput, NotFound for one that is gone, and PageChanged if someone has changed it since.
    """
    require_owner(actor, _KEEP)
    read = _read(typed)
    with writing(shop.database) as tx:
        facts.locked(tx, _LOCK)
        answer = tx.session.get(CannedAnswer, answer_id)
        if answer is None:
            raise NotFound("Someone has removed this answer meanwhile. Saved again, it is a new one.")
        if answer.version != version:
            raise PageChanged(f"{answer.author_name} has changed this answer meanwhile, so nothing was saved.")
        _refuse_taken(tx.session, read.name, but=answer_id)
        said = CHANGE_ANSWER({"name": read.name, "before": answer.text, "after": read.text})
        answer.key, answer.name, answer.text = folded(read.name), read.name, read.text
        answer.version, answer.saved_at = version + 1, tx.now
        answer.author_id, answer.author_name = actor.id or 0, actor.name[:100]
        tx.session.flush()
        _tell(tx, actor, answer_id, said)
        tx.session.expunge(answer)
    return answer


def remove(shop: Shop, actor: Actor, name: str) -> CannedAnswer:
    """Take an answer away and return what it was. What was said with it stays. Raises NotAllowed and NotFound."""
    require_owner(actor, _KEEP)
    with writing(shop.database) as tx:
        facts.locked(tx, _LOCK)
        answer = named(tx.session, name)
        tx.session.expunge(answer)
        tx.session.execute(delete(CannedAnswer).where(CannedAnswer.id == answer.id))
        _tell(tx, actor, answer.id, REMOVE_ANSWER({"name": answer.name, "before": answer.text}))
    return answer


def refuse_early(shop: Shop, actor: Actor) -> None:
    """Raise what speaks against another answer, before a form asks for it: NotAllowed and LimitReached."""
    require_owner(actor, _KEEP)
    with reading(shop.database) as session:
        _refuse_full(session)


def to_change(shop: Shop, actor: Actor, name: str) -> CannedAnswer:
    """Return an answer that the owner wants to change. Raises NotAllowed and NotFound."""
    require_owner(actor, _KEEP)
    with reading(shop.database) as session:
        return named(session, name)


def current(shop: Shop, answer_id: int) -> CannedAnswer | None:
    """Return an answer as it is now; None if it is gone."""
    with reading(shop.database) as session:
        return session.get(CannedAnswer, answer_id)


def named(session: Session, name: str) -> CannedAnswer:
    """Return the answer of this name, in any case. Raises NotFound."""
    found = answer_named(session, folded(tidy_name(name)))
    if found is None:
        raise NotFound(GONE)
    return found


def folded(name: str) -> str:
    """Return the name by which an answer is found, whatever its case."""
    return name.casefold()


def _read(typed: TypedAnswer) -> TypedAnswer:
    """Return what can be kept of it. Raises BadInput."""
    name, text = tidy_name(typed.name), storable(typed.text)
    if not name:
        raise BadInput("Please give the answer a name, by which staff will find it.")
    if length(name) > NAME_LIMIT:
        raise BadInput(f"Please keep the name under {NAME_LIMIT} characters; it has {length(name)}.")
    if not tidy_name(text):
        raise BadInput("Please write what the answer says.")
    if length(text) > TEXT_LIMIT:
        raise BadInput(f"Please keep the answer under {TEXT_LIMIT} characters; it has {length(text)}.")
    places.refuse_unknown(text)
    return TypedAnswer(name, text)


def _refuse_full(session: Session) -> None:
    if session.execute(select(func.count()).select_from(CannedAnswer)).scalar_one() >= MOST_ANSWERS:
        raise LimitReached(f"There are {MOST_ANSWERS} answers already. Please remove one first: `/answers remove`.")


def _refuse_taken(session: Session, name: str, *, but: int) -> None:
    other = answer_named(session, folded(name))
    if other is not None and other.id != but:
        raise BadInput("There is an answer of this name already. Please choose another name, or edit that one.")


def _tell(tx: Transaction, actor: Actor, answer_id: int, what: Detailed) -> None:
    record(tx, NewEvent(SUBJECT, str(answer_id), what, actor, ActorKind.owner))
