"""Opens the SQLite file of an older bot without changing a byte of it, even while that bot still runs."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from novacore.legacy.old_file import OldFile, UnreadableFile, unreadable

_MAGIC: Final = b"SQLite format 3\0"
_OTHERS: Final = (
    (b"PK\x03\x04", "is a ZIP archive. Unpack it and name the database file in it."),
    (b"\x1f\x8b", "is packed with gzip. Unpack it (`gunzip`) and name what comes out."),
    (b"7z\xbc\xaf", "is a 7-Zip archive. Unpack it and name the database file in it."),
    (b"Rar!", "is a RAR archive. Unpack it and name the database file in it."),
    (b"\x37\x7f\x06", "is the log of a database, not the database. Name the file without -wal at its end."),
    (b"\xd9\xd5\x05\xf9", "is the journal of a database, not the database. Name the file without -journal at its end."),
    (b"** This file contains an SQLite 2", "is a file of SQLite 2. Turn it into one of SQLite 3 first."),
)
"""What people name instead, by its first bytes."""
_DUMP: Final = (b"CREATE TABLE", b"BEGIN TRANSACTION", b"PRAGMA foreign_keys")
_WAL: Final = 2
"""What bytes 18 and 19 of the header say where the file is written to through a log next to it."""
_WAIT_SECONDS: Final = 5.0


@contextmanager
def open_old(path: Path) -> Iterator[OldFile]:
    """Open the file for reading alone. Raises UnreadableFile."""
    header = _header(path)
    with _readable(path, header) as (file, flags):
        try:
            uri = f"{file.resolve().as_uri()}?{flags}"
            connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise unreadable(path, error) from None
        with closing(connection):
            # A text that isn't UTF-8 is still a name that someone can recognise.
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            fault = _begin(path, connection)
            yield OldFile(path, connection, fault)


def _begin(path: Path, connection: sqlite3.Connection) -> str:
    """Begin to read, and return what is wrong with the file's own list of tables, where only parts of it are."""
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN")
        fault = _fault(connection)
        if "unsafe use of json" in fault:  # several releases of SQLite take their own for unsafe
            connection.execute("PRAGMA trusted_schema = ON")
            fault = _fault(connection)
        if fault:
            # Nothing is written: with this SQLite goes past the entries that it can't read.
            connection.execute("PRAGMA writable_schema = ON")
    except sqlite3.Error as error:
        raise unreadable(path, error) from None
    return fault


def _fault(connection: sqlite3.Connection) -> str:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        if not str(error).startswith("malformed database schema"):
            raise
        return str(error)
    return ""


def _header(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise UnreadableFile(f"{path} is not a file. Name the database file of the old bot.")
        with path.open("rb") as file:
            header = file.read(1000)
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise UnreadableFile(f"{path} is a folder. Name the old bot's database file in it.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} can't be read: {error.strerror}.") from None
    if not header:
        raise UnreadableFile(f"{path} is empty.")
    if not header.startswith(_MAGIC):
        raise UnreadableFile(f"{path} {_what_it_is(header)}")
    return header


def _what_it_is(header: bytes) -> str:
    for begins, what in _OTHERS:
        if header.startswith(begins):
            return what
    if any(statement.lower() in header.lower() for statement in _DUMP):
        return "is a dump in SQL. Make a database of it with `sqlite3 old.db < dump.sql`, and name old.db."
    return "is not a SQLite file, or it is encrypted. Name the file that the old bot had in DATABASE_PATH."


@contextmanager
def _readable(path: Path, header: bytes) -> Iterator[tuple[Path, str]]:
    """Give the file to read and SQLite's flags: the file itself, or a copy where SQLite would write next to it."""
    next_to = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    unfinished = [one for one in next_to if one.exists() and one.stat().st_size]
    if unfinished:
        # Its last changes are in a file of their own, and SQLite would put them in their place. In a copy it may.
        with _copied(path, unfinished) as copy:
            yield copy, "mode=rw"
    elif len(header) > 19 and header[18] == _WAL:
        yield path, "mode=ro&immutable=1"
    else:
        yield path, "mode=ro"


@contextmanager
def _copied(path: Path, logs: Sequence[Path]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="novacore-legacy-") as folder:
        needed, free = sum(one.stat().st_size for one in (path, *logs)), shutil.disk_usage(folder).free
        if needed > free:
            raise UnreadableFile(
                f"The old bot still has {path} open. Stop it and try again: there is no room in {folder} for a copy."
            )
        try:
            seen = _stamps(path, *logs)
            for one in (path, *logs):
                shutil.copyfile(one, Path(folder) / one.name)
            is_torn = _stamps(path, *logs) != seen
        except OSError as error:
            raise UnreadableFile(f"{path} can't be read: {error.strerror}.") from None
        if is_torn:
            raise UnreadableFile(f"The old bot is writing to {path} at this moment. Stop it and try again.")
        yield Path(folder) / path.name


def _stamps(*paths: Path) -> list[tuple[int, int]]:
    return [(found.st_size, found.st_mtime_ns) for found in (path.stat() for path in paths)]
