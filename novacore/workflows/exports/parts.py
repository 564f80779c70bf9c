"""Writes one part of an export into a file small enough for Discord. Runs in a process apart from the bot's.

It opens the database itself, reads page by page and writes to the disk, so that neither a million rows nor the bot's
interpreter is held. Called through `Offload.run` by the job; everything it is given and returns can be pickled.
"""

import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from novacore.db.engine import Database
from novacore.db.queries.reports import exports as queries
from novacore.db.queries.reports.export_fields import Span
from novacore.db.queries.reports.exports import Key
from novacore.db.unit_of_work import reading
from novacore.media.reports import tables
from novacore.media.reports.tables import Column, Row
from novacore.states import ExportFormat, ExportSubject

LIMIT: Final = 9 * 1024 * 1024
"""Bytes of a part. Discord takes 10 MiB a file; what is around the file counts as well."""

FIRST_ROWS: Final = 20_000
"""Rows of the first part, before anything is known of their size. Most exports end with it."""

MOST_ROWS: Final = 400_000
"""Rows of any part: fewer than an Excel sheet holds, and no part must take long."""

_SECONDS: Final = 10.0
"""What a part should take: proofs of payment wait for the same process."""

_FULL: Final = 0.85
"""How full a part is meant to be; rows are not all alike."""

_FOLDER: Final = "novacore-export-"
_ABANDONED_SECONDS: Final = 3600.0
"""A folder of ours that is older belongs to a process that was killed: no part takes that long."""

_WRITERS: Final[Mapping[ExportFormat, Callable[[Path, Sequence[Column], Iterator[Row], ZoneInfo], None]]] = {
    ExportFormat.csv: tables.write_csv,
    ExportFormat.parquet: tables.write_parquet,
    ExportFormat.xlsx: tables.write_xlsx,
}


@dataclass(frozen=True, slots=True)
class PartWanted:
    """Which rows, and how they are to be written. `name` is the file's, without its ending."""

    what: ExportSubject
    format: ExportFormat
    span: Span
    after: Key | None
    rows: int
    name: str
    zone: str
    is_first: bool
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Part:
    """A file that opens on its own. `last_key` is None if the part is empty."""

    file_name: str
    content: bytes = field(repr=False)
    rows: int
    last_key: Key | None
    """In a form that JSON keeps."""
    is_last: bool
    next_rows: int
    """How many rows the next part may hold."""


def write_part(url: str, wanted: PartWanted) -> Part:
    """Write as many of the wanted rows as fit, and say where the next part begins. `url` holds a password."""
    _tidy()
    with closing(Database(url, pool_size=1)) as opened, tempfile.TemporaryDirectory(prefix=_FOLDER) as folder:
        database, rows = opened.for_long_work(), min(wanted.rows, MOST_ROWS)
        while True:
            part, size = _try(database, wanted, rows, Path(folder))
            if size <= wanted.limit or part.rows <= 1:
                return part
            rows = max(1, int(part.rows * wanted.limit * _FULL / size))


def _try(database: Database, wanted: PartWanted, most: int, folder: Path) -> tuple[Part, int]:
    begun = time.monotonic()
    cut = _Cut(most)
    path = folder / f"{wanted.name}.{wanted.format}"
    columns = queries.columns(wanted.what)
    with reading(database) as session:
        pages = queries.pages(session, wanted.what, wanted.span, wanted.after, most + 1)
        _WRITERS[wanted.format](path, columns, cut.rows(pages), ZoneInfo(wanted.zone))
    if wanted.format is ExportFormat.csv and not (
        wanted.is_first and cut.is_last and path.stat().st_size <= wanted.limit
    ):
        path = _zipped(path)
    size = path.stat().st_size
    content = path.read_bytes() if size <= wanted.limit else b""
    path.unlink()
    next_rows = _next_rows(cut.count, size, time.monotonic() - begun, wanted.limit)
    last_key = queries.storable(cut.last_key) if cut.last_key else None
    return Part(path.name, content, cut.count, last_key, cut.is_last, next_rows), size


class _Cut:
    """Hands on so many rows, and remembers where it cut and whether there are more."""

    def __init__(self, most: int) -> None:
        self.most, self.count = most, 0
        self.last_key: Key | None = None
        self.is_last = True

    def rows(self, pages: Iterator[list[tuple[Key, Row]]]) -> Iterator[Row]:
        for page in pages:
            for key, row in page:
                if self.count == self.most:
                    self.is_last = False
                    return
                self.count += 1
                self.last_key = key
                yield row


def _zipped(path: Path) -> Path:
    packed = path.with_name(f"{path.name}.zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    path.unlink()
    return packed


def _next_rows(rows: int, size: int, seconds: float, limit: int) -> int:
    by_size = rows * limit * _FULL / max(size, 1)
    by_time = rows * _SECONDS / max(seconds, 0.001)
    return max(1, min(int(by_size), int(by_time), MOST_ROWS))


def _tidy() -> None:
    """Remove what killed processes have left on this machine."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
