"""Goes through an old file, chunk by chunk, and counts what comes in and what is odd.

What is done with a chunk is the caller's: a dry run only counts what is new of it, the import stores it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from novacore.legacy.columns import Columns, key_of
from novacore.legacy.fields.values import as_key, as_text
from novacore.legacy.findings import TableSurvey
from novacore.legacy.oddities import LEFT_OUT, Oddity, shown
from novacore.legacy.old_file import OldFile, OldTable, Record
from novacore.legacy.orders import OwnMethods, name_of, read_order
from novacore.legacy.products import read_product
from novacore.legacy.shelf import Shelf
from novacore.legacy.tables import OldTables
from novacore.progress_bar import Bar
from novacore.workflows.upkeep.legacy.rows import OldOrder, OldProduct, OldShop, Taken
from novacore.workflows.upkeep.legacy.sources import ANCHORS

CHUNK: Final = 200
"""Rows of one transaction: what a kill in the middle leaves to be done again, and how long others wait."""
UNITS: Final = 20_000
"""Units of one transaction, apart from those of a single product."""

Take = Callable[[Sequence[OldProduct]], Taken]
TakeOrders = Callable[[Sequence[OldOrder]], Taken]
"""Does something with a chunk, and says what became of it."""


class OldShopFile:
    """An old file with its tables found. Raises UnreadableFile where there is nothing to be brought in."""

    def __init__(self, file: OldFile, currency: str, own: OwnMethods) -> None:
        self._file, self._currency, self._own = file, currency, own
        self._tables = OldTables(file, currency)
        self._shelf = Shelf()

    def total(self) -> int:
        """Count the rows that there are to read."""
        return sum(self._file.count(table) for table in (self._tables.products, self._tables.orders) if table)

    def identity(self) -> OldShop:
        """Return that by which this old shop is known again."""
        columns = self._tables.product_columns
        first = islice(self._file.rows(self._tables.products, columns.wanted), ANCHORS)
        anchors = [(key_of(columns, row), as_text(columns.get(row, "name"))) for row in first]
        return OldShop(self._file.path.name, anchors)

    def products(self, take: Take, bar: Bar) -> TableSurvey:
        """Go through the products."""
        table, columns = self._tables.products, self._tables.product_columns
        survey = _begun("products", table, columns, self._tables.remarks)
        for rows in _chunks(self._file.rows(table, columns.wanted)):
            read = new = 0
            for batch in _batches(self._read_products(rows, survey)):
                taken = take(batch)
                _note_taken(batch, taken, survey)
                read, new = read + len(batch), new + len(taken.new)
            survey.count(len(rows), read, new)
            bar.advance(len(rows))
        return survey

    def _read_products(self, rows: Sequence[Record], survey: TableSurvey) -> Iterator[OldProduct]:
        for row in rows:
            found, odd = read_product(self._tables.product_columns, row, self._currency, self._tables.related)
            product, more = self._shelf.put(found)
            survey.note(found.old_id, found.name, [*odd, *more])
            if product is not None:
                yield product

    def orders(self, take: TakeOrders, bar: Bar) -> TableSurvey | None:
        """Go through the orders; None if the file has none. The products have to be gone through before."""
        table, columns = self._tables.orders, self._tables.order_columns
        if table is None or columns is None:
            return None
        survey = _begun("orders", table, columns, [])
        seen: set[str] = set()
        for rows in _chunks(self._file.rows(table, columns.wanted)):
            chunk = [*self._read_orders(columns, rows, survey, seen)]
            survey.count(len(rows), len(chunk), len(take(chunk).new))
            bar.advance(len(rows))
        return survey

    def _read_orders(
        self, columns: Columns, rows: Sequence[Record], survey: TableSurvey, seen: set[str]
    ) -> Iterator[OldOrder]:
        for row in rows:
            there = self._shelf.price_of, self._tables.related, self._own
            read, odd = read_order(columns, row, self._currency, *there)
            order = self._shelf.find(read) if read else None
            old_id = key_of(columns, row)
            if order and old_id in seen:
                order, odd = None, [*odd, Oddity("the id of an earlier row", LEFT_OUT)]
            elif order and not self._shelf.holds(order):
                said = f"product {shown(order.product_id)}" if order.product_id else ""
                odd = [*odd, Oddity("its product is not in the file", "comes in under a removed product", said)]
            survey.note(old_id, self._name_of(columns, row), odd)
            if order:
                seen.add(old_id)
                yield order

    def _name_of(self, columns: Columns, row: Record) -> str:
        product = name_of(columns, row, "product_name") or self._shelf.name_of(as_key(columns.get(row, "product_id")))
        return ", ".join(filter(None, (product, name_of(columns, row, "customer_name"))))


def _begun(name: str, table: OldTable, columns: Columns, remarks: list[str]) -> TableSurvey:
    return TableSurvey(
        name,
        unknown_columns=columns.unknown,
        unreadable_columns=table.unreadable,
        renamed_columns=[*columns.renamed()],
        remarks=remarks,
    )


def _note_taken(batch: Sequence[OldProduct], taken: Taken, survey: TableSurvey) -> None:
    for one in batch:
        survey.on_sale += one.old_id in taken.new and one.is_on_sale and not one.is_deleted
        if count := taken.repeated.get(one.old_id):
            what = "codes that are in this shop already, or were sold here"
            survey.note(one.old_id, one.name, [Oddity(what, "are left out", f"{count:,} of {len(one.codes):,}")])


def _chunks(rows: Iterator[Record]) -> Iterator[Sequence[Record]]:
    while chunk := [*islice(rows, CHUNK)]:
        yield chunk


def _batches(products: Iterator[OldProduct]) -> Iterator[Sequence[OldProduct]]:
    """Put products together as long as their units are few enough for one transaction."""
    batch: list[OldProduct] = []
    units = 0
    for one in products:
        size = len(one.codes) + one.stock
        if batch and units + size > UNITS:
            yield batch
            batch, units = [], 0
        batch.append(one)
        units += size
    if batch:
        yield batch
