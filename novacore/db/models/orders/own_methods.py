"""Ways to pay that the owner has added, and those that are still being written."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Document, Moment, Snowflake
from novacore.states import Method, ReferenceNeed, own_key


class OwnMethod(Base):
    """A way to pay in the owner's words. It is never deleted: orders and figures name it by its key."""

    __tablename__ = "own_methods"

    id: Mapped[BigId]
    label: Mapped[str] = mapped_column(String(100))
    emoji: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200))
    """What is to be copied, such as an account number; may be empty."""
    instructions: Mapped[str] = mapped_column(Text)
    """With `{total}` and `{order}` as they were typed."""
    reference_name: Mapped[str] = mapped_column(String(40))
    reference_need: Mapped[ReferenceNeed]
    is_on_sale: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    """Counts the owner's changes, so that two of them at once are noticed."""
    created_at: Mapped[Moment]

    @property
    def method(self) -> Method:
        """What customers see of it now."""
        return Method(
            key=own_key(self.id),
            label=self.label,
            emoji=self.emoji,
            address=self.address,
            instructions=self.instructions,
            reference=self.reference_name,
            need=self.reference_need,
        )


class OwnMethodDraft(Base):
    """A way to pay to be, or a change to one. It belongs to whoever began it, and is saved once."""

    __tablename__ = "own_method_drafts"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[BigId]
    owner_id: Mapped[Snowflake]
    method_id: Mapped[int | None] = mapped_column(ForeignKey("own_methods.id"))
    """The one that is changed; none if a new one is made."""
    method_version: Mapped[int | None]
    """What it was when its owner last saw it next to this draft."""
    form: Mapped[Document]
    """What was typed, as it was typed: right or wrong, so that a form can show it again."""
    saved_method_id: Mapped[int | None] = mapped_column(ForeignKey("own_methods.id"))
    """What became of it; a second press of Save is told."""
    touched_at: Mapped[Moment] = mapped_column(index=True)
