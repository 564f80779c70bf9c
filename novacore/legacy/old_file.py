"""What is in the SQLite file of an older bot: its tables, their columns, their rows. `opening` opens it.

Only what is needed is looked at: a table whose module is missing, a broken view or a column that calls an unknown
function stands in nobody's way until it is asked for.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from novacore.errors import NovaCoreError

Record = Mapping[str, Any]
"""A row by the names of its columns, in small letters. `rowid` is what tells it from the others of its table."""

_HIDDEN: Final = 1
"""What `table_xinfo` says of columns of virtual tables that aren't part of a row. Generated ones are 2 and 3."""


class UnreadableFile(NovaCoreError):
    """The file can't be read; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class OldTable:
    """A table of the file. `columns` are in small letters, with the spelling that SQLite knows them by."""

    name: str
    columns: Mapping[str, str]
    unreadable: Sequence[str]
    """Columns that can't be asked for, such as generated ones that call a function of the old bot's program."""
    key: Sequence[str]
    """The primary key of a table without rowids; empty for all others."""

    @property
    def has_rowid(self) -> bool:
        """Tell whether SQLite numbers the rows."""
        return not self.key and "rowid" not in self.columns


class OldFile:
    """An open file of an older bot."""

    def __init__(self, path: Path, connection: sqlite3.Connection, fault: str = "") -> None:
        self.path = path
        self.fault = fault
        """What is wrong with the file's own list of tables; empty as a rule."""
        self._connection = connection
        listed = self._ask(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        self.names: Mapping[str, str] = {name.lower(): name for (name,) in listed}
        """The tables of the file, by their names in small letters."""
        self.views = [name for (name,) in self._ask("SELECT name FROM sqlite_master WHERE type = 'view'")]

    def table(self, name: str) -> OldTable:
        """Look at a table. Raises UnreadableFile where SQLite can't, and KeyError for one that isn't there."""
        spelled = self.names[name]
        rows = [row for row in self._ask(f"PRAGMA table_xinfo({quoted(spelled)})") if row[6] != _HIDDEN]
        if not rows:
            raise UnreadableFile("SQLite doesn't understand how it was made.")
        columns = {str(row[1]).lower(): str(row[1]) for row in rows}
        broken = [one for one in columns if not self._can_ask(spelled, quoted(columns[one]))]
        key = [] if self._can_ask(spelled, "rowid") else [str(row[1]).lower() for row in rows if row[5]]
        return OldTable(spelled, {one: columns[one] for one in columns if one not in broken}, broken, key)

    def count(self, table: OldTable) -> int:
        """Count the rows of a table, without its indexes: one may need a collation that only the old bot has."""
        return int(self._ask(f"SELECT count(*) FROM {quoted(table.name)} NOT INDEXED")[0][0])  # noqa: S608 - quoted

    def rows(self, table: OldTable, columns: Sequence[str]) -> Iterator[Record]:
        """Go through these columns of a table in the order in which it was written."""
        number = "rowid" if table.has_rowid else "row_number() OVER ()"
        order = " ORDER BY rowid" if table.has_rowid else ""
        wanted = [*dict.fromkeys([*columns, *table.key])]
        what = ", ".join([number, *(quoted(table.columns[one]) for one in wanted)])
        statement = f"SELECT {what} FROM {quoted(table.name)}{order}"  # noqa: S608 - quoted
        try:
            for row in self._connection.execute(statement):
                found = dict(zip(wanted, row[1:], strict=True))
                key = "/".join(str(found[one]) for one in table.key)
                yield {**found, "rowid": key or row[0]}
        except sqlite3.Error as error:
            raise unreadable(self.path, error) from None

    def _can_ask(self, table: str, column: str) -> bool:
        try:
            self._connection.execute(f"SELECT {column} FROM {quoted(table)} LIMIT 0")  # noqa: S608 - quoted
        except sqlite3.Error:
            return False
        return True

    def _ask(self, statement: str) -> list[Any]:
        try:
            return self._connection.execute(statement).fetchall()
        except sqlite3.Error as error:
            raise unreadable(self.path, error) from None


def quoted(name: str) -> str:
    """Return the name of a table or column as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def unreadable(path: Path, error: sqlite3.Error) -> UnreadableFile:
    """Say what an error of SQLite means for the owner."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreadableFile(f"{path} is locked: the old bot is writing to it. Stop the old bot and try again.")
    if code == sqlite3.SQLITE_NOTADB:
        return UnreadableFile(f"{path} is not a SQLite file, or it is encrypted.")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return UnreadableFile(f"{path} can't be opened ({error}). Copy it to a folder of yours and name that copy.")
    if code == sqlite3.SQLITE_ERROR:
        return UnreadableFile(f"{path} can't be read: {error}.")
    return UnreadableFile(
        f"{path} is damaged ({error}). Take a backup of it, or save what can be saved with `sqlite3 {path.name} "
        '".recover" | sqlite3 saved.db`, and bring that in.'
    )
