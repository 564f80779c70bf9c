"""When the books are checked: every night at four by the shop's own clock, or an hour after its next start."""

from datetime import timedelta
from typing import Final

from novacore import clock
from novacore.workflows.machine import facts, job_kinds
from novacore.workflows.machine.shop import Shop

SCOPE: Final = "books"
"""What `told_findings` remembers the findings of this check under, and the subject of its message."""

_FACT: Final = "books_checked"
_ASKED_FOR: Final = timedelta(hours=3)
"""After midnight: a shop that is open all day has least to do then."""

_RUNS: Final = timedelta(hours=1)
"""Later: what came due while the shop was closed is done by then, and late no more."""


def queue_daily(shop: Shop) -> bool:
    """Queue the check of the night, from the second day on; tells whether it did. The sweep calls this."""
    now = clock.now()
    tonight = (now - _ASKED_FOR).astimezone(shop.terms.zone).date()
    wanted = job_kinds.CHECK_BOOKS.about("shop", SCOPE, due_at=now + _RUNS)
    return facts.queue_daily(shop, _FACT, tonight, wanted, "books")
