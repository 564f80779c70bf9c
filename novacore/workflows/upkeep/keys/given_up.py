"""Gives up what no key opens any more: it is withdrawn and recorded, so that the shop can open without it.

Orders that were sold keep their history, though their codes can't be shown again. Killed, it is simply run again: which
keys were given up is noted last.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, exists, select, update

from novacore.crypto import MARK_BYTES, GoodsUnreadable
from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import LOSE_UNITS
from novacore.db.event_kinds.products import DISCARD_STOCK, GIVE_UP_GOODS, WITHDRAW_STOCK
from novacore.db.models import (
    DraftFile,
    GoodsFile,
    GoodsVersion,
    Product,
    ProductDraft,
    StagedPart,
    StagedText,
    StockBatch,
    Unit,
    VersionFile,
)
from novacore.db.queries import sealed
from novacore.db.queries.sealed import DRAFTS, FILES, PARTS, TEXTS, UNITS, UNSOLD, LockedProduct
from novacore.db.unit_of_work import Transaction, writing
from novacore.states import ActorKind, BatchState, GoodsType, UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.goods import files
from novacore.workflows.goods.items import seal_items
from novacore.workflows.machine import facts, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import codes, news, restock, units
from novacore.workflows.upkeep.keys import goods_keys, locked_products, sealed_rows
from novacore.workflows.upkeep.keys.goods_keys import GIVEN_UP, Holdings
from novacore.workflows.upkeep.keys.sealed_rows import CHUNK, Row

TERMINAL: Final = Actor(0, "Owner at the terminal", is_owner=True)

WHY: Final = "key_lost"
"""What the events say."""

Marks = Collection[bytes]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What was given up, by the names of products."""

    codes: dict[str, int]
    shared: tuple[str, ...]
    """Products whose goods for every buyer have to be written down again."""


def give_up(shop: Shop, found: Holdings) -> GivenUp:
    """Withdraw what `found` says can't be opened; returns what that was."""
    shop, products = shop.for_long_work(), (*found.products, *found.removed)
    withdrawn = {one.name: count for one in products if (count := _withdraw(shop, one, found.missing))}
    for one in products:
        if one.shared:
            _leave_out(shop, one, found.missing)
    _discard_staged(shop, found.missing)
    _forget_typed(shop, found.missing)
    _renew_fingerprints(shop, found.missing)
    _note(shop, found.missing)
    return GivenUp(withdrawn, tuple(one.name for one in products if one.shared))


# ---- codes


def _withdraw(shop: Shop, product: LockedProduct, missing: Marks) -> int:
    count, last = 0, 0
    while taken := _withdraw_some(shop, product, missing, last):
        count, last = count + len(taken), taken[-1]
    return count


def _withdraw_some(shop: Shop, product: LockedProduct, missing: Marks, last: int) -> Sequence[int]:
    mine = Unit.product_id == product.id, Unit.status.in_(UNSOLD), Unit.id > last
    locked = sealed.unit_under(missing)
    some = (
        select(Unit.id, Unit.order_id, Unit.file_id)
        .where(*mine, locked)
        .order_by(Unit.id)
        .limit(CHUNK)
        .with_for_update()
    )
    with writing(shop.database) as tx:
        rows = tx.session.execute(some).all()
        ids = [row[0] for row in rows]
        if ids:
            # Without its hash: if the code is found elsewhere, it may come in again.
            gone = {"status": UnitStatus.withdrawn, "order_id": None, "fingerprint": None}
            tx.session.execute(
                update(Unit).where(Unit.id.in_(ids)).values(gone).execution_options(synchronize_session=False)
            )
            files.let_go(tx, [row[2] for row in rows if row[1] is None and row[2] is not None])
            _record_withdrawn(tx, product, [row[1] for row in rows])
    return ids


def _record_withdrawn(tx: Transaction, product: LockedProduct, order_ids: Sequence[str | None]) -> None:
    held = Counter(one for one in order_ids if one is not None)
    gone = WITHDRAW_STOCK({"name": product.name, "count": len(order_ids), "reserved": held.total(), "why": WHY})
    _record(tx, "product", str(product.id), gone)
    for order_id, count in sorted(held.items()):
        # Approved, the order takes other units: it has lost these as if it had expired.
        _record(tx, "order", order_id, LOSE_UNITS({"count": count, "why": WHY}))
    units.watch(tx, product.id)
    panel.touch(tx)


# ---- goods for every buyer


def _leave_out(shop: Shop, product: LockedProduct, missing: Marks) -> None:
    """Give the product a version without what can't be opened, and keep it off sale until its owner has looked."""
    with writing(shop.database) as tx:
        row = tx.session.execute(select(Product).where(Product.id == product.id).with_for_update()).scalar_one()
        now = select(GoodsVersion.unit_type, GoodsVersion.content).where(GoodsVersion.id == row.goods_version_id)
        kind, content = tx.session.execute(now).one()
        left = seal_items(shop.cipher, ()) if content[:MARK_BYTES] in missing else content
        stay = _files_left(tx, row.goods_version_id, missing)
        row.goods_version_id = offers.add_goods(tx, product.id, GoodsType(kind), left, stay)
        row.is_on_sale, row.version = False, row.version + 1
        _record(tx, "product", str(product.id), GIVE_UP_GOODS({"name": product.name, "why": WHY}))
        locked_products.forget(tx, [product.id])
        panel.touch(tx)
        news.touch(tx, product.id)


def _files_left(tx: Transaction, version_id: int | None, missing: Marks) -> list[int]:
    mine = select(VersionFile.file_id).join(GoodsFile, GoodsFile.id == VersionFile.file_id)
    known = VersionFile.version_id == version_id, sealed.mark(FILES).not_in(missing)
    return [*tx.session.execute(mine.where(*known).order_by(VersionFile.number)).scalars()]


# ---- what is not in stock yet


def _discard_staged(shop: Shop, missing: Marks) -> None:
    """Throw away previews that can't be opened, and end batches that were filling in from such parts."""
    for column, table in ((PARTS, StagedPart), (TEXTS, StagedText)):
        locked = select(table.batch_id).where(sealed.mark(column).in_(missing)).limit(1)
        while _end_next(shop, locked, missing):
            pass


def _end_next(shop: Shop, locked: Select[int], missing: Marks) -> bool:
    with writing(shop.database) as tx:
        batch_id = tx.session.execute(locked).scalar_one_or_none()
        if batch_id is None:
            return False
        batch = restock.lock(tx, batch_id)
        if batch.state in restock.WAITING:
            restock.throw_away(tx, batch, TERMINAL)
        else:
            _end_batch(tx, batch, missing)
    return True


def _end_batch(tx: Transaction, batch: StockBatch, missing: Marks) -> None:
    """Take what can't be opened out of a batch that was filling in. What is left goes on; else the batch is filled."""
    for column, table in ((PARTS, StagedPart), (TEXTS, StagedText)):
        tx.session.execute(delete(table).where(table.batch_id == batch.id, sealed.mark(column).in_(missing)))
    if not tx.session.execute(select(exists().where(StagedPart.batch_id == batch.id))).scalar_one():
        batch.state, batch.finished_at = BatchState.filled, tx.now
    _record(tx, "product", str(batch.product_id), DISCARD_STOCK({"batch_id": batch.id, "why": WHY}))


def _forget_typed(shop: Shop, missing: Marks) -> None:
    """Forget goods that were typed into drafts and can't be opened: their page asks for them again. So with files."""
    locked = select(GoodsFile.id).where(sealed.mark(FILES).in_(missing))
    with writing(shop.database) as tx:
        gone = delete(DraftFile).where(DraftFile.file_id.in_(locked))
        tx.session.execute(gone.execution_options(synchronize_session=False))
        tx.session.execute(
            update(ProductDraft)
            .where(ProductDraft.goods.is_not(None), sealed.mark(DRAFTS).in_(missing))
            .values(goods=None)
            .execution_options(synchronize_session=False)
        )


# ---- the hashes that find repeats


def _renew_fingerprints(shop: Shop, missing: Marks) -> None:
    """Where their own key is lost, hash every code that can be opened with a new one; it is stored last."""
    with writing(shop.database) as tx:
        fact = sealed_rows.fact(tx)
        if fact is None or sealed_rows.sealed_in(fact)[:MARK_BYTES] not in missing:
            return
    pepper = secrets.token_bytes(32)
    mark = codes.marker_with(pepper)
    for part in sealed_rows.parts(shop, UNITS):
        _write_hashes(shop, [{"unit_id": row[0][0], "hash": _hash(shop, row, mark)} for row in part])
    with writing(shop.database) as tx:
        fact = sealed_rows.fact(tx)
        if fact is not None:
            fact.value = {**fact.value, "sealed": shop.cipher.seal(pepper.hex()).decode()}


def _hash(shop: Shop, row: Row, mark: codes.Marker) -> bytes | None:
    try:
        opened = shop.cipher.open(row[1])
        return mark(codes.of_file(opened["sha256"]) if isinstance(opened, dict) else _told_by(str(opened)))
    except GoodsUnreadable:
        return None


def _told_by(code: str) -> str:
    """Return what tells a code from others: of goods in several columns the cells, without the columns' names."""
    cells = [line.partition(": ") for line in code.split("\n")]
    return "\n".join(cell for _, _, cell in cells) if len(cells) > 1 and all(cell for _, _, cell in cells) else code


def _write_hashes(shop: Shop, rows: Sequence[dict[str, Any]]) -> None:
    table = UNITS[0]
    mine = table.c.id == bindparam("unit_id"), table.c.fingerprint.is_not(None)
    with writing(shop.database) as tx:
        tx.connection.execute(update(table).where(*mine).values(fingerprint=bindparam("hash")), rows)


# ---- shared


def _note(shop: Shop, missing: Marks) -> None:
    marks = sorted(one.decode() for one in {*missing, *goods_keys.given_up(shop.database)})
    facts.note(shop, GIVEN_UP, {"marks": marks})


def _record(tx: Transaction, kind: str, subject_id: str, what: Detailed) -> None:
    record(tx, NewEvent(kind, subject_id, what, TERMINAL, ActorKind.owner))
