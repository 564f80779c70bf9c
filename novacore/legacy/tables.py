"""Finds the tables of an old file that hold its products, its orders, and the names and ids that these refer to."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from novacore.legacy import columns as called
from novacore.legacy.columns import Columns, is_called
from novacore.legacy.fields.values import as_key, as_text, read_person
from novacore.legacy.old_file import OldFile, OldTable, Record, UnreadableFile

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Related:
    """What the rows of products and orders refer to in other tables."""

    categories: Mapping[str, str] = field(default_factory=dict)
    """Names of categories by their ids."""
    people: Mapping[str, int] = field(default_factory=dict)
    """Discord ids of customers by the numbers that the old bot gave them."""
    stocked: Mapping[str, str] = field(default_factory=dict)
    """Tables in which goods of products may be, by the id or name of the product in small letters."""


class OldTables:
    """The tables of a file that are read. Raises UnreadableFile where there are no products to be read."""

    def __init__(self, file: OldFile, currency: str) -> None:
        self.file = file
        self.remarks: list[str] = []
        if file.fault:
            self.remarks.append(
                f"The file's own list of tables is damaged ({file.fault}). The tables that can still be read are used."
            )
        self.products = self._products(currency)
        self.product_columns = Columns(self.products, called.PRODUCT, currency)
        found = [*self._found(called.ORDER_TABLES)]
        self.orders = next((one for one in found if file.count(one)), next(iter(found), None))
        self.order_columns = Columns(self.orders, called.ORDER, currency) if self.orders else None
        self.related = Related(self._read_categories(), self._read_people(), self._read_stocked())
        self._remark_on_others()

    def _products(self, currency: str) -> OldTable:
        found = [*self._found(called.PRODUCT_TABLES)]
        if not found:
            there = f" Its tables are: {_listed([*self.file.names.values()])}." if self.file.names else ""
            raise UnreadableFile(" ".join([f"{self.file.path} has no table of products.{there}", *self.remarks]))
        usable = [one for one in found if _has_prices(Columns(one, called.PRODUCT, currency))]
        if not usable:
            raise UnreadableFile(
                f"The table {found[0].name} of {self.file.path} has no column with the names of its products, or none "
                f"with their prices. Its columns are: {_listed([*found[0].columns.values()])}."
            )
        filled = next((one for one in usable if self.file.count(one)), None)
        if filled is None:  # nothing to know the shop again by: each run would bring its orders in once more
            raise UnreadableFile(f"The table {usable[0].name} of {self.file.path} is empty.")
        return filled

    def _found(self, names: Sequence[str]) -> Iterator[OldTable]:
        """Go through the tables of these names; one that SQLite can't read is remarked on and passed over."""
        for wanted in names:
            for name in [one for one in self.file.names if is_called(one, wanted)][:1]:
                try:
                    yield self.file.table(name)
                except UnreadableFile as fault:
                    self.remarks.append(f"The table {name} can't be read and is left out. {fault}")

    def _read_categories(self) -> dict[str, str]:
        table = next(self._found(called.CATEGORY_TABLES), None)
        if table is None:
            return {}
        found = Columns(table, called.CATEGORY)
        return {as_key(found.get(row, "id")): as_text(found.get(row, "name")) for row in self._rows(table, found)}

    def _read_people(self) -> dict[str, int]:
        table = next(self._found(called.PEOPLE_TABLES), None)
        found = Columns(table, called.PERSON) if table else None
        if table is None or found is None or not (found.has("id") and found.has("discord_id")):
            return {}
        people: dict[str, int] = {}
        for row in self._rows(table, found):
            person, slip = read_person(found.get(row, "discord_id"))
            if person and not slip:
                people[as_key(found.get(row, "id"))] = person
        if people and self.orders:
            self.remarks.append(f"Discord ids of customers are read from the table {table.name}.")
        return people

    def _read_stocked(self) -> dict[str, str]:
        stocked: dict[str, str] = {}
        read = {self.products.name, self.orders.name if self.orders else ""}
        for name in [one for one, spelled in self.file.names.items() if spelled not in read]:
            with suppress(UnreadableFile):  # what can't be read is named among those that don't come in
                table = self.file.table(name)
                found = Columns(table, called.STOCKED)
                if found.has("product") and found.has("goods"):
                    rows = self.file.rows(table, [found.called("product")])
                    stocked |= {as_key(found.get(row, "product")).casefold(): table.name for row in rows}
        return stocked

    def _rows(self, table: OldTable, columns: Columns) -> Iterator[Record]:
        try:
            yield from self.file.rows(table, columns.wanted)
        except UnreadableFile as fault:
            self.remarks.append(f"The table {table.name} can't be read and is left out. {fault}")

    def _remark_on_others(self) -> None:
        read = {self.products.name, self.orders.name if self.orders else ""}
        skipped = [*called.CATEGORY_TABLES, *(called.PEOPLE_TABLES if self.related.people else ())]
        others = [name for name in self.file.names.values() if name not in read and not is_called(name, *skipped)]
        if others:
            self.remarks.append(f"Tables that don't come in: {_listed(others)}.")
        views = [one for one in self.file.views if is_called(one, *called.PRODUCT_TABLES, *called.ORDER_TABLES)]
        if views:
            self.remarks.append(f"Views don't come in, only tables: {_listed(views)}.")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _has_prices(columns: Columns) -> bool:
    return columns.has("name") and columns.has("price")
