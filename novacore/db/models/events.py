"""The audit log: a row for every arrow taken and every command that mattered. Never changed, never deleted."""

from typing import Annotated

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import DOCUMENT, Base, BigId, Moment, Word
from novacore.db.event_kinds.kind import D, Detail, EventKind
from novacore.states import ActorKind

REPORTED = text(
    "trigger IN ('approve', 'ask_again', 'delivered', 'fulfil', 'open_ticket', 'rate', 'reject', 'staff_replied')"
)
"""What the daily figures look up by its time: in the partial index and in their queries, to the letter."""

DESK = text("trigger IN ('claim', 'close')")
"""The same for the figures of the staff."""


class Event(Base):
    """Who did what to which order (or ticket, or product), and when. `detail` holds ids and reasons, never a secret."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "subject_kind", "subject_id", "id"),
        Index("ix_events_reported", "at", postgresql_where=REPORTED, sqlite_where=REPORTED),
        Index("ix_events_desk", "at", postgresql_where=DESK, sqlite_where=DESK),
    )

    id: Mapped[BigId]
    subject_kind: Mapped[Word]
    subject_id: Mapped[str] = mapped_column(String(40))
    trigger: Mapped[Word]
    source: Mapped[str | None] = mapped_column(String(40))
    """The state before; none if the event moved no state."""
    target: Mapped[str | None] = mapped_column(String(40))
    actor_kind: Mapped[ActorKind]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(String(100))
    at: Mapped[Moment]
    detail: Mapped[Annotated[Detail, DOCUMENT]]

    @property
    def reason(self) -> str | None:
        """Why it happened, in someone's words; None if nobody gave a reason."""
        said = self.detail.get("reason", "")
        return said if said.strip() else None

    def detail_of(self, *kinds: EventKind[D]) -> D | None:
        """Return what an event of one of these kinds says; None if it is of another."""
        return next((kind.read(self.detail) for kind in kinds if kind.trigger == self.trigger), None)


REASON = Event.detail["reason"].as_string()
"""The reason of an event in a statement."""
