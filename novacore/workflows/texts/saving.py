"""What the owner does with the shop's texts: a draft is put into force, and a text goes back to the shop's own words.

Each is one transaction with its event; the panel is shown again by a job. Terms are never overwritten: each change is a
version of its own, and taking them back is one without words.
"""

from sqlalchemy import insert, select

from novacore.db.event_kinds.texts import RESET_TEXT, SAVE_TERMS, SAVE_TEXT, WITHDRAW_TERMS
from novacore.db.models import OwnText, TermsVersion
from novacore.db.unit_of_work import Transaction, writing
from novacore.db.upsert import add_missing
from novacore.errors import AlreadyDone, BadInput, PageChanged
from novacore.states import ActorKind
from novacore.states.texts import ANY_LANGUAGE, ShopText
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.texts import rules
from novacore.workflows.texts.drafts import Standing, mine, standing

OVERTAKEN = "Someone else has changed this text meanwhile, so nothing was saved."


def save(shop: Shop, actor: Actor, draft_id: int) -> Standing:
    """Put a draft into force; return the text as it is now. The draft is saved once.

    Raises NotAllowed, NotFound, AlreadyDone for the second press, BadInput for what is wrong with it, and PageChanged
    if someone has changed the text since the draft's owner looked at it. Then nothing is changed.
    """
    with writing(shop.database) as tx:
        panel.touch(tx)  # first: it also lets two owners save one after the other
        draft = mine(tx, actor, draft_id)
        key = ShopText(draft.key)
        words, slips = rules.read(key, draft.typed)
        if slips:
            raise BadInput(slips[0])
        now = _locked(tx, key)
        if now.version != draft.seen_version:
            raise PageChanged(OVERTAKEN)
        if words == now.words:
            raise BadInput("You haven't changed anything about this text.")
        draft.is_saved, draft.touched_at = True, tx.now
        return _write(tx, actor, now, words)


def reset(shop: Shop, actor: Actor, key: ShopText, version: int) -> Standing:
    """Let the shop say it by itself again, or have no terms; `version` is the one that the owner was shown.

    Raises NotAllowed, AlreadyDone, and PageChanged if someone has changed it since.
    """
    require_owner(actor, "change the shop's texts")
    with writing(shop.database) as tx:
        panel.touch(tx)
        now = _locked(tx, key)
        if now.words is None:
            has = "the shop has no terms" if key is ShopText.terms else "the shop says this in its own words"
            raise AlreadyDone(f"Already done: {has}.")
        if now.version != version:
            raise PageChanged(OVERTAKEN)
        return _write(tx, actor, now, None)


def _locked(tx: Transaction, key: ShopText) -> Standing:
    """Return a text as it is in force; nobody else changes it in this moment."""
    if key is not ShopText.terms:
        add_missing(tx, OwnText, {"key": key, "language": ANY_LANGUAGE, "version": 0, "saved_at": tx.now})
        row = select(OwnText).where(OwnText.key == key, OwnText.language == ANY_LANGUAGE).with_for_update()
        tx.session.execute(row).scalar_one()
    return standing(tx.session, key)


def _write(tx: Transaction, actor: Actor, now: Standing, words: str | None) -> Standing:
    new = Standing(now.key, words, now.version + 1, tx.now)
    (_write_terms if now.key is ShopText.terms else _write_text)(tx, actor, now, new)
    return new


def _write_text(tx: Transaction, actor: Actor, now: Standing, new: Standing) -> None:
    row = tx.session.get_one(OwnText, (now.key.value, ANY_LANGUAGE))
    row.words, row.version, row.saved_at = new.words, new.version, tx.now
    kind = RESET_TEXT if new.words is None else SAVE_TEXT
    said = kind({"language": ANY_LANGUAGE, "before": now.words, "after": new.words})
    record(tx, NewEvent("text", now.key, said, actor, ActorKind.owner))


def _write_terms(tx: Transaction, actor: Actor, _now: Standing, new: Standing) -> None:
    row = {"language": ANY_LANGUAGE, "version": new.version, "words": new.words}
    tx.session.execute(insert(TermsVersion).values(**row, saved_at=tx.now, saved_by=actor.id))
    kind = WITHDRAW_TERMS if new.words is None else SAVE_TERMS
    record(tx, NewEvent("terms", str(new.version), kind({"version": new.version}), actor, ActorKind.owner))
