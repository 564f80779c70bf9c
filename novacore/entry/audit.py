"""`novacore audit`: opens the database to read it, and answers every question of the books check. Called by `verbs`."""

import sys
from collections.abc import Sequence
from contextlib import closing

from novacore.db import schema
from novacore.db.engine import Database
from novacore.doctor import books
from novacore.doctor.books import Answer
from novacore.errors import NovaCoreError
from novacore.messages.kit.progress import bar
from novacore.settings import Settings


def audit(settings: Settings) -> Sequence[Answer]:
    """Look at everything; takes a minute or two with a million orders, with a bar on a terminal.

    Raises NovaCoreError where there is no database yet, SchemaMismatch for one of another release, and Unavailable.
    """
    if settings.postgres_url is None and not settings.database_path.exists():
        raise NovaCoreError("There is no database yet, so there are no books to check. `novacore run` makes it.")
    with closing(Database(settings.database_url.render_as_string(hide_password=False), pool_size=1)) as database:
        schema.require_current(database)
        found = []
        for answer in books.audit(books.Books(database, settings.timezone)):
            found.append(answer)
            _show(len(found))
    return found


def _show(done: int) -> None:
    """Say how far it is, on a line of its own that the next one writes over; nothing where nobody watches."""
    if sys.stderr is None or not sys.stderr.isatty():
        return
    far, end = bar(done, len(books.CHECKS)), "\r\033[K" if done == len(books.CHECKS) else ""
    sys.stderr.write(f"\r{far} {done} of {len(books.CHECKS)} checks{end}")
    sys.stderr.flush()
