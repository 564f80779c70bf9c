"""Texts that an owner is still writing: begun, typed, looked at, thrown away. `saving` puts them into force.

A draft belongs to whoever began it; for everybody else it is not there. What was typed stays, right or wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from novacore.db.deleting import delete_free
from novacore.db.models import OwnText, TextDraft
from novacore.db.queries import terms
from novacore.db.queries.terms import ShopTerms
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, NotFound
from novacore.states.texts import ANY_LANGUAGE, ShopText
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.texts import rules

KEPT: Final = timedelta(days=1)
"""How long a draft that nobody touches stays. Whoever begins one clears away the others' that are older."""

GONE: Final = "That draft is not there any more. `/texts` shows every text, and there you can begin again."


@dataclass(frozen=True, slots=True)
class Standing:
    """A text as it is in force. `words` None: the shop says it by itself."""

    key: ShopText
    words: str | None = None
    version: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as its page shows it."""

    id: int
    words: str
    """What would be stored."""
    slips: tuple[str, ...]
    now: Standing
    is_overtaken: bool = False
    """Whether someone has changed the text since its owner looked at it last."""


def standing(session: Session, key: ShopText) -> Standing:
    """Return a text as it is in force."""
    if key is ShopText.terms:
        return next((Standing(key, *_of_terms(one)) for one in terms.newest(session)), Standing(key))
    row = session.get(OwnText, (key.value, ANY_LANGUAGE))
    return Standing(key, row.words, row.version, row.saved_at) if row else Standing(key)


def _of_terms(found: ShopTerms) -> tuple[str | None, int, datetime]:
    return found.words, found.version, found.saved_at


def begin(shop: Shop, actor: Actor, key: ShopText) -> tuple[int, ShopText, str]:
    """Begin to change a text; return the draft's id, the text and what its form shows. Raises NotAllowed."""
    require_owner(actor, "change the shop's texts")
    with writing(shop.database) as tx:
        delete_free(tx, TextDraft, TextDraft.touched_at < tx.now - KEPT)
        now = standing(tx.session, key)
        typed = key.row.default if now.words is None else now.words
        row = insert(TextDraft).values(
            owner_id=actor.id,
            key=key,
            language=ANY_LANGUAGE,
            seen_version=now.version,
            typed=typed,
            is_saved=False,
            touched_at=tx.now,
        )
        return tx.session.execute(row.returning(TextDraft.id)).scalar_one(), key, typed


def again(shop: Shop, actor: Actor, draft_id: int) -> tuple[int, ShopText, str]:
    """Return the same of a draft that was begun, with what was typed. Raises NotAllowed, NotFound, AlreadyDone."""
    require_owner(actor, "change the shop's texts")
    with reading(shop.database) as session:
        draft = _unsaved(actor, session.get(TextDraft, draft_id))
    return draft.id, ShopText(draft.key), draft.typed


def fill(shop: Shop, actor: Actor, draft_id: int, typed: str) -> DraftPage:
    """Keep what came back with the form, right or wrong, and return the page.

    Raises NotAllowed, NotFound, AlreadyDone.
    """
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        draft.typed, draft.touched_at = rules.kept(typed), tx.now
        return _seen(tx, draft)


def look(shop: Shop, actor: Actor, draft_id: int) -> DraftPage:
    """Return a draft next to the text as it is in force now. Raises NotAllowed, NotFound, AlreadyDone."""
    with writing(shop.database) as tx:
        return _seen(tx, mine(tx, actor, draft_id))


def _seen(tx: Transaction, draft: TextDraft) -> DraftPage:
    """The page that comes next shows what stands now: from then on its owner knows what Save would replace."""
    key = ShopText(draft.key)
    now = standing(tx.session, key)
    words, slips = rules.read(key, draft.typed)
    is_overtaken, draft.seen_version = draft.seen_version != now.version, now.version
    return DraftPage(draft.id, words, slips, now, is_overtaken)


def discard(shop: Shop, actor: Actor, draft_id: int) -> None:
    """Throw a draft away. Raises NotAllowed, NotFound, AlreadyDone once it was saved."""
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        tx.session.execute(delete(TextDraft).where(TextDraft.id == draft.id))


def mine(tx: Transaction, actor: Actor, draft_id: int) -> TextDraft:
    """Return the actor's own draft, locked. Raises NotAllowed, NotFound, AlreadyDone once it was saved."""
    require_owner(actor, "change the shop's texts")
    row = select(TextDraft).where(TextDraft.id == draft_id).with_for_update()
    return _unsaved(actor, tx.session.execute(row).scalar_one_or_none())


def _unsaved(actor: Actor, draft: TextDraft | None) -> TextDraft:
    if draft is None or draft.owner_id != actor.id:
        raise NotFound(GONE)
    if draft.is_saved:
        raise AlreadyDone("Already done: this was saved. `/texts` shows it, and there you can change it.")
    return draft
