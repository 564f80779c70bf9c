"""Which keys the goods need, by the marks with which everything sealed begins (`crypto`). Nothing is opened here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Exists,
    LargeBinary,
    Select,
    Table,
    and_,
    exists,
    func,
    inspect,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from novacore.crypto import FIRST_MARK, MARK_BYTES
from novacore.db.engine import Database
from novacore.db.models import (
    GoodsFile,
    GoodsVersion,
    Order,
    Product,
    ProductDraft,
    ShopFact,
    StagedPart,
    StagedText,
    Unit,
    VersionFile,
)
from novacore.states import OrderStatus, UnitStatus

Column = tuple[Table, str]
Key = tuple[Any, ...]

UNITS: Final[Column] = (cast(Table, Unit.__table__), "content")
VERSIONS: Final[Column] = (cast(Table, GoodsVersion.__table__), "content")
PARTS: Final[Column] = (cast(Table, StagedPart.__table__), "content")
TEXTS: Final[Column] = (cast(Table, StagedText.__table__), "content")
DRAFTS: Final[Column] = (cast(Table, ProductDraft.__table__), "goods")
FILES: Final[Column] = (cast(Table, GoodsFile.__table__), "content")
SEALED: Final[tuple[Column, ...]] = (UNITS, VERSIONS, PARTS, TEXTS, DRAFTS, FILES)
"""Every column of sealed bytes. The fingerprints' own key is sealed as well, as text among the shop's facts. The parts
of files are under keys of their own, which stand in FILES."""

FINGERPRINT_KEY: Final = "fingerprint_key"
"""The fact that holds the key of the codes' hashes: random, and sealed, so that rotating SECRET_KEY leaves it be."""

UNMARKED: Final = b""
"""What stands in a set of marks for everything that has none yet."""

UNSOLD = (UnitStatus.available, UnitStatus.reserved)
PAID = (OrderStatus.approved, OrderStatus.delivery_blocked)


@dataclass(frozen=True, slots=True)
class LockedProduct:
    """A product some of whose goods need a key that is not there."""

    id: int
    name: str
    available: int
    """Codes that nobody has ordered; `reserved` stand in orders that are not approved yet."""
    reserved: int
    shared: bool
    """Whether what every buyer gets is among it."""
    is_removed: bool


def mark(column: Column) -> ColumnElement[bytes]:
    """Return the mark of a sealed column, word for word as the index of units has it."""
    table, name = column
    return literal_column(f"substr({table.name}.{name}, 1, {MARK_BYTES})", LargeBinary())


def is_anything(database: Database) -> bool:
    """Tell whether the database holds anything sealed, whichever release has written it. An empty one has no tables."""
    there = set(inspect(database.engine).get_table_names())
    with Session(database.engine) as session:
        found = any(_any_in(session, column) for column in SEALED if column[0].name in there)
        return found or (ShopFact.__tablename__ in there and _sealed_fact(session) is not None)


def _any_in(session: Session, column: Column) -> bool:
    table, name = column
    first = select(table.primary_key.columns[0]).where(table.c[name].is_not(None), mark(column) > UNMARKED).limit(1)
    return session.execute(first).first() is not None


def marks(session: Session) -> set[bytes]:
    """Return the mark of every key that something needs; UNMARKED where anything has no mark."""
    found = {*_marks_of_units(session)}
    for column in SEALED[1:]:
        table, name = column
        some = select(mark(column)).where(table.c[name].is_not(None)).distinct()
        found |= {bytes(one) for one in session.execute(some).scalars()}
    if fact := _sealed_fact(session):
        found.add(fact[:MARK_BYTES])
    return {one if one >= FIRST_MARK else UNMARKED for one in found}


def _marks_of_units(session: Session) -> list[bytes]:
    """Jump from one mark to the next along their index: a million units of two keys are three steps."""
    found: list[bytes] = []
    last = UNMARKED
    while True:
        further = select(mark(UNITS)).where(Unit.content.is_not(None), mark(UNITS) > last)
        one = session.execute(further.order_by(mark(UNITS)).limit(1)).scalar_one_or_none()
        if one is None:
            return found
        found.append(bytes(one))
        # Goods without a mark begin with the second in which they were sealed: one of them is enough.
        last = max(bytes(one), _BEFORE_MARKS)


_BEFORE_MARKS = bytes([FIRST_MARK[0] - 1]) + b"\xff" * MARK_BYTES


def _sealed_fact(session: Session) -> bytes | None:
    found = session.execute(select(ShopFact.value).where(ShopFact.name == FINGERPRINT_KEY)).scalar_one_or_none()
    return str(found["sealed"]).encode() if found else None


def rows(session: Session, column: Column, last: Key | None = None, *, limit: int) -> Sequence[tuple[Key, bytes]]:
    """Return a page of a sealed column by rising primary key, from behind `last` on: the key, and what is sealed."""
    table, name = column
    key = [*table.primary_key.columns]
    some = select(*key, table.c[name]).where(table.c[name].is_not(None)).order_by(*key).limit(limit)
    if last is not None:
        some = some.where(tuple_(*key) > tuple_(*last))
    return [((*row[:-1],), cast(bytes, row[-1])) for row in session.execute(some)]


def locked_products(session: Session, marks: Collection[bytes]) -> list[LockedProduct]:
    """Return the products, removed ones too, that have goods under one of these keys which nobody has bought yet."""
    counted = (
        select(Unit.product_id, Unit.status, func.count())
        .where(unit_under(marks), Unit.status.in_(UNSOLD))
        .group_by(Unit.product_id, Unit.status)
    )
    counts = {(row[0], row[1]): int(row[2]) for row in session.execute(counted)}
    shared = {*session.execute(_shared_under(marks)).scalars(), *session.execute(_files_under(marks)).scalars()}
    names = select(Product.id, Product.name, Product.is_deleted).order_by(Product.id)
    concerned = {product_id for product_id, _ in counts} | shared
    return [
        LockedProduct(
            id=product_id,
            name=name,
            available=counts.get((product_id, UnitStatus.available), 0),
            reserved=counts.get((product_id, UnitStatus.reserved), 0),
            shared=product_id in shared,
            is_removed=is_removed,
        )
        for product_id, name, is_removed in session.execute(names)
        if product_id in concerned
    ]


def unit_under(marks: Collection[bytes]) -> ColumnElement[bool]:
    """Tell whether a unit needs one of these keys: for its own content, or for the head of the file that it is.

    A rotation that was cut off may have sealed the one again and not the other.
    """
    return _unit_needs(mark(UNITS).in_(marks), mark(FILES).in_(marks))


def _unit_needs(own: ColumnElement[bool], of_file: ColumnElement[bool]) -> ColumnElement[bool]:
    head = exists().where(GoodsFile.id == Unit.file_id, of_file)
    return and_(Unit.content.is_not(None), or_(own, head))


def _shared_under(marks: Collection[bytes]) -> Select[int]:
    present = select(Product.id).join(GoodsVersion, Product.goods_version_id == GoodsVersion.id)
    return present.where(mark(VERSIONS).in_(marks))


def _files_under(marks: Collection[bytes]) -> Select[int]:
    present = select(Product.id).join(VersionFile, Product.goods_version_id == VersionFile.version_id)
    return present.join(GoodsFile, GoodsFile.id == VersionFile.file_id).where(mark(FILES).in_(marks))


def _has_file(version_id: InstrumentedAttribute[int | None], *under: ColumnElement[bool]) -> Exists:
    """Tell whether a version of goods has a file whose mark is of this kind."""
    mine = VersionFile.version_id == version_id, GoodsFile.id == VersionFile.file_id
    return exists().where(*mine, *under)


def locked_orders(session: Session, marks: Collection[bytes]) -> int:
    """Count the orders that are paid for and not delivered, and whose goods are under one of these keys."""
    units = exists().where(Unit.order_id == Order.id, unit_under(marks))
    version = exists().where(GoodsVersion.id == Order.goods_version_id, mark(VERSIONS).in_(marks))
    files = _has_file(Order.goods_version_id, mark(FILES).in_(marks))
    paid = select(func.count()).where(Order.status.in_(PAID), or_(units, version, files))
    return session.execute(paid).scalar_one()


def is_locked(session: Session, product_id: int, known: Collection[bytes]) -> bool:
    """Tell whether a product has goods to sell that need another key than those known."""
    other = _unit_needs(_is_other(UNITS, known), _is_other(FILES, known))
    units = exists().where(Unit.product_id == product_id, Unit.status.in_(UNSOLD), other)
    mine = Product.id == product_id
    version = exists().where(mine, GoodsVersion.id == Product.goods_version_id, _is_other(VERSIONS, known))
    files = exists().where(mine).where(_has_file(Product.goods_version_id, _is_other(FILES, known)))
    return bool(session.execute(select(or_(units, version, files))).scalar_one())


def _is_other(column: Column, known: Collection[bytes]) -> ColumnElement[bool]:
    return and_(mark(column).not_in(known), mark(column) >= FIRST_MARK)
