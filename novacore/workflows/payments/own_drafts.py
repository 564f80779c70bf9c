"""Ways to pay that the owner is still writing: begun, typed, thrown away. `own_methods.save` puts them on sale.

A draft belongs to whoever began it; for everybody else it is not there. What was typed stays, right or wrong.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.deleting import delete_free
from novacore.db.models import OwnMethod, OwnMethodDraft
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, NotFound
from novacore.states import Method, ReferenceNeed
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.own_rules import Typed, describe

KEPT: Final = timedelta(days=1)
"""How long a draft that nobody touches stays."""

FORM_TEXT: Final = 4000
"""Characters that Discord lets a form hold."""

GONE: Final = "That draft is not there any more. `/payment add` and `/payment edit` begin a new one."

MISSING: Final = "I can't find that way to pay. `/payment list` shows them all."


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as its page shows it."""

    id: int
    typed: Typed
    described: Method
    """What it would become; without a key."""
    slips: tuple[str, ...]
    """What is in the way of saving it, a sentence each."""
    now: Method | None
    """What customers are offered now, if one is changed."""


def begin(shop: Shop, actor: Actor, need: ReferenceNeed | None) -> tuple[int, Typed]:
    """Begin a new way to pay; return the draft's id and what its form shows. Raises NotAllowed."""
    require_owner(actor, "add ways to pay")
    with writing(shop.database) as tx:
        typed = Typed(need=need or ReferenceNeed.required)
        return _insert(tx, actor, typed, None), typed


def begin_change(shop: Shop, actor: Actor, method_id: int, need: ReferenceNeed | None = None) -> tuple[int, Typed]:
    """Begin to change one; return as `begin` does. None leaves `need` as it is. Raises NotAllowed, NotFound."""
    require_owner(actor, "change ways to pay")
    with writing(shop.database) as tx:
        row = tx.session.get(OwnMethod, method_id)
        if row is None:
            raise NotFound(MISSING)
        typed = Typed(row.label, row.emoji, row.instructions, row.address, row.reference_name, row.reference_need)
        typed = replace(typed, need=need or typed.need)
        return _insert(tx, actor, typed, row), typed


def _insert(tx: Transaction, actor: Actor, typed: Typed, changed: OwnMethod | None) -> int:
    row = insert(OwnMethodDraft).values(
        owner_id=actor.id,
        method_id=changed.id if changed else None,
        method_version=changed.version if changed else None,
        form=typed.stored(),
        touched_at=tx.now,
    )
    return tx.session.execute(row.returning(OwnMethodDraft.id)).scalar_one()


def fill(shop: Shop, actor: Actor, draft_id: int, texts: Typed) -> None:
    """Keep what came back with the form, right or wrong; what was chosen outside it (`need`) stays.

    Raises NotAllowed, NotFound, AlreadyDone.
    """
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        typed = replace(
            Typed.read(draft.form),
            label=_kept(texts.label),
            emoji=_kept(texts.emoji),
            instructions=_kept(texts.instructions),
            address=_kept(texts.address),
            reference=_kept(texts.reference),
        )
        draft.form, draft.touched_at = typed.stored(), tx.now
        if draft.method_id is not None:
            # The page that comes next shows the change next to the method as it is now.
            draft.method_version = tx.session.get_one(OwnMethod, draft.method_id).version


def _kept(text: str) -> str:
    """Return what a form can show again: as typed, but for what PostgreSQL does not take, and not without end."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")[:FORM_TEXT]


def load(shop: Shop, actor: Actor, draft_id: int) -> DraftPage:
    """Return a draft as its page shows it. Raises NotAllowed, NotFound."""
    require_owner(actor, "look at this")
    with reading(shop.database) as session:
        draft = session.get(OwnMethodDraft, draft_id)
        if draft is None or draft.owner_id != actor.id:
            raise NotFound(GONE)
        return read_draft(shop, session, draft)


def read_draft(shop: Shop, session: Session, draft: OwnMethodDraft) -> DraftPage:
    """Return what a draft amounts to."""
    typed = Typed.read(draft.form)
    described, slips = describe(typed, shop.terms.currency)
    now = session.get_one(OwnMethod, draft.method_id).method if draft.method_id is not None else None
    return DraftPage(draft.id, typed, described, slips, now)


def discard(shop: Shop, actor: Actor, draft_id: int) -> None:
    """Throw a draft away. Raises NotAllowed, NotFound, AlreadyDone once it was saved."""
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        tx.session.execute(delete(OwnMethodDraft).where(OwnMethodDraft.id == draft.id))


def mine(tx: Transaction, actor: Actor, draft_id: int) -> OwnMethodDraft:
    """Return the actor's own draft, locked. Raises NotAllowed, NotFound, AlreadyDone once it was saved."""
    require_owner(actor, "change ways to pay")
    row = select(OwnMethodDraft).where(OwnMethodDraft.id == draft_id).with_for_update()
    draft = tx.session.execute(row).scalar_one_or_none()
    if draft is None or draft.owner_id != actor.id:
        raise NotFound(GONE)
    if draft.saved_method_id is not None:
        raise AlreadyDone("Already done: this was saved. `/payment list` shows it, and there you can change it.")
    return draft


def tidy(shop: Shop) -> None:
    """Drop the drafts that nobody has touched for a day."""
    old = OwnMethodDraft.touched_at < clock.now() - KEPT
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        if not session.execute(select(exists().where(old))).scalar_one():
            return
    with writing(shop.database) as tx:
        delete_free(tx, OwnMethodDraft, old)
