"""Finds the tables of an old file that hold its products, its orders and the names of its categories."""

from collections.abc import Iterator, Sequence
from typing import Final

from novacore.legacy import columns as called
from novacore.legacy.columns import Columns, plain
from novacore.legacy.old_file import OldFile, OldTable, UnreadableFile
from novacore.legacy.values import as_key, as_text

_SHOWN: Final = 20


class OldTables:
    """The tables of a file that are read. Raises UnreadableFile where there are no products to be read."""

    def __init__(self, file: OldFile, currency: str) -> None:
        self.file = file
        self.remarks: list[str] = []
        if file.fault:
            self.remarks.append(f"The file's own list of tables has a fault ({file.fault}). The others are read.")
        self.products = self._products(currency)
        self.product_columns = Columns(self.products, called.PRODUCT, currency)
        found = [*self._found(called.ORDER_TABLES)]
        self.orders = next((one for one in found if file.count(one)), next(iter(found), None))
        self.order_columns = Columns(self.orders, called.ORDER, currency) if self.orders else None
        self.categories = self._read_categories()
        self._remark_on_others()

    def _products(self, currency: str) -> OldTable:
        found = [*self._found(called.PRODUCT_TABLES)]
        if not found:
            why = f" {self.remarks[0]}" if self.remarks else ""
            raise UnreadableFile(
                f"{self.file.path} has no table of products: it is not the database of an older NovaCore.{why}"
            )
        usable = [one for one in found if _has_prices(Columns(one, called.PRODUCT, currency))]
        if not usable:
            raise UnreadableFile(f"The table {found[0].name} of {self.file.path} has no names or no prices.")
        filled = next((one for one in usable if self.file.count(one)), None)
        if filled is None:  # nothing to know the shop again by: each run would bring its orders in once more
            raise UnreadableFile(f"The table {usable[0].name} of {self.file.path} is empty.")
        return filled

    def _found(self, names: Sequence[str]) -> Iterator[OldTable]:
        """Go through the tables of these names; one that SQLite can't read is remarked on and passed over."""
        by_name = {plain(one): one for one in reversed([*self.file.names])}
        for name in names:
            if name in by_name:
                try:
                    yield self.file.table(by_name[name])
                except UnreadableFile as fault:
                    self.remarks.append(f"The table {by_name[name]} can't be read and is left out. {fault}")

    def _read_categories(self) -> dict[str, str]:
        table = next(self._found(called.CATEGORY_TABLES), None)
        if table is None:
            return {}
        found = Columns(table, called.CATEGORY)
        rows = self.file.rows(table, found.wanted)
        try:
            return {as_key(found.get(row, "id")): as_text(found.get(row, "name")) for row in rows}
        except UnreadableFile as fault:
            self.remarks.append(f"The table {table.name} can't be read and is left out. {fault}")
            return {}

    def _remark_on_others(self) -> None:
        read = {self.products.name, self.orders.name if self.orders else ""}
        skipped = {plain(one) for one in called.CATEGORY_TABLES}
        others = [name for name in self.file.names.values() if name not in read and plain(name) not in skipped]
        if others:
            more = f" and {len(others) - _SHOWN:,} more" if len(others) > _SHOWN else ""
            self.remarks.append(f"Tables that don't come in: {', '.join(others[:_SHOWN])}{more}.")


def _has_prices(columns: Columns) -> bool:
    return columns.has("name") and columns.has("price")
