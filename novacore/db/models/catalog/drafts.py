"""Products that the owner is still writing: nothing of them is on sale before they are saved."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Document, Snowflake, UtcDateTime
from novacore.states import PictureState

URL_LIMIT = 1000
"""Characters of a picture's address."""


class ProductDraft(Base):
    """A product to be, or a change to one. It belongs to whoever began it, and is saved once."""

    __tablename__ = "product_drafts"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[BigId]
    owner_id: Mapped[Snowflake]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    """The product that is changed; none if a new one is made."""
    product_version: Mapped[int | None]
    """What the product was when its owner last saw it next to this draft."""
    form: Mapped[Document]
    """What was typed, as it was typed: right or wrong, so that a form can show it again. No goods."""
    goods: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The encrypted text of the goods as it was typed; empty where they stay as they are."""
    files_changed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether buyers get the files of the draft from now on (`DraftFile`), or those that they get already."""
    picture_state: Mapped[PictureState] = mapped_column(default=PictureState.unchanged)
    picture_round: Mapped[int] = mapped_column(default=0)
    """Counts the pictures that were given, so that a late job takes none for another."""
    picture_url: Mapped[str | None] = mapped_column(String(URL_LIMIT))
    picture_upload: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """A picture as it was uploaded; gone once its job has made a clean one of it."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    picture_problem: Mapped[str | None] = mapped_column(Text)
    """Why the picture was not taken, in a sentence for the owner."""
    saved_product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    """What became of it; a second press of Save is told."""
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
