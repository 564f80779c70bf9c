"""Opens the SQLite file of an older bot without changing a byte of it, even while that bot still runs."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from novacore.errors import NovaCoreError

Record = Mapping[str, Any]
"""A row by the names of its columns, in small letters."""

_MAGIC: Final = b"SQLite format 3\0"
_WAL: Final = 2
"""What bytes 18 and 19 of the header say where the file is written to through a log beside it."""
_WAIT_SECONDS: Final = 5.0


class UnreadableFile(NovaCoreError):
    """The file can't be read; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class OldTable:
    """A table of the file, and its columns in small letters."""

    name: str
    columns: Sequence[str]
    has_rowid: bool


class OldFile:
    """An open file of an older bot."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self.tables = self._read_tables()

    def _read_tables(self) -> dict[str, OldTable]:
        listed = self._ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name.lower(): self._table(name) for (name,) in listed}

    def _table(self, name: str) -> OldTable:
        columns = [str(row[1]).lower() for row in self._ask(f"PRAGMA table_info({_quoted(name)})")]
        has_rowid = not any(row[4] for row in self._ask("PRAGMA table_list") if row[1] == name)
        return OldTable(name, columns, has_rowid and "rowid" not in columns)

    def count(self, table: OldTable) -> int:
        """Count the rows of a table."""
        return int(self._ask(f"SELECT count(*) FROM {_quoted(table.name)}")[0][0])  # noqa: S608 - quoted

    def rows(self, table: OldTable) -> Iterator[Record]:
        """Go through a table in the order in which it was written. A row has its `rowid`, or its number from 1."""
        what = "rowid, *" if table.has_rowid else "row_number() OVER (), *"
        order = " ORDER BY rowid" if table.has_rowid else ""
        statement = f"SELECT {what} FROM {_quoted(table.name)}{order}"  # noqa: S608 - quoted
        try:
            for row in self._connection.execute(statement):
                yield {"rowid": row[0], **dict(zip(table.columns, row[1:], strict=True))}
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from None

    def _ask(self, statement: str) -> list[Any]:
        try:
            return self._connection.execute(statement).fetchall()
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from None


@contextmanager
def open_old(path: Path) -> Iterator[OldFile]:
    """Open the file for reading alone. Raises UnreadableFile."""
    header = _header(path)
    with _readable(path, header) as (file, flags):
        try:
            uri = f"file:{quote(str(file.resolve()))}?{flags}"
            connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise _unreadable(path, error) from None
        with closing(connection):
            # A text that is no UTF-8 is still a name that somebody can recognise.
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            try:
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite3.Error as error:
                raise _unreadable(path, error) from None
            yield OldFile(path, connection)


def _header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise UnreadableFile(f"{path} is a folder. Name the old bot's database file in it.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} can't be read: {error.strerror}.") from None
    if not header:
        raise UnreadableFile(f"{path} is empty.")
    if not header.startswith(_MAGIC):
        raise UnreadableFile(
            f"{path} is not a SQLite file, or it is encrypted. Name the file that the old bot had in DATABASE_PATH."
        )
    return header


@contextmanager
def _readable(path: Path, header: bytes) -> Iterator[tuple[Path, str]]:
    """Give the file to read and SQLite's flags: the file itself, or a copy where SQLite would write beside it."""
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    unfinished = [one for one in beside if one.exists() and one.stat().st_size]
    if unfinished:
        # Its last changes are in a file of their own, and SQLite would put them in their place. In a copy it may.
        with _copied(path, unfinished) as copy:
            yield copy, "mode=rw"
    elif len(header) > 19 and header[18] == _WAL:
        yield path, "mode=ro&immutable=1"
    else:
        yield path, "mode=ro"


@contextmanager
def _copied(path: Path, beside: Sequence[Path]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="novacore-legacy-") as folder:
        needed, free = sum(one.stat().st_size for one in (path, *beside)), shutil.disk_usage(folder).free
        if needed > free:
            raise UnreadableFile(
                f"The old bot still has {path} open. Stop it and try again: there is no room in {folder} for a copy."
            )
        try:
            seen = _stamps(path, *beside)
            for one in (path, *beside):
                shutil.copyfile(one, Path(folder) / one.name)
            is_torn = _stamps(path, *beside) != seen
        except OSError as error:
            raise UnreadableFile(f"{path} can't be read: {error.strerror}.") from None
        if is_torn:
            raise UnreadableFile(f"The old bot is writing to {path} at this moment. Stop it and try again.")
        yield Path(folder) / path.name


def _stamps(*paths: Path) -> list[tuple[int, int]]:
    return [(found.st_size, found.st_mtime_ns) for found in (path.stat() for path in paths)]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _unreadable(path: Path, error: sqlite3.Error) -> UnreadableFile:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreadableFile(f"{path} is locked: the old bot is writing to it. Stop the old bot and try again.")
    if code is not None and code & 0xFF == sqlite3.SQLITE_NOTADB:
        return UnreadableFile(f"{path} is not a SQLite file, or it is encrypted.")
    return UnreadableFile(
        f"{path} is damaged ({error}). Take a backup of it, or save what can be saved with `sqlite3 {path.name} "
        '".recover" | sqlite3 saved.db`, and bring that in.'
    )
