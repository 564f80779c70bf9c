"""What the owner does with the shop's texts: a draft is put into force, and a text goes back to the shop's own words.

Each is one transaction with its event; the panel is shown again by a job.
"""

from sqlalchemy import select

from novacore.db.event_kinds.kind import EventKind
from novacore.db.event_kinds.texts import RESET_TEXT, SAVE_TEXT, SaveText
from novacore.db.models import OwnText
from novacore.db.unit_of_work import Transaction, reading, writing
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
        row = _locked(tx, key)
        if row.version != draft.seen_version:
            raise PageChanged(OVERTAKEN)
        if words == row.words:
            raise BadInput("You haven't changed anything about this text.")
        _write(tx, actor, row, words, SAVE_TEXT)
        draft.is_saved, draft.touched_at = True, tx.now
        return Standing(key, row.words, row.version, row.saved_at)


def reset(shop: Shop, actor: Actor, key: ShopText, version: int) -> Standing:
    """Let the shop say it by itself again; `version` is the one that the owner was shown.

    Raises NotAllowed, AlreadyDone, and PageChanged if someone has changed it since.
    """
    require_owner(actor, "change the shop's texts")
    with writing(shop.database) as tx:
        panel.touch(tx)
        row = _locked(tx, key)
        if row.words is None:
            raise AlreadyDone("Already done: the shop says this in its own words.")
        if row.version != version:
            raise PageChanged(OVERTAKEN)
        _write(tx, actor, row, None, RESET_TEXT)
        return Standing(key, None, row.version, row.saved_at)


def look(shop: Shop, actor: Actor, key: ShopText) -> Standing:
    """Return a text for its owner, as it is in force. Raises NotAllowed."""
    require_owner(actor, "look at the shop's texts")
    with reading(shop.database) as session:
        return standing(session, key)


def _locked(tx: Transaction, key: ShopText) -> OwnText:
    """Return the text's row, locked; it begins without words."""
    add_missing(tx, OwnText, {"key": key, "language": ANY_LANGUAGE, "version": 0, "saved_at": tx.now})
    row = select(OwnText).where(OwnText.key == key, OwnText.language == ANY_LANGUAGE).with_for_update()
    return tx.session.execute(row).scalar_one()


def _write(tx: Transaction, actor: Actor, row: OwnText, words: str | None, kind: EventKind[SaveText]) -> None:
    said = kind({"language": row.language, "before": row.words, "after": words})
    row.words, row.version, row.saved_at = words, row.version + 1, tx.now
    record(tx, NewEvent("text", row.key, said, actor, ActorKind.owner))
