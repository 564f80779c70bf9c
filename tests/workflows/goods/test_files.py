"""Files that are goods: sealed in parts, whole again or not at all, and gone where nothing has them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update

from novacore.crypto import FileBox, GoodsCipher, GoodsUnreadable, new_key
from novacore.db.engine import Database
from novacore.db.models import DraftFile, GoodsFile, GoodsFilePart, VersionFile
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput
from novacore.states import ProductKind
from novacore.workflows.catalog import draft_files, drafts, offers
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods import files
from novacore.workflows.goods.files import LARGEST_FILE, MIB, MOST_FILES, MOST_TOGETHER, FileHead
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.keys import key_rotation
from tests.fixtures.shops import KEY, OWNER, MovableClock
from tests.workflows import catalogue

CONTENT = bytes(range(256)) * 10


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a thousand bytes: three for CONTENT."""
    monkeypatch.setattr(files, "PART", 1000)


def head(shop: Shop, file_id: int) -> FileHead:
    """A file as it is listed."""
    with reading(shop.database) as session:
        (found,) = files.of_ids(shop.cipher, session, [file_id])
    return found


def test_a_file_comes_back_byte_for_byte(shop: Shop, small_parts: None) -> None:
    file_id = files.store(shop, "../guide.pdf", CONTENT)
    assert head(shop, file_id) == FileHead(file_id, "guide.pdf", len(CONTENT))
    (found,) = files.read(shop, [head(shop, file_id)])
    assert (found.name, found.content) == ("guide.pdf", CONTENT)
    assert catalogue.count(shop, GoodsFilePart) == 3


def test_a_file_of_the_largest_size_is_written_in_parts(shop: Shop) -> None:
    content = os.urandom(LARGEST_FILE)
    file_id = files.store(shop, "large.bin", content)
    with reading(shop.database) as session:
        sizes = [len(one) for one in session.execute(select(GoodsFilePart.content)).scalars()]
    assert len(sizes) == 10
    assert max(sizes) < 1.1 * MIB
    assert files.read(shop, [head(shop, file_id)])[0].content == content


def test_neither_name_nor_bytes_stand_in_the_database_in_the_clear(shop: Shop) -> None:
    files.store(shop, "secret-name.txt", b"SECRET-BYTES " * 50)
    with reading(shop.database) as session:
        every = [*session.execute(select(GoodsFile.content)).scalars()]
        every += [*session.execute(select(GoodsFilePart.content)).scalars()]
    assert len(every) == 2
    assert not any(b"SECRET-BYTES" in one or b"secret-name" in one for one in every)


@pytest.mark.parametrize("harm", ["part missing", "part changed", "parts exchanged"])
def test_half_a_file_is_none(shop: Shop, small_parts: None, harm: str) -> None:
    file_id = files.store(shop, "guide.pdf", CONTENT)
    with writing(shop.database) as tx:
        row = GoodsFilePart.file_id == file_id
        parts = [*tx.session.execute(select(GoodsFilePart.content).where(row).order_by(GoodsFilePart.number)).scalars()]
        if harm == "part missing":
            tx.session.execute(delete(GoodsFilePart).where(row, GoodsFilePart.number == 2))
        else:
            other = parts[1] if harm == "parts exchanged" else parts[0][:-1] + bytes([parts[0][-1] ^ 1])
            tx.session.execute(update(GoodsFilePart).where(row, GoodsFilePart.number == 0).values(content=other))
    with pytest.raises(GoodsUnreadable):
        files.read(shop, [head(shop, file_id)])


def test_a_box_shows_no_key() -> None:
    key = new_key()
    assert key not in repr(FileBox(key))


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ([0], "is empty"),
        ([LARGEST_FILE + 1], "larger than 10 MiB"),
        ([1] * (MOST_FILES + 1), "would be 10 files"),
        ([LARGEST_FILE, LARGEST_FILE, 1], "20 MiB is the most"),
    ],
)
def test_what_no_message_can_carry_is_refused(sizes: list[int], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        files.refuse(sizes)


def test_what_a_message_can_carry_is_taken() -> None:
    files.refuse([LARGEST_FILE, LARGEST_FILE])
    files.refuse([1] * MOST_FILES)
    assert MOST_TOGETHER == 2 * LARGEST_FILE
    with pytest.raises(BadInput, match="would be 10 files"):
        files.refuse([1] * 5, [FileHead(n, f"{n}.txt", 1) for n in range(5)])


def test_a_new_key_seals_a_line_and_no_part(shop: Shop, small_parts: None) -> None:
    file_id = files.store(shop, "guide.pdf", CONTENT)
    with reading(shop.database) as session:
        before = session.execute(select(GoodsFilePart.content)).scalars().all()
    new = new_key()
    both = replace(shop, cipher=GoodsCipher([new, KEY]))
    assert key_rotation.rotate(both, lambda _: None).resealed >= 1
    assert not key_rotation.is_pending(both)
    with reading(shop.database) as session:
        assert session.execute(select(GoodsFilePart.content)).scalars().all() == before
    alone = replace(shop, cipher=GoodsCipher([new]))
    assert files.read(alone, [head(alone, file_id)])[0].content == CONTENT
    with pytest.raises(GoodsUnreadable):
        head(shop, file_id)


def test_a_file_that_nothing_has_is_gone_after_a_day(shop: Shop, time: MovableClock, small_parts: None) -> None:
    sold = files.store(shop, "sold.txt", CONTENT)
    meant = files.store(shop, "meant.txt", b"meant")
    offers.add_product(shop, OWNER, NewProduct("Books", "Guide", "", ProductKind.unlimited, 500, files=[sold]))
    time.move(hours=20)
    draft_id = drafts.begin(shop, OWNER, Options(ProductKind.unlimited))[0]
    draft_files.change(shop, OWNER, draft_id, [meant], [])
    files.store(shop, "young.txt", b"young")
    time.move(hours=5)
    old = files.store(shop, "cut-off.txt", CONTENT)
    assert files.tidy(shop) == 0
    with writing(shop.database) as tx:  # as an upload leaves it that was cut off
        tx.session.execute(delete(GoodsFilePart).where(GoodsFilePart.file_id == old, GoodsFilePart.number == 2))
    time.move(hours=25)
    assert files.tidy(shop) == 2
    assert set(_ids(shop)) == {sold, meant}
    drafts.tidy(shop)
    assert files.tidy(shop) == 1
    assert set(_ids(shop)) == {sold}
    assert catalogue.count(shop, GoodsFilePart) == 3


@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "two at once"])
def test_clearing_a_file_that_was_half_cleared_already(
    shop: Shop, time: MovableClock, small_parts: None, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    """Another look comes after the first part is gone: when the first was killed, or while it is still at it."""
    files.store(shop, "cut-off.txt", CONTENT)
    time.move(hours=25)
    transactions = []

    @contextmanager
    def counted(database: Database) -> Iterator[Transaction]:
        transactions.append(database)
        if len(transactions) == 2:  # the first part is gone by now
            if is_killed:
                raise KeyboardInterrupt
            assert files.tidy(shop) == 1
        with writing(database) as tx:
            yield tx

    monkeypatch.setattr(files, "writing", counted)
    with pytest.raises(KeyboardInterrupt) if is_killed else nullcontext():
        files.tidy(shop)
    assert catalogue.count(shop, GoodsFilePart) == (2 if is_killed else 0)
    assert files.tidy(shop) == (1 if is_killed else 0)
    assert [*_ids(shop)] == []
    assert catalogue.count(shop, GoodsFilePart) == 0


def test_a_file_that_a_draft_takes_meanwhile_stays_listed(shop: Shop, time: MovableClock) -> None:
    """The row goes last, and only where nothing has it by then."""
    file_id = files.store(shop, "meant.txt", b"meant")
    draft_id = drafts.begin(shop, OWNER, Options(ProductKind.unlimited))[0]
    time.move(hours=30)
    with writing(shop.database) as tx:
        tx.session.execute(insert(DraftFile), [{"draft_id": draft_id, "number": 0, "file_id": file_id}])
    assert files.tidy(shop) == 0
    assert [*_ids(shop)] == [file_id]
    assert catalogue.count(shop, VersionFile) == 0


def _ids(shop: Shop) -> Iterator[int]:
    with reading(shop.database) as session:
        yield from session.execute(select(GoodsFile.id)).scalars()
