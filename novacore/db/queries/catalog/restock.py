"""Questions about how stock came in: codes that are known already, batches, and what has become of their units."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore.db.models import Product, StockBatch, Unit
from novacore.states import BatchState, ProductKind, UnitStatus

BATCHES_PAGE = 10
"""Batches on one page of the list."""

_AT_ONCE = 500
"""Hashes in one question."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as the owner sees it. `units` counts its units by status; none are there before it is filled."""

    id: int
    product_id: int
    product: str
    kind: ProductKind
    state: BatchState
    file_name: str | None
    added_by: int
    added_at: datetime
    total: int
    done: int
    added: int
    units: Mapping[UnitStatus, int]

    @property
    def available(self) -> int:
        """How many of it are still on sale."""
        return self.units.get(UnitStatus.available, 0)

    @property
    def refused(self) -> int:
        """How many codes someone else had stocked between the preview and their turn."""
        return self.done - self.added


def known(session: Session, marks: Sequence[bytes]) -> Mapping[bytes, UnitStatus]:
    """Return which of these hashes are in stock or were, with what their unit is now."""
    return dict(row for part in _parts(marks) for row in _known(session, part))


def _known(session: Session, marks: Sequence[bytes]) -> Iterator[tuple[bytes, UnitStatus]]:
    rows = session.execute(select(Unit.fingerprint, Unit.status).where(Unit.fingerprint.in_(marks)))
    return ((mark, status) for mark, status in rows if mark is not None)


def _parts(marks: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (marks[start : start + _AT_ONCE] for start in range(0, len(marks), _AT_ONCE))


def batch(session: Session, batch_id: int) -> BatchRow | None:
    """Return one batch, or None."""
    row = session.execute(
        select(StockBatch, Product.name, Product.kind)
        .join(Product, Product.id == StockBatch.product_id)
        .where(StockBatch.id == batch_id)
    ).one_or_none()
    return _row(row[0], row[1], row[2], _counts(session, [batch_id])) if row else None


def batches(session: Session, product_id: int, *, limit: int, offset: int = 0) -> tuple[int, Sequence[BatchRow]]:
    """Return how many batches a product has, and some of them, the newest first. Previews are no batches yet."""
    mine = StockBatch.product_id == product_id, StockBatch.state.in_((BatchState.filling, BatchState.filled))
    total = session.execute(select(func.count()).select_from(StockBatch).where(*mine)).scalar_one()
    rows = session.execute(
        select(StockBatch, Product.name, Product.kind)
        .join(Product, Product.id == StockBatch.product_id)
        .where(*mine)
        .order_by(StockBatch.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    counts = _counts(session, [one.id for one, _, _ in rows])
    return total, [_row(one, name, kind, counts) for one, name, kind in rows]


def _counts(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[UnitStatus, int]]:
    rows = select(Unit.batch_id, Unit.status, func.count()).where(Unit.batch_id.in_(ids))
    found: dict[int, dict[UnitStatus, int]] = {one: {} for one in ids}
    for batch_id, status, count in session.execute(rows.group_by(Unit.batch_id, Unit.status)):
        found[batch_id or 0][status] = count
    return found


def _row(
    found: StockBatch, product: str, kind: ProductKind, counts: Mapping[int, Mapping[UnitStatus, int]]
) -> BatchRow:
    return BatchRow(
        id=found.id,
        product_id=found.product_id,
        product=product,
        kind=kind,
        state=found.state,
        file_name=found.file_name,
        added_by=found.added_by,
        added_at=found.added_at,
        total=found.total,
        done=found.done,
        added=found.added,
        units=counts[found.id],
    )
