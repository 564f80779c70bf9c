"""Restocking in bulk: the owner's yes or no to what `previews` put aside, and the job that fills it in.

Nothing is kept in memory, and nothing is stored in clear. Each part goes in by a transaction of its own, so that a
sale never waits for a whole file, and a job that was killed goes on with the first part that is not in yet.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import undefer

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.products import CONFIRM_STOCK, DISCARD_STOCK, RESTOCK, WITHDRAW_STOCK
from novacore.db.models import StagedPart, StagedText, StockBatch, Unit
from novacore.db.queries.catalog import restock as queries
from novacore.db.queries.catalog.restock import BatchRow
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.errors import NotFound, WrongState
from novacore.states import ActorKind, BatchState, UnitStatus
from novacore.workflows.goods import files
from novacore.workflows.machine import job_kinds, jobs, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.jobs import JobKind, JobRequest, Nothing
from novacore.workflows.machine.policy import SYSTEM, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import codes, stock_levels, units

PART: Final = 1_000
"""Units a transaction: on SQLite about 20 ms, for which every press has to wait."""

WAITING: Final = (BatchState.asking, BatchState.staged)
"""What a preview is in, until someone says yes or no."""

GONE: Final = "I can't find that batch. `/product batches` shows what there is."
_UNITS = cast(Table, Unit.__table__)


# ---- yes or no


def confirm(shop: Shop, actor: Actor, batch_id: int) -> BatchRow:
    """Begin to fill a batch in; saying yes twice is one yes. Raises NotFound, NotAllowed, WrongState."""
    require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        batch = lock(tx, batch_id)
        if batch.state is BatchState.discarded:
            raise WrongState("That preview was discarded. Please upload the file again.")
        if batch.state is BatchState.asking:
            raise WrongState("There is nothing to add yet. Please choose in the menus of the preview first.")
        if batch.state is BatchState.staged:
            batch.state = BatchState.filling
            tx.session.execute(delete(StagedText).where(StagedText.batch_id == batch_id))
            event_id = note(tx, batch.product_id, CONFIRM_STOCK({"batch_id": batch.id}), actor)
            jobs.enqueue(tx, [job(job_kinds.FILL_STOCK, batch.id)], event_id=event_id)
    return load_batch(shop, actor, batch_id)


def discard(shop: Shop, actor: Actor, batch_id: int) -> None:
    """Throw a preview away, with every code in it. Raises NotFound, NotAllowed, WrongState where it is too late."""
    if not actor.is_system:
        require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        batch = lock(tx, batch_id)
        if batch.state in (BatchState.filling, BatchState.filled):
            raise WrongState("That batch is in stock already. `/product batches` lets you withdraw what is left of it.")
        if batch.state in WAITING:
            throw_away(tx, batch, actor)


def throw_away(tx: Transaction, batch: StockBatch, actor: Actor) -> None:
    """Discard a preview that waits, with everything that was put aside for it."""
    batch.state, batch.finished_at = BatchState.discarded, tx.now
    for table in (StagedPart, StagedText):
        tx.session.execute(delete(table).where(table.batch_id == batch.id))
    note(tx, batch.product_id, DISCARD_STOCK({"batch_id": batch.id}), actor)


def load_batch(shop: Shop, actor: Actor, batch_id: int) -> BatchRow:
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

    Each part goes in once, however many fill the same batch, and whatever is killed. A code that someone else has
    stocked meanwhile is left out and counted.
    """
    part = _next_part(shop, batch_id)
    rows = _rows(shop, part) if part else []
    with writing(shop.database) as tx:
        batch = lock(tx, batch_id)
        if batch.state is not BatchState.filling:
            return 0
        if part is None:
            rows = [{} for _ in range(min(PART, batch.total - batch.done))] if batch.file_name is None else []
        elif not _taken_out(tx, part):
            return batch.total - batch.done  # someone else has just filled it in
        batch.added += _insert(tx, batch, rows)
        batch.done += len(rows)
        stock_levels.recheck(shop, tx, batch.product_id)
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
    return [_row(shop, mark, one) for one in shop.cipher.open(part.content)]


def _row(shop: Shop, mark: codes.Marker, kept: Any) -> dict[str, Any]:
    if isinstance(kept, dict):  # a file (`unit_files`)
        digest, file_id = kept["sha256"], kept["file"]
        return {"content": shop.cipher.seal(kept), "fingerprint": mark(codes.of_file(digest)), "file_id": file_id}
    code, told_by = (kept, kept) if isinstance(kept, str) else kept
    return {"content": shop.cipher.seal(code), "fingerprint": mark(told_by)}


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
    statement = insert_into(tx, _UNITS).on_conflict_do_nothing(index_elements=["fingerprint"])
    added = tx.session.execute(statement.returning(_UNITS.c.file_id), [shared | row for row in rows]).scalars().all()
    if kept := [file_id for file_id in added if file_id is not None]:
        files.keep(tx, kept)
    return len(added)


def _finish(tx: Transaction, batch: StockBatch) -> None:
    batch.state, batch.finished_at = BatchState.filled, tx.now
    refused = batch.done - batch.added
    note(tx, batch.product_id, RESTOCK({"batch_id": batch.id, "count": batch.added, "refused": refused}), SYSTEM)
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
        gone = tx.session.execute(
            update(Unit)
            .where(Unit.id.in_(some.scalar_subquery()))
            # Without its hash: it was never seen by anybody, so its code may come in again.
            .values(status=UnitStatus.withdrawn, fingerprint=None)
            .returning(Unit.file_id)
            .execution_options(synchronize_session=False)
        )
        taken = gone.scalars().all()
        if taken:
            files.let_go(tx, [one for one in taken if one is not None])
            note(tx, batch.product_id, WITHDRAW_STOCK({"batch_id": batch.id, "count": len(taken)}), actor)
            panel.touch(tx)  # before the look, as everybody does: else two wait for each other
            units.watch(tx, batch.product_id)
    return len(taken)


# ---- shared


def lock(tx: Transaction, batch_id: int) -> StockBatch:
    """Return a batch, locked. Raises NotFound."""
    row = tx.session.execute(select(StockBatch).where(StockBatch.id == batch_id).with_for_update())
    batch = row.scalar_one_or_none()
    if batch is None:
        raise NotFound(GONE)
    return batch


def job(kind: JobKind[Nothing], batch_id: int, due_at: datetime | None = None) -> JobRequest:
    """Ask for a job about a batch."""
    return kind.about("batch", str(batch_id), due_at=due_at)


def note(tx: Transaction, product_id: int, what: Detailed, actor: Actor) -> int:
    """Write down what was done to the stock of a product; return the event's id."""
    kind = ActorKind.system if actor.is_system else ActorKind.owner
    return record(tx, NewEvent("product", str(product_id), what, actor, kind))
