"""Which messages always show the present state: receipts, review cards, the shop panel. Remembered after each post."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from novacore.db.models import Card
from novacore.db.unit_of_work import reading, writing
from novacore.db.upsert import add_missing
from novacore.workflows.machine.shop import Shop


class CardKind(StrEnum):
    """What a kept message is. Its subject is the ticket, the panel's name, or else the order."""

    receipt = "receipt"
    review = "review"
    panel = "panel"
    ticket = "ticket"
    note = "note"
    invite = "invite"


def remember(
    shop: Shop, kind: CardKind, subject_id: str, channel_id: int, message_id: int, shown: str | None = None
) -> None:
    """Keep a message up to date from now on. Remembering it twice is fine. `shown` is the mark of what it shows."""
    with writing(shop.database) as tx:
        place = {"channel_id": channel_id, "message_id": message_id, "posted_at": tx.now}
        add_missing(tx, Card, {"kind": kind, "subject_id": subject_id, "shown": shown, **place})


def remembered(shop: Shop, kind: CardKind, subject_id: str) -> Sequence[Card]:
    """Return the messages of this kind for the subject, the oldest first."""
    with reading(shop.database) as session:
        return session.execute(_OF_KIND, {"of_kind": kind, "of": subject_id}).scalars().all()


_OF_KIND = select(Card).where(Card.kind == bindparam("of_kind"), Card.subject_id == bindparam("of")).order_by(Card.id)


def all_of(session: Session, subject_id: str) -> Sequence[Card]:
    """Return every message that is kept for the subject, the oldest first."""
    return session.execute(_ALL, {"of": subject_id}).scalars().all()


_ALL = select(Card).where(Card.subject_id == bindparam("of")).order_by(Card.id)


def note_shown(shop: Shop, marks: Mapping[int, str | None]) -> None:
    """Remember what these cards show, by their ids."""
    if marks:
        with writing(shop.database) as tx:
            rows = [{"of_card": card_id, "shows": mark} for card_id, mark in sorted(marks.items())]
            tx.connection.execute(_SHOWS, rows)


_SHOWS = (
    update(Card.__table__)  # type: ignore[arg-type]
    .where(Card.__table__.c.id == bindparam("of_card"))
    .values(shown=bindparam("shows"))
)


def forget(shop: Shop, card_id: int) -> None:
    """Let go of a message that is not there any more. Forgetting it twice is fine."""
    with writing(shop.database) as tx:
        tx.session.execute(delete(Card).where(Card.id == card_id).execution_options(synchronize_session=False))
