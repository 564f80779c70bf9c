"""Files that are goods: stored in sealed parts, read again whole, and cleared away where nothing has them.

Each part is written in a transaction of its own, so that no press waits for a large file. A file hangs on nothing until
all of it is there; one whose upload was cut off is gone a day later.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.crypto import FileBox, GoodsCipher, GoodsUnreadable, new_key
from novacore.db.models import DraftFile, GoodsFile, GoodsFilePart, StockBatch, VersionFile
from novacore.db.unit_of_work import Transaction, reading, retire, writing
from novacore.errors import BadInput
from novacore.plurals import counted
from novacore.states import BatchState
from novacore.workflows.goods.file_names import clean_name
from novacore.workflows.machine.shop import Shop

MIB: Final = 1024 * 1024

LARGEST_FILE: Final = 10 * MIB
"""What Discord takes of one file in a DM. A server that is boosted takes more, but goods are sent by DM."""

MOST_TOGETHER: Final = 20 * MIB
"""All files of a message together: Discord takes 25 MiB a request, and a slow line has to carry it within a minute."""

MOST_FILES: Final = 9
"""A message has room for ten, and one may be needed for goods that are text."""

PART: Final = MIB
"""Bytes of a file that are written in one transaction."""

KEPT: Final = timedelta(days=1)
"""How long a file stays that nothing has."""

_CLEARED = 20
_COMING = (BatchState.asking, BatchState.staged, BatchState.filling)


@dataclass(frozen=True, slots=True)
class FileHead:
    """A file without its bytes. `name` is clean (`file_names`), `size` in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """A file as the buyer gets it."""

    name: str
    content: bytes = field(repr=False)


# ---- limits


def refuse(sizes: Sequence[int], present: Sequence[FileHead] = ()) -> None:
    """Raise BadInput where files of these sizes can't be goods, together with those that stay."""
    count, together = len(sizes) + len(present), sum(sizes) + sum(one.size for one in present)
    if any(size < 1 for size in sizes):
        raise BadInput("One of these files is empty, and Discord doesn't send empty files.")
    if any(size > LARGEST_FILE for size in sizes):
        raise BadInput(f"One of these files is larger than {LARGEST_FILE // MIB} MiB, the most that fits into a DM.")
    if count > MOST_FILES:
        raise BadInput(f"That would be {count} files; a product can have {counted(MOST_FILES, 'file', 'files')}.")
    if together > MOST_TOGETHER:
        raise BadInput(
            f"Together these files would come to {together / MIB:.1f} MiB. All files of a product go out in one "
            f"message, so {MOST_TOGETHER // MIB} MiB is the most."
        )


class MoreThanAMessage(BadInput):
    """The files of an order are more than one message carries, and its goods are sent in one."""


def fit_one_message(sizes: Sequence[int]) -> bool:
    """Tell whether files of these sizes can go out together."""
    return len(sizes) <= MOST_FILES and sum(sizes) <= MOST_TOGETHER


def room_beside(sizes: Sequence[int]) -> int:
    """Return the bytes that one more file in a message with these may have; less than none if it takes no more."""
    return MOST_TOGETHER - sum(sizes) if len(sizes) < MOST_FILES else -1


def carried() -> str:
    """Say what one message carries."""
    return f"{counted(MOST_FILES, 'file', 'files')} and {MOST_TOGETHER // MIB} MiB"


def require_one_message(sizes: Sequence[int]) -> None:
    """Raise MoreThanAMessage where files of these sizes can't go out together."""
    if len(sizes) > MOST_FILES:
        what, most = counted(len(sizes), "file", "files"), str(MOST_FILES)
    elif sum(sizes) > MOST_TOGETHER:
        what, most = f"{sum(sizes) / MIB:.1f} MiB of files", f"{MOST_TOGETHER // MIB} MiB"
    else:
        return
    raise MoreThanAMessage(
        f"That would be {what}. All goods of an order go out in one message, which carries {most}. Please order fewer "
        "at a time."
    )


# ---- stored


def store(shop: Shop, name: str, content: bytes) -> int:
    """Seal a file and store it; return its id. Nothing has it yet. Raises BadInput as `refuse` does."""
    refuse([len(content)])
    key = new_key()
    head = shop.cipher.seal({"name": clean_name(name), "key": key})
    with writing(shop.database) as tx:
        row = insert(GoodsFile).values(content=head, size=len(content), is_kept=False, created_at=tx.now)
        file_id = tx.session.execute(row.returning(GoodsFile.id)).scalar_one()
    box = FileBox(key)
    for number, start in enumerate(range(0, len(content), PART)):
        _store_part(shop, file_id, number, box.seal(number, content[start : start + PART]))
    return file_id


def _store_part(shop: Shop, file_id: int, number: int, sealed: bytes) -> None:
    with writing(shop.database) as tx:
        retire(tx.session)
        row = {"file_id": file_id, "number": number, "content": sealed}
        tx.session.execute(insert(GoodsFilePart), row)


# ---- read


def of_version(cipher: GoodsCipher, session: Session, version_id: int | None) -> list[FileHead]:
    """Return the files that buyers of a version of goods get, in order. Raises GoodsUnreadable."""
    return of_ids(cipher, session, ids_of_version(session, version_id))


def of_ids(cipher: GoodsCipher, session: Session, ids: Sequence[int]) -> list[FileHead]:
    """Return these files, in this order. Raises GoodsUnreadable."""
    if not ids:
        return []
    rows = select(GoodsFile.id, GoodsFile.content, GoodsFile.size).where(GoodsFile.id.in_(ids))
    found = {row[0]: FileHead(row[0], cipher.open(row[1])["name"], row[2]) for row in session.execute(rows)}
    return [found[one] for one in ids]


def readable(cipher: GoodsCipher, session: Session, ids: Sequence[int]) -> list[FileHead]:
    """Return those of these files whose key the shop has, in this order."""
    found: list[FileHead] = []
    for one in ids:
        with suppress(GoodsUnreadable):
            found += of_ids(cipher, session, [one])
    return found


def read(shop: Shop, heads: Sequence[FileHead]) -> list[File]:
    """Return files with their bytes. Hold room for them before. Raises GoodsUnreadable."""
    return [_read(shop, one) for one in heads]


def _read(shop: Shop, head: FileHead) -> File:
    with reading(shop.database) as session:
        sealed = session.execute(select(GoodsFile.content).where(GoodsFile.id == head.id)).scalar_one()
    box, content, number = FileBox(shop.cipher.open(sealed)["key"]), bytearray(), 0
    while (part := _part(shop, head.id, number)) is not None:
        content += box.open(number, part)
        number += 1
    if len(content) != head.size:
        raise GoodsUnreadable  # a part is missing: better nothing than half a file
    return File(head.name, bytes(content))


def _part(shop: Shop, file_id: int, number: int) -> bytes | None:
    mine = select(GoodsFilePart.content).where(GoodsFilePart.file_id == file_id, GoodsFilePart.number == number)
    with reading(shop.database) as session:
        retire(session)
        return session.execute(mine).scalar_one_or_none()


# ---- hung on versions and drafts


def hang_on_version(tx: Transaction, version_id: int, ids: Sequence[int]) -> None:
    """Let buyers of a version of goods get these files, in this order."""
    rows = [{"version_id": version_id, "number": number, "file_id": one} for number, one in enumerate(ids)]
    if rows:
        tx.session.execute(insert(VersionFile), rows)
        keep(tx, ids)


def hang_on_draft(tx: Transaction, draft_id: int, ids: Sequence[int]) -> None:
    """Let a draft have these files, in this order, and no others."""
    tx.session.execute(delete(DraftFile).where(DraftFile.draft_id == draft_id))
    rows = [{"draft_id": draft_id, "number": number, "file_id": one} for number, one in enumerate(ids)]
    if rows:
        tx.session.execute(insert(DraftFile), rows)


def ids_of_version(session: Session, version_id: int | None) -> list[int]:
    """Return the ids of a version's files, in order: nothing is opened for that."""
    rows = select(VersionFile.file_id).where(VersionFile.version_id == version_id).order_by(VersionFile.number)
    return [*session.execute(rows).scalars()] if version_id is not None else []


def sizes_of_version(session: Session, version_id: int | None) -> Sequence[int]:
    """Return the bytes of each of a version's files."""
    rows = select(GoodsFile.size).join(VersionFile, VersionFile.file_id == GoodsFile.id)
    return session.execute(rows.where(VersionFile.version_id == version_id)).scalars().all()


def ids_of_draft(session: Session, draft_id: int) -> list[int]:
    """Return the ids of a draft's files, in order."""
    rows = select(DraftFile.file_id).where(DraftFile.draft_id == draft_id).order_by(DraftFile.number)
    return [*session.execute(rows).scalars()]


def hang_on_batch(tx: Transaction, batch_id: int, ids: Sequence[int]) -> None:
    """Let files wait with a restock that brings them in: until it ends they aren't loose."""
    mine = update(GoodsFile).where(GoodsFile.id.in_(ids)).values(batch_id=batch_id)
    tx.session.execute(mine.execution_options(synchronize_session=False))


def keep(tx: Transaction, ids: Sequence[int]) -> None:
    """Let files stay for ever: something that was sold, or may be, has them."""
    kept = update(GoodsFile).where(GoodsFile.id.in_(ids), GoodsFile.is_kept.is_(False)).values(is_kept=True)
    tx.session.execute(kept.execution_options(synchronize_session=False))


def let_go(tx: Transaction, ids: Sequence[int]) -> None:
    """Let files be cleared away whose units were withdrawn and stood in no order, unless buyers get them otherwise."""
    shared = exists().where(VersionFile.file_id == GoodsFile.id)
    gone = update(GoodsFile).where(GoodsFile.id.in_(ids), ~shared).values(is_kept=False)
    tx.session.execute(gone.execution_options(synchronize_session=False))


# ---- cleared away


def tidy(shop: Shop) -> int:
    """Clear away files that nothing has, a day after they came in; return how many."""
    loose = select(GoodsFile.id).where(*_loose()).order_by(GoodsFile.id).limit(_CLEARED)
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        ids = session.execute(loose).scalars().all()
    for file_id in ids:
        _clear(shop, file_id)
    return len(ids)


def _loose() -> tuple[ColumnElement[bool], ...]:
    meant = exists().where(DraftFile.file_id == GoodsFile.id)
    coming = exists().where(StockBatch.id == GoodsFile.batch_id, StockBatch.state.in_(_COMING))
    return GoodsFile.is_kept.is_(False), GoodsFile.created_at < clock.now() - KEPT, ~meant, ~coming


def _clear(shop: Shop, file_id: int) -> None:
    """Drop the parts that are there one at a time, then the file: killed in between, the next look goes on."""
    mine = GoodsFilePart.file_id == file_id
    with reading(shop.database) as session:
        numbers = session.execute(select(GoodsFilePart.number).where(mine)).scalars().all()
    for number in numbers:
        with writing(shop.database) as tx:
            tx.session.execute(delete(GoodsFilePart).where(mine, GoodsFilePart.number == number))
    with writing(shop.database) as tx:
        tx.session.execute(delete(GoodsFile).where(GoodsFile.id == file_id, *_loose()))
