"""Files that are goods: sealed, in parts, and what has them. None is ever changed, so that orders keep theirs."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Moment


class GoodsFile(Base):
    """One file. It stays once a version of goods or a unit has it; one that nothing has is cleared away after a day.

    `content` is encrypted: the file's name, and a key of its own, which opens its parts. So another SECRET_KEY takes a
    line to be written, however large the file is.
    """

    __tablename__ = "goods_files"
    __table_args__ = (Index(None, "is_kept", "created_at"), NUMBERED_ONCE)

    id: Mapped[BigId]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    """Bytes of the file as it was uploaded."""
    is_kept: Mapped[bool] = mapped_column(default=False)
    """Whether a version of goods or a unit has it: then it stays for ever. So nobody looks through all files for a
    loose one."""
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    """The restock it came in with, of a file that is to be a unit: it isn't loose while that waits for its yes."""
    created_at: Mapped[Moment]


class GoodsFilePart(Base):
    """A part of a file, encrypted with the key of that file."""

    __tablename__ = "goods_file_parts"

    file_id: Mapped[int] = mapped_column(ForeignKey("goods_files.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class VersionFile(Base):
    """A file that every buyer of a version of goods gets. Never changed, as little as the version."""

    __tablename__ = "version_files"

    version_id: Mapped[int] = mapped_column(ForeignKey("goods_versions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("goods_files.id"), index=True)


class DraftFile(Base):
    """A file that buyers will get once the draft is saved."""

    __tablename__ = "draft_files"

    draft_id: Mapped[int] = mapped_column(ForeignKey("product_drafts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("goods_files.id"), index=True)
