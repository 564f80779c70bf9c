"""Looks for the signs of other workers from the first moment of a process, while it loads what it works with.

A death is believed in after some seconds, and a worker that starts on a busy machine takes as long before it can ask:
so both go on at once. Only on PostgreSQL; on SQLite a death is seen without waiting.
"""

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore.db.engine import Database
from novacore.db.signs.session_sign import BETWEEN_LOOKS, missing
from novacore.db.trouble import reason_of
from novacore.db.unit_of_work import reading
from novacore.errors import Unavailable

MOST_SECONDS: Final = 60.0
"""How long it looks for whom nobody has asked about: far longer than a start takes."""

_STOP_SECONDS: Final = 5.0

_NAMES: Final = text("SELECT DISTINCT held_by FROM jobs WHERE held_by IS NOT NULL")
"""In words, for the models are among what is still being loaded."""

log = logging.getLogger(__name__)


class EarlyLook:
    """Begins when it is made, in a thread and with a connection of its own; ends by itself, or by `end`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._since: Mapping[str, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="early look", daemon=True)
        if make_url(url).get_backend_name() != "sqlite":
            self._thread.start()

    def away_since(self) -> Mapping[str, float]:
        """Return the signs that were missing at every look, and since when: on this machine's monotonic clock.

        Only while it goes on: what was missing an hour ago may have come and gone since.
        """
        return self._since if self._thread.is_alive() else {}

    def end(self) -> None:
        """Look no more, and close the connection. Before a fork, or when whoever asks looks for themselves."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            with closing(Database(self._url, pool_size=1)) as database:
                self._look(database)
        except (Unavailable, DBAPIError, PoolTimeoutError) as error:
            log.debug("Nobody can be looked for yet: %s", reason_of(error))

    def _look(self, database: Database) -> None:
        away, begun = missing(database, _names(database)), time.monotonic()
        while away:
            self._since = dict.fromkeys(away, begun)
            if self._stopped.wait(BETWEEN_LOOKS) or time.monotonic() > begun + MOST_SECONDS:
                return
            away = missing(database, away & _names(database))


def _names(database: Database) -> set[str]:
    """Return the signs under which something is held: once it is taken back, nobody needs to be looked for."""
    with reading(database) as session:
        return {*session.execute(_NAMES).scalars()}
