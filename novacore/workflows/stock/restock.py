"""Restocking in bulk: a file is looked through, sealed and put aside; once the owner says yes, a job fills it in.

Nothing is kept in memory, and nothing is stored in clear. Each part goes in by a transaction of its own, so that a
sale never waits for a whole file, and a job that was killed goes on with the first part that is not in yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import undefer

from novacore.db.models import Product, StagedPart, StockBatch, Unit
from novacore.db.queries import restock as queries
from novacore.db.queries.restock import BatchRow
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, NotFound, WrongState
from novacore.states import ActorKind, BatchState, ProductKind, UnitStatus
from novacore.workflows.machine import jobs, panel
from novacore.workflows.machine.fire import Happening, record
from novacore.workflows.machine.jobs import JobName, JobRequest
from novacore.workflows.machine.policy import PRODUCT_MISSING, SYSTEM, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import codes, files, stock_levels, units
from novacore.workflows.stock.files import StockFile

PART: Final = 1_000
"""Units a transaction: on SQLite about 20 ms, for which every press has to wait."""

KEPT_STAGED: Final = timedelta(hours=24)
"""How long a preview waits for its yes. Then the codes in it are thrown away."""

GONE: Final = "I can't find that batch. `/product batches` shows what there is."
_UNITS = cast(Table, Unit.__table__)
_IN_STOCK = (UnitStatus.available, UnitStatus.reserved)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come in. `batch_id` is None where nothing would, so that there is nothing to say yes to."""

    batch_id: int | None
    product: str
    new: int
    left: int
    """How many are on sale at this moment."""
    counted: str = "line"
    repeated: Sequence[int] = ()
    in_stock: Sequence[int] = ()
    sold: Sequence[int] = ()
    malformed: Sequence[tuple[int, str]] = ()


# ---- the preview


def stage_file(shop: Shop, actor: Actor, product_id: int, name: str, content: bytes) -> Preview:
    """Look through a file of codes and put what is new in it aside, sealed. Raises BadInput, NotFound, NotAllowed."""
    product = _product(shop, actor, product_id)
    if product.kind is not ProductKind.unique:
        raise BadInput(_no_codes(product))
    found = files.read(name, content)
    mark = codes.marker(shop)
    marks = [mark(code) for code in found.codes]
    with reading(shop.database) as session:
        known = queries.known(session, marks)
        left = stock_levels.count(session, product)
    new = [code for code, one in zip(found.codes, marks, strict=True) if one not in known]
    lines = dict(zip(marks, found.lines, strict=True))
    parts = [shop.cipher.seal(new[start : start + PART]) for start in range(0, len(new), PART)]
    batch_id = _stage(shop, actor, product, len(new), name, parts) if new else None
    in_stock = [lines[one] for one, status in known.items() if status in _IN_STOCK]
    sold = [lines[one] for one, status in known.items() if status not in _IN_STOCK]
    return _preview(batch_id, product, left, found, len(new), sorted(in_stock), sorted(sold))


def _preview(
    batch_id: int | None,
    product: Product,
    left: int,
    found: StockFile,
    new: int,
    in_stock: Sequence[int],
    sold: Sequence[int],
) -> Preview:
    return Preview(batch_id, product.name, new, left, found.counted, found.repeated, in_stock, sold, found.malformed)


def stage_count(shop: Shop, actor: Actor, product_id: int, count: int) -> Preview:
    """Put a number of units of shared goods aside. Raises BadInput, NotFound, NotAllowed."""
    product = _product(shop, actor, product_id)
    if product.kind is not ProductKind.shared:
        raise BadInput(_no_count(product))
    if not 1 <= count <= files.MAX_LINES:
        raise BadInput(f"Please give a number from 1 to {files.MAX_LINES:,}.")
    with reading(shop.database) as session:
        left = stock_levels.count(session, product)
    return Preview(_stage(shop, actor, product, count, None, ()), product.name, count, left)


def _product(shop: Shop, actor: Actor, product_id: int) -> Product:
    require_owner(actor, "add stock")
    with reading(shop.database) as session:
        product = session.get(Product, product_id)
    if product is None:
        raise NotFound(PRODUCT_MISSING)
    if product.is_deleted:
        raise WrongState(f"{product.name} was removed. Bring it back first, then add stock.")
    return product


def _no_codes(product: Product) -> str:
    if product.kind is ProductKind.shared:
        return f"Everybody who buys {product.name} gets the same goods. Give a count instead of a file."
    return f"{product.name} never sells out, so it needs no stock."


def _no_count(product: Product) -> str:
    if product.kind is ProductKind.unique:
        return f"Each {product.name} has a code of its own. Upload a file with the codes instead of a count."
    return f"{product.name} never sells out, so it needs no stock."


def _stage(shop: Shop, actor: Actor, product: Product, total: int, name: str | None, parts: Sequence[bytes]) -> int:
    with writing(shop.database) as tx:
        values: dict[str, Any] = {
            "product_id": product.id,
            "added_by": actor.id,
            "added_at": tx.now,
            "state": BatchState.staged,
            "file_name": _short(name) if name else None,
            "total": total,
        }
        batch_id = tx.session.execute(insert(StockBatch).values(values).returning(StockBatch.id)).scalar_one()
        if parts:
            rows = [{"batch_id": batch_id, "number": n, "content": part} for n, part in enumerate(parts)]
            tx.session.execute(insert(StagedPart), rows)
        event_id = _record(tx, product.id, "stage_stock", actor, {"batch_id": batch_id, "count": total})
        due_at = tx.now + KEPT_STAGED
        jobs.enqueue(tx, [_job(JobName.discard_stock, batch_id, due_at)], event_id=event_id)
    return batch_id


def _short(name: str) -> str:
    return name.encode("utf-8", "ignore").decode().replace("\0", "")[-100:]


# ---- yes or no


def confirm(shop: Shop, actor: Actor, batch_id: int) -> BatchRow:
    """Begin to fill a batch in; saying yes twice is one yes. Raises NotFound, NotAllowed, WrongState."""
    require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        batch = _lock(tx, batch_id)
        if batch.state is BatchState.discarded:
            raise WrongState("That preview was discarded. Please upload the file again.")
        if batch.state is BatchState.staged:
            batch.state = BatchState.filling
            event_id = _record(tx, batch.product_id, "confirm_stock", actor, {"batch_id": batch.id})
            jobs.enqueue(tx, [_job(JobName.fill_stock, batch.id)], event_id=event_id)
    return look(shop, actor, batch_id)


def discard(shop: Shop, actor: Actor, batch_id: int) -> None:
    """Throw a preview away, with every code in it. Raises NotFound, NotAllowed, WrongState where it is too late."""
    if not actor.is_system:
        require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        batch = _lock(tx, batch_id)
        if batch.state in (BatchState.filling, BatchState.filled):
            raise WrongState("That batch is in stock already. `/product batches` lets you withdraw what is left of it.")
        if batch.state is BatchState.staged:
            batch.state, batch.finished_at = BatchState.discarded, tx.now
            tx.session.execute(delete(StagedPart).where(StagedPart.batch_id == batch_id))
            _record(tx, batch.product_id, "discard_stock", actor, {"batch_id": batch.id})


def look(shop: Shop, actor: Actor, batch_id: int) -> BatchRow:
    """Return a batch as it is now. Raises NotFound, NotAllowed."""
    require_owner(actor, "look at stock")
    with reading(shop.database) as session:
        found = queries.batch(session, batch_id)
    if found is None:
        raise NotFound(GONE)
    return found


# ---- filling in


def fill_next(shop: Shop, batch_id: int) -> int:
    """Put the next part of a batch on sale and return how many of its units are still to come.

    Each part goes in once, however many fill the same batch, and whatever is killed. A code that somebody else has
    stocked meanwhile is left out and counted.
    """
    part = _next_part(shop, batch_id)
    rows = _rows(shop, part) if part else []
    with writing(shop.database) as tx:
        batch = _lock(tx, batch_id)
        if batch.state is not BatchState.filling:
            return 0
        if part is None:
            rows = [{} for _ in range(min(PART, batch.total - batch.done))] if batch.file_name is None else []
        elif not _taken_out(tx, part):
            return batch.total - batch.done  # somebody else has just filled it in
        batch.added += _insert(tx, batch, rows)
        batch.done += len(rows)
        stock_levels.look(tx, batch.product_id)
        if batch.done >= batch.total or not rows:
            _finish(tx, batch)
        return batch.total - batch.done


def _next_part(shop: Shop, batch_id: int) -> StagedPart | None:
    first = select(StagedPart).where(StagedPart.batch_id == batch_id).order_by(StagedPart.number).limit(1)
    with reading(shop.database) as session:
        return session.execute(first.options(undefer(StagedPart.content))).scalar_one_or_none()


def _rows(shop: Shop, part: StagedPart) -> list[dict[str, Any]]:
    """Seal each code, before the transaction begins: it takes longer than storing them."""
    mark = codes.marker(shop)
    return [{"content": shop.cipher.seal(code), "fingerprint": mark(code)} for code in shop.cipher.open(part.content)]


def _taken_out(tx: Transaction, part: StagedPart) -> bool:
    mine = StagedPart.batch_id == part.batch_id, StagedPart.number == part.number
    gone = tx.session.execute(delete(StagedPart).where(*mine).returning(StagedPart.number))
    return gone.scalar_one_or_none() is not None


def _insert(tx: Transaction, batch: StockBatch, rows: Sequence[dict[str, Any]]) -> int:
    if not rows:
        return 0
    shared = {
        "product_id": batch.product_id,
        "batch_id": batch.id,
        "status": UnitStatus.available,
        "created_at": tx.now,
    }
    builder = sqlite.insert if tx.is_sqlite else postgresql.insert
    statement = builder(_UNITS).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(_UNITS.c.id)
    return len(tx.session.execute(statement, [shared | row for row in rows]).all())


def _finish(tx: Transaction, batch: StockBatch) -> None:
    batch.state, batch.finished_at = BatchState.filled, tx.now
    detail = {"batch_id": batch.id, "count": batch.added, "refused": batch.done - batch.added}
    _record(tx, batch.product_id, "restock", SYSTEM, detail)
    panel.touch(tx)


# ---- taking back


def withdraw(shop: Shop, actor: Actor, batch_id: int) -> int:
    """Take what is left of a batch off sale and return how many. Reserved and sold units stay as they are.

    A withdrawn code may be stocked again. Raises NotFound, NotAllowed, WrongState while it is still coming in.
    """
    require_owner(actor, "withdraw stock")
    with reading(shop.database) as session:
        batch = session.get(StockBatch, batch_id)
    if batch is None:
        raise NotFound(GONE)
    if batch.state is not BatchState.filled:
        raise WrongState("That batch is still coming in. Please wait until it is done.")
    count = 0
    while taken := _withdraw_some(shop, actor, batch):
        count += taken
    return count


def _withdraw_some(shop: Shop, actor: Actor, batch: StockBatch) -> int:
    some = (
        select(Unit.id)
        .where(Unit.batch_id == batch.id, Unit.status == UnitStatus.available)
        .order_by(Unit.id)
        .limit(PART)
        .with_for_update()
    )
    with writing(shop.database) as tx:
        taken = tx.session.execute(
            update(Unit)
            .where(Unit.id.in_(some.scalar_subquery()))
            # Without its hash: it was never seen by anybody, so its code may come in again.
            .values(status=UnitStatus.withdrawn, fingerprint=None)
            .returning(Unit.id)
            .execution_options(synchronize_session=False)
        ).all()
        if taken:
            _record(tx, batch.product_id, "withdraw_stock", actor, {"batch_id": batch.id, "count": len(taken)})
            units.watch(tx, batch.product_id)
            panel.touch(tx)
    return len(taken)


# ---- shared


def _lock(tx: Transaction, batch_id: int) -> StockBatch:
    row = tx.session.execute(select(StockBatch).where(StockBatch.id == batch_id).with_for_update())
    batch = row.scalar_one_or_none()
    if batch is None:
        raise NotFound(GONE)
    return batch


def _job(name: JobName, batch_id: int, due_at: Any = None) -> JobRequest:
    return JobRequest(name, "batch", str(batch_id), due_at)


def _record(tx: Transaction, product_id: int, trigger: str, actor: Actor, detail: dict[str, Any]) -> int:
    kind = ActorKind.system if actor.is_system else ActorKind.owner
    return record(tx, Happening("product", str(product_id), trigger, actor, kind, detail))
