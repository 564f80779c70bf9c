"""Goes through an old file, chunk by chunk, and counts what comes in and what is odd.

What is done with a chunk is the caller's: a dry run only counts what is new of it, the import stores it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from novacore.legacy import columns as called
from novacore.legacy.columns import Columns, find_table
from novacore.legacy.old_file import OldFile, OldTable, Record, UnreadableFile
from novacore.legacy.orders import read_order
from novacore.legacy.products import Oddity, read_product
from novacore.legacy.values import as_key, as_text
from novacore.progress_bar import Bar
from novacore.workflows.upkeep.legacy_import import ANCHORS, OldOrder, OldProduct, OldShop

CHUNK: Final = 200
"""Rows of one transaction: what a kill in the middle leaves to be done again, and how long others wait."""

Take = Callable[[Sequence[OldProduct]], int]
TakeOrders = Callable[[Sequence[OldOrder]], int]
"""Does something with a chunk, and returns how many of it have not come in before."""


KEPT: Final = 10_000
"""Rows of one kind of oddity that are named; more of them are counted."""


@dataclass(slots=True)
class OddKind:
    """Rows that are odd in the same way. `named` are (id in the old file, what) of the first of them."""

    count: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class TableSurvey:
    """What was found in one table. `odd` goes by the kind of oddity and what is done about it."""

    name: str
    rows: int = 0
    new: int = 0
    there: int = 0
    left_out: int = 0
    odd_rows: int = 0
    odd: dict[tuple[str, str], OddKind] = field(default_factory=dict)
    unknown_columns: Sequence[str] = ()

    def note(self, old_id: str, found: Sequence[Oddity]) -> None:
        """Write down what is odd about a row."""
        self.odd_rows += bool(found)
        for one in found:
            kind = self.odd.setdefault((one.what.partition(":")[0], one.then), OddKind())
            kind.count += 1
            if len(kind.named) < KEPT:
                kind.named.append((old_id, one.what))


class OldShopFile:
    """An old file with its tables found. Raises UnreadableFile where there is nothing to be brought in."""

    def __init__(self, file: OldFile, currency: str) -> None:
        self._file, self._currency = file, currency
        products = find_table(file, called.PRODUCT_TABLES)
        if products is None:
            raise UnreadableFile(f"{file.path} has no table of products: it is not the database of an older NovaCore.")
        self._products, self._orders = products, find_table(file, called.ORDER_TABLES)
        self._product_columns = Columns(products, called.PRODUCT)
        if not self._product_columns.has("name") or not self._product_columns.has("price"):
            raise UnreadableFile(f"The table {products.name} of {file.path} has no names or no prices.")
        self._categories = self._read_categories()
        self._product_ids: set[str] = set()
        self._names: set[tuple[str, str]] = set()

    def total(self) -> int:
        """Count the rows that there are to read."""
        return sum(self._file.count(table) for table in (self._products, self._orders) if table)

    def identity(self) -> OldShop:
        """Return that by which this old shop is known again."""
        anchors = []
        for row in self._file.rows(self._products):
            anchors.append((self._old_id(row), as_text(self._product_columns.get(row, "name"))))
            if len(anchors) == ANCHORS:
                break
        if not anchors:  # nothing to know the shop again by: each run would bring its orders in anew
            raise UnreadableFile(f"The table {self._products.name} of {self._file.path} is empty.")
        return OldShop(self._file.path.name, anchors)

    def products(self, take: Take, bar: Bar) -> TableSurvey:
        """Go through the products."""
        survey = TableSurvey("products", unknown_columns=self._product_columns.unknown)
        for rows in _chunks(self._file.rows(self._products)):
            chunk = [*self._read_products(rows, survey)]
            _count(survey, len(rows), len(chunk), take(chunk))
            bar.advance(len(rows))
        return survey

    def _read_products(self, rows: Sequence[Record], survey: TableSurvey) -> Iterator[OldProduct]:
        for row in rows:
            product, odd = read_product(self._product_columns, row, self._currency, self._categories)
            survey.note(product.old_id, odd)
            if product.old_id in self._product_ids:
                survey.note(product.old_id, [Oddity("the id of an earlier row", "stays out")])
                continue
            self._product_ids.add(product.old_id)
            yield self._named_apart(product, survey)

    def _named_apart(self, product: OldProduct, survey: TableSurvey) -> OldProduct:
        if product.is_deleted:
            return product
        name, number = product.name, 1
        while (product.category.casefold(), name.casefold()) in self._names:
            number += 1
            name = f"{product.name[:94]} ({number})"
        self._names.add((product.category.casefold(), name.casefold()))
        if number == 1:
            return product
        survey.note(product.old_id, [Oddity("the name of an earlier product", f"gets a ({number}) behind its name")])
        return replace(product, name=name)

    def orders(self, take: TakeOrders, bar: Bar) -> TableSurvey | None:
        """Go through the orders; None where the file has none. The products have to be gone through before."""
        if self._orders is None:
            return None
        found = Columns(self._orders, called.ORDER)
        survey = TableSurvey("orders", unknown_columns=found.unknown)
        seen: set[str] = set()
        for rows in _chunks(self._file.rows(self._orders)):
            chunk = [*self._read_orders(found, rows, survey, seen)]
            _count(survey, len(rows), len(chunk), take(chunk))
            bar.advance(len(rows))
        return survey

    def _read_orders(
        self, found: Columns, rows: Sequence[Record], survey: TableSurvey, seen: set[str]
    ) -> Iterator[OldOrder]:
        for row in rows:
            order, odd = read_order(found, row, self._currency)
            old_id = order.old_id if order else as_key(found.get(row, "id")) or str(row["rowid"])
            survey.note(old_id, odd)
            if order is None:
                continue
            if old_id in seen:
                survey.note(old_id, [Oddity("the id of an earlier row", "stays out")])
                continue
            seen.add(old_id)
            if order.product_id not in self._product_ids:
                survey.note(old_id, [Oddity("its product is gone", "comes in with a removed one of that name")])
            yield order

    def _old_id(self, row: Record) -> str:
        return as_key(self._product_columns.get(row, "id")) or str(row["rowid"])

    def _read_categories(self) -> dict[str, str]:
        table: OldTable | None = find_table(self._file, called.CATEGORY_TABLES)
        if table is None:
            return {}
        found = Columns(table, called.CATEGORY)
        return {as_key(found.get(row, "id")): as_text(found.get(row, "name")) for row in self._file.rows(table)}


def _chunks(rows: Iterator[Record]) -> Iterator[Sequence[Record]]:
    while chunk := [*islice(rows, CHUNK)]:
        yield chunk


def _count(survey: TableSurvey, rows: int, read: int, new: int) -> None:
    survey.rows += rows
    survey.left_out += rows - read
    survey.new += new
    survey.there += read - new
