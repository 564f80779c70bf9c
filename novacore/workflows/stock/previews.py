"""What the owner sees of a restock before the yes: a file is looked through, sealed and put aside, and asked about.

Where it isn't clear whether the first line is a heading, or which columns are the goods, the file itself is put aside,
too. A choice makes another preview of it, with a number of its own, and throws away the one that was chosen from: so
a page never adds anything but what it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import undefer

from novacore.db.event_kinds.products import STAGE_STOCK
from novacore.db.models import Product, StagedPart, StagedText, StockBatch
from novacore.db.queries.catalog import restock as queries
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, NotFound, WrongState
from novacore.states import BatchState, ProductKind, UnitStatus
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import codes, restock, stock_levels
from novacore.workflows.stock.files import decoding, read
from novacore.workflows.stock.files.limits import MAX_LINES
from novacore.workflows.stock.files.tables import WHOLE_LINES, Choice, Entry, StockFile
from novacore.workflows.stock.samples import Sample, samples

KEPT: Final = timedelta(hours=24)
"""How long a preview waits for its yes. Then the codes in it are thrown away."""

PIECE: Final = 50_000
"""Characters of a file that is put aside, a row."""

_IN_STOCK = (UnitStatus.available, UnitStatus.reserved)
_REPLACED: Final = "That preview was replaced or discarded. Please use the newest one, or upload the file again."
_TOO_LATE: Final = "That batch is in stock already. `/product batches` lets you withdraw what is left of it."


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come in. `batch_id` is None if nothing would and nothing can be chosen."""

    batch_id: int | None
    product: str
    new: int
    left: int
    """How many are on sale at this moment."""
    file: StockFile = field(default_factory=StockFile)
    """How the file was read, without its codes."""
    in_stock: Sequence[int] = ()
    """Lines whose codes are in stock already."""
    sold: Sequence[int] = ()
    """Lines whose codes were sold before."""
    samples: Sequence[Sample] = ()
    """How long the new codes are, and the first and the last of them, masked; for each column of the goods."""


@dataclass(frozen=True, slots=True)
class _Upload:
    """A file on its way into a preview. `replaces` is the batch of the preview in which the owner chose something."""

    product: Product
    name: str
    text: str = field(repr=False)
    choice: Choice = field(default_factory=Choice)
    replaces: int | None = None


# ---- a file


def stage_file(shop: Shop, actor: Actor, product_id: int, name: str, content: bytes) -> Preview:
    """Look through a file of codes and put what is new in it aside, sealed. Raises BadInput, NotFound, NotAllowed."""
    product = product_of(shop, actor, product_id)
    if product.kind is not ProductKind.unique:
        raise BadInput(needs_no_goods(product))
    return _look_through(shop, actor, _Upload(product, name, decoding.decoded(content)))


def choose_heading(shop: Shop, actor: Actor, batch_id: int, *, takes_heading: bool) -> Preview:
    """Say whether the lines in question are a heading. Raises NotFound, NotAllowed, WrongState."""
    upload = _kept(shop, actor, batch_id)
    # With or without a heading the columns are others, so what was chosen of them is asked again; lines stay lines.
    columns = upload.choice.columns if upload.choice.columns == (WHOLE_LINES,) else None
    return _look_through(shop, actor, replace(upload, choice=Choice(takes_heading, columns)))


def choose_columns(shop: Shop, actor: Actor, batch_id: int, columns: Sequence[int]) -> Preview:
    """Say which columns are the goods. Raises BadInput where they aren't there, NotFound, NotAllowed, WrongState."""
    upload = _kept(shop, actor, batch_id)
    return _look_through(shop, actor, replace(upload, choice=replace(upload.choice, columns=tuple(columns))))


def _look_through(shop: Shop, actor: Actor, upload: _Upload) -> Preview:
    found = read.read(upload.name, upload.text, upload.choice)
    mark = codes.marker(shop)
    marks = [mark(one.mark) for one in found.entries]
    with reading(shop.database) as session:
        known = queries.known(session, marks)
        left = stock_levels.count(session, upload.product)
    new = [one for one, code in zip(found.entries, marks, strict=True) if code not in known]
    lines = dict(zip(marks, found.lines, strict=True))
    batch_id = _stage(shop, actor, upload, found, new) if new or found.can_choose else None
    return Preview(
        batch_id,
        upload.product.name,
        len(new),
        left,
        replace(found, entries=()),
        in_stock=sorted(lines[one] for one, status in known.items() if status in _IN_STOCK),
        sold=sorted(lines[one] for one, status in known.items() if status not in _IN_STOCK),
        samples=samples(found, new),
    )


def _stage(shop: Shop, actor: Actor, upload: _Upload, found: StockFile, new: Sequence[Entry]) -> int:
    """Put codes aside, and the file as well where something in it can be chosen; return the batch."""
    listed = [one.text if one.text == one.mark else (one.text, one.mark) for one in new]
    parts = [shop.cipher.seal(listed[n : n + restock.PART]) for n in range(0, len(listed), restock.PART)]
    texts = _sealed_text(shop, upload.text) if found.can_choose and upload.replaces is None else []
    values = {"file_name": _short(upload.name), "choice": upload.choice.stored(), "total": len(new)}
    if found.question or not new:
        values["state"] = BatchState.asking
    with writing(shop.database) as tx:
        batch_id = begin_batch(tx, actor, upload.product.id, values)
        if upload.replaces is not None:
            _take_over(tx, actor, upload.replaces, batch_id)
        for table, pieces in ((StagedPart, parts), (StagedText, texts)):
            if pieces:
                rows = [{"batch_id": batch_id, "number": n, "content": piece} for n, piece in enumerate(pieces)]
                tx.session.execute(insert(table), rows)
    return batch_id


def _sealed_text(shop: Shop, text: str) -> list[bytes]:
    return [shop.cipher.seal(text[n : n + PIECE]) for n in range(0, len(text), PIECE)]


def _take_over(tx: Transaction, actor: Actor, old_id: int, new_id: int) -> None:
    """Move the file from the preview that was chosen from to the new one, and throw the old one away."""
    old = restock.lock(tx, old_id)
    _require_waiting(old)
    mine = update(StagedText).where(StagedText.batch_id == old_id).values(batch_id=new_id)
    tx.session.execute(mine.execution_options(synchronize_session=False))
    restock.throw_away(tx, old, actor)


def _kept(shop: Shop, actor: Actor, batch_id: int) -> _Upload:
    """Return the file of a preview as it was read there. Raises NotFound, NotAllowed, WrongState."""
    require_owner(actor, "add stock")
    rows = select(StagedText).where(StagedText.batch_id == batch_id).order_by(StagedText.number)
    with reading(shop.database) as session:
        batch = session.get(StockBatch, batch_id)
        pieces = session.execute(rows.options(undefer(StagedText.content))).scalars().all()
    if batch is None:
        raise NotFound(restock.GONE)
    _require_waiting(batch)
    if not pieces:
        raise WrongState("There is nothing to choose in that preview.")
    text = "".join(shop.cipher.open(one.content) for one in pieces)
    product = product_of(shop, actor, batch.product_id)
    return _Upload(product, batch.file_name or "", text, Choice.read(batch.choice or {}), batch_id)


def _require_waiting(batch: StockBatch) -> None:
    if batch.state is BatchState.discarded:
        raise WrongState(_REPLACED)
    if batch.state not in restock.WAITING:
        raise WrongState(_TOO_LATE)


# ---- a count


def stage_count(shop: Shop, actor: Actor, product_id: int, count: int) -> Preview:
    """Put a number of units of shared goods aside. Raises BadInput, NotFound, NotAllowed."""
    product = product_of(shop, actor, product_id)
    if product.kind is not ProductKind.shared:
        raise BadInput(_no_count(product))
    if not 1 <= count <= MAX_LINES:
        raise BadInput(f"Please give a number from 1 to {MAX_LINES:,}.")
    with reading(shop.database) as session:
        left = stock_levels.count(session, product)
    with writing(shop.database) as tx:
        batch_id = begin_batch(tx, actor, product.id, {"total": count})
    return Preview(batch_id, product.name, count, left)


# ---- shared


def product_of(shop: Shop, actor: Actor, product_id: int) -> Product:
    """Return the product that is to be restocked. Raises NotAllowed, NotFound, WrongState for a removed one."""
    require_owner(actor, "add stock")
    with reading(shop.database) as session:
        product = session.get(Product, product_id)
    if product is None:
        raise NotFound(PRODUCT_MISSING)
    if product.is_deleted:
        raise WrongState(f"{product.name} was removed. Bring it back first, then add stock.")
    return product


def needs_no_goods(product: Product) -> str:
    """Say why a product whose goods are the same for everybody takes no units with goods of their own."""
    if product.kind is ProductKind.shared:
        return f"Everybody who buys {product.name} gets the same goods. Give a count instead of a file."
    return f"{product.name} never sells out, so it needs no stock."


def _no_count(product: Product) -> str:
    if product.kind is ProductKind.unique:
        return f"Each {product.name} has a code of its own. Upload a file with the codes instead of a count."
    return f"{product.name} never sells out, so it needs no stock."


def begin_batch(tx: Transaction, actor: Actor, product_id: int, values: dict[str, Any]) -> int:
    """Begin a batch, and have it thrown away by itself when nobody says yes."""
    shared = {"product_id": product_id, "added_by": actor.id, "added_at": tx.now, "state": BatchState.staged}
    row = insert(StockBatch).values({**shared, **values}).returning(StockBatch.id)
    batch_id: int = tx.session.execute(row).scalar_one()
    event_id = restock.note(tx, product_id, STAGE_STOCK({"batch_id": batch_id, "count": values["total"]}), actor)
    jobs.enqueue(tx, [restock.job(job_kinds.DISCARD_STOCK, batch_id, tx.now + KEPT)], event_id=event_id)
    return batch_id


def _short(name: str) -> str:
    return name.encode("utf-8", "ignore").decode().replace("\0", "")[-100:]
