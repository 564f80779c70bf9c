"""Files that are units: each is sold once, as a code is. They come in by the same preview, yes and batch.

A file is stored first, sealed (`goods.files`), and belongs to nothing yet. Its unit says which file it is, and bears
the keyed hash of its bytes, so that the same file cannot be stocked twice.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from novacore.db.models import Product, StagedPart
from novacore.db.queries.catalog import restock as queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput
from novacore.plurals import counted
from novacore.states import ProductKind, UnitStatus
from novacore.workflows.goods import files
from novacore.workflows.goods.files import FileHead
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import codes, previews, stock_levels

MOST_AT_ONCE: Final = 10
"""Files that one form takes: Discord's limit."""

_IN_STOCK = (UnitStatus.available, UnitStatus.reserved)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A stored file; `digest` is the SHA-256 of its bytes, in hex."""

    id: int
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FilesPreview:
    """What would come in. `batch_id` is None if nothing would."""

    batch_id: int | None
    product: str
    left: int
    """How many units are on sale at this moment."""
    new: Sequence[FileHead]
    repeats: Sequence[tuple[str, str]]
    """Files that stay out: the name of each, and the reason. Names may come more than once."""


def product_name(shop: Shop, actor: Actor, product_id: int) -> str:
    """Return the name of a product whose units may be files. Raises BadInput, NotFound, NotAllowed, WrongState."""
    return _product(shop, actor, product_id).name


def _product(shop: Shop, actor: Actor, product_id: int) -> Product:
    product = previews.product_of(shop, actor, product_id)
    if product.kind is not ProductKind.unique:
        raise BadInput(previews.needs_no_goods(product))
    return product


def refuse(shop: Shop, actor: Actor, product_id: int, sizes: Sequence[int]) -> None:
    """Refuse files of these sizes before anything of them is fetched. Raises as `product_name` does."""
    product = _product(shop, actor, product_id)
    if not 1 <= len(sizes) <= MOST_AT_ONCE:
        raise BadInput(f"Please upload from 1 to {MOST_AT_ONCE} files at a time.")
    for size in sizes:
        files.refuse([size])
    with reading(shop.database) as session:
        together = files.sizes_of_version(session, product.goods_version_id)
    _refuse_unsellable(sizes, together)


def _refuse_unsellable(sizes: Sequence[int], together: Sequence[int]) -> None:
    """Raise BadInput where one of them and the product's own files are more than a message carries."""
    if not all(files.fit_one_message([size, *together]) for size in sizes):
        raise BadInput(
            "Nobody could buy these: one of them, together with the files that every buyer of this product gets, is "
            f"more than one message carries ({files.carried()}). Leave out some of the product's files first."
        )


def store(shop: Shop, name: str, content: bytes) -> Uploaded:
    """Seal a file and store it. Raises BadInput as `files.refuse` does."""
    return Uploaded(files.store(shop, name, content), hashlib.sha256(content).hexdigest())


def stage(shop: Shop, actor: Actor, product_id: int, given: Sequence[Uploaded]) -> FilesPreview:
    """Put what is new of these files aside, and say what isn't. Raises as `refuse` does."""
    product, mark = _product(shop, actor, product_id), codes.marker(shop)
    marks = {one.digest: mark(codes.of_file(one.digest)) for one in given}
    with reading(shop.database) as session:
        heads = files.of_ids(shop.cipher, session, [one.id for one in given])
        known = _known(session, marks)
        left = stock_levels.count(session, product)
        together = files.sizes_of_version(session, product.goods_version_id)
    new: dict[str, FileHead] = {}
    repeats: list[tuple[str, str]] = []
    for one, head in zip(given, heads, strict=True):
        if why := known.get(one.digest) or ("comes twice in this upload" if one.digest in new else ""):
            repeats.append((head.name, why))
        else:
            new[one.digest] = head
    _refuse_unsellable([one.size for one in new.values()], together)
    batch_id = _stage(shop, actor, product.id, new) if new else None
    return FilesPreview(batch_id, product.name, left, [*new.values()], repeats)


def _known(session: Session, marks: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return why files stay out that are in stock or were, by their digests."""
    found = queries.known(session, [*marks.values()])
    return {
        digest: "is in stock already" if found[mark] in _IN_STOCK else "was sold before"
        for digest, mark in marks.items()
        if mark in found
    }


def _stage(shop: Shop, actor: Actor, product_id: int, new: Mapping[str, FileHead]) -> int:
    part = shop.cipher.seal([{"file": head.id, "sha256": digest} for digest, head in new.items()])
    # The names are goods as well: they stand nowhere in the clear.
    values = {"file_name": counted(len(new), "file", "files"), "total": len(new)}
    with writing(shop.database) as tx:
        batch_id = previews.begin_batch(tx, actor, product_id, values)
        tx.session.execute(insert(StagedPart), [{"batch_id": batch_id, "number": 0, "content": part}])
        files.hang_on_batch(tx, batch_id, [head.id for head in new.values()])
    return batch_id
