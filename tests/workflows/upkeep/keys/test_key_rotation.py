"""A new key: everything sealed goes under it, in parts, while the shop goes on; and nothing is ever stored in clear."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, insert, select

from novacore.crypto import GoodsCipher, new_key
from novacore.db.base import Base
from novacore.db.models import ProductDraft, StagedPart
from novacore.db.queries import sealed
from novacore.db.unit_of_work import reading, writing
from novacore.states import OrderStatus
from novacore.workflows.catalog import offers
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.stock import previews, restock
from novacore.workflows.upkeep.keys import key_rotation, sealed_rows
from tests.fixtures.shops import KEY, OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives

CLEAR = {
    "pictures.content",
    "contested_proof_files.original",
    "contested_proof_files.picture",
    "goods_file_parts.content",
    "private_pages.sealed_token",
    "proof_files.original",
    "proof_files.picture",
    "kept_proofs.original",
    "product_drafts.picture_upload",
    "report_pictures.content",
    "transcripts.customer_html",
    "transcripts.html",
    "units.fingerprint",
}
"""Bytes that are no goods: pictures, transcripts with the codes masked, hashes, and tokens that last for minutes. And
parts of files: under keys of their own, which are sealed in `goods_files.content`."""

SEALING = {
    "novacore/workflows/goods/files.py",  # files, and their parts with keys of their own
    "novacore/workflows/catalog/offers.py",  # units, goods versions
    "novacore/workflows/upkeep/keys/given_up.py",  # the fingerprints' own key
    "novacore/workflows/stock/codes.py",  # the fingerprints' own key
    "novacore/workflows/goods/items.py",  # goods versions
    "novacore/workflows/orders/private_pages.py",  # tokens, deleted before anyone could rotate them
    "novacore/workflows/catalog/drafts.py",  # product drafts
    "novacore/workflows/upkeep/legacy/products.py",  # units
    "novacore/workflows/stock/previews.py",  # staged parts and texts
    "novacore/workflows/stock/restock.py",
    "novacore/workflows/stock/unit_files.py",  # units
}
"""Whoever seals something; add the column to `queries.sealed.SEALED` first."""


def test_every_column_of_bytes_is_sealed_or_known_to_be_no_goods() -> None:
    bytes_columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {f"{table.name}.{name}" for table, name in sealed.SEALED} | CLEAR == bytes_columns


def test_everybody_who_seals_is_known() -> None:
    root = Path(__file__).parents[4]
    sealing = {
        str(path.relative_to(root))
        for path in (root / "novacore").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "seal"
    }
    assert sealing == SEALING


@pytest.fixture
def full(shop: Shop, make_product: ProductMaker) -> Shop:
    """A shop with something of everything that is sealed."""
    product_id = make_product(units=5)
    previews.stage_file(shop, OWNER, product_id, "codes.txt", b"STAGED-1\nSTAGED-2")
    with writing(shop.database) as tx:
        draft = {"owner_id": 1, "form": {}, "goods": shop.cipher.seal("DRAFT-1"), "touched_at": tx.now}
        tx.session.execute(insert(ProductDraft).values(draft))
    return shop


def rotated(shop: Shop, *keys: str) -> tuple[Shop, key_rotation.Rotated]:
    """Rotate to the first of these keys."""
    after = replace(shop, cipher=GoodsCipher(keys))
    return after, key_rotation.rotate(after, lambda _: None)


def test_everything_is_sealed_again_and_reads_as_before(full: Shop, time: MovableClock) -> None:
    order = lives.bring_to(full, 1, OrderStatus.approved, time)
    before = [item.value for item in goods_of(full, order.id).items]
    new = new_key()
    told: list[int] = []
    shop = replace(full, cipher=GoodsCipher([new, KEY]))
    found = key_rotation.rotate(shop, told.append)
    assert (found.resealed, found.looked_at, sum(told)) == (9, 8, 8)  # and the fingerprints' key
    assert key_rotation.count(shop) == 8
    assert found.is_settled
    alone = replace(full, cipher=GoodsCipher([new]))
    assert [item.value for item in goods_of(alone, order.id).items] == before
    with reading(alone.database) as session:
        assert alone.cipher.open(session.execute(select(StagedPart.content)).scalar_one()) == ["STAGED-1", "STAGED-2"]
        assert alone.cipher.open(session.execute(select(ProductDraft.goods)).scalar_one() or b"") == "DRAFT-1"
    assert previews.stage_file(alone, OWNER, 1, "codes.txt", b"SECRET-1-0").new == 0  # found by the same hash


def test_a_second_run_changes_nothing(full: Shop) -> None:
    new = new_key()
    assert key_rotation.is_pending(replace(full, cipher=GoodsCipher([new, KEY])))
    after, _ = rotated(full, new, KEY)
    assert not key_rotation.is_pending(after)
    _, again = rotated(full, new, KEY)
    assert (again.resealed, again.is_settled) == (0, True)


def test_a_run_that_was_cut_off_goes_on(full: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_rows, "CHUNK", 2)
    offers.add_codes(full, OWNER, 1, [f"MORE-{n}" for n in range(7)])
    new = new_key()
    after = replace(full, cipher=GoodsCipher([new, KEY]))

    class Killed(Exception):
        pass

    seen: list[int] = []

    def advance(size: int) -> None:
        seen.append(size)
        if len(seen) == 3:
            raise Killed

    with pytest.raises(Killed):
        key_rotation.rotate(after, advance)
    assert key_rotation.is_pending(after)
    found = key_rotation.rotate(after, lambda _: None)
    assert 0 < found.resealed < 16
    assert not key_rotation.is_pending(after)


def test_units_that_come_meanwhile_are_under_the_new_key(full: Shop) -> None:
    new = new_key()
    after = replace(full, cipher=GoodsCipher([new, KEY]))
    added: list[bool] = []

    def advance(_: int) -> None:
        if not added:
            added.append(True)
            offers.add_codes(after, OWNER, 1, ["MEANWHILE"])

    assert key_rotation.rotate(after, advance).is_settled
    assert not key_rotation.is_pending(replace(full, cipher=GoodsCipher([new])))


def test_a_process_with_the_old_key_is_found_out(full: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "PASSES", 2)
    after = replace(full, cipher=GoodsCipher([new_key(), KEY]))
    look = key_rotation._rotate_fact

    def meanwhile(shop: Shop, found: key_rotation.Rotated) -> None:
        with writing(full.database) as tx:
            part = {"batch_id": 1, "number": 10 + found.resealed, "content": full.cipher.seal(["OLD"])}
            tx.session.execute(insert(StagedPart).values(part))
        look(shop, found)

    monkeypatch.setattr(key_rotation, "_rotate_fact", meanwhile)
    assert not key_rotation.rotate(after, lambda _: None).is_settled


def test_what_no_key_opens_is_named_and_left_alone(full: Shop) -> None:
    _, found = rotated(full, new_key())
    assert found.resealed == 0
    assert len(found.unreadable) == 9
    assert "the key of the fingerprints" in found.unreadable
    assert "units 1" in found.unreadable
    assert not key_rotation.is_pending(full)


def test_a_row_that_changes_meanwhile_is_not_overwritten(full: Shop) -> None:
    after = replace(full, cipher=GoodsCipher([new_key(), KEY]))
    table, _ = sealed.UNITS
    ((row, *_),) = list(sealed_rows.parts(after, sealed.UNITS))
    with writing(full.database) as tx:
        tx.session.execute(table.update().where(table.c.id == row[0][0]).values(content=b"newer"))
    sealed_rows.write(after, sealed.UNITS, [(row, b"older")])
    with reading(full.database) as session:
        assert session.execute(select(table.c.content).where(table.c.id == row[0][0])).scalar_one() == b"newer"


# ---- nothing is stored in clear


def test_no_table_holds_a_code_in_clear(full: Shop, time: MovableClock, tmp_path: Path) -> None:
    codes = [f"CLEAR-{n}-TEXT" for n in range(1_200)]
    batch_id = previews.stage_file(full, OWNER, 1, "codes.txt", "\n".join(codes).encode()).batch_id or 0
    restock.confirm(full, OWNER, batch_id)
    restock.fill_next(full, batch_id)
    lives.bring_to(full, 1, OrderStatus.delivered, time)
    with full.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    _hides(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode())
    if full.database.is_sqlite:
        files = list(tmp_path.glob("shop.db*"))
        assert {"shop.db", "shop.db-wal"} <= {one.name for one in files}
        for one in files:
            _hides(one.read_bytes())


def _hides(stored: bytes) -> None:
    for secret in (b"CLEAR-", b"SECRET-", b"STAGED-", b"DRAFT-", b"the-guide-of"):
        assert secret not in stored
