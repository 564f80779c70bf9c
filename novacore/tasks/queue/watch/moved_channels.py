"""Notices at a start that one of the shop's channels was replaced, and tries again the jobs that died without it.

Called by whoever does jobs, before the first of them: the shop in one process, and each worker.
"""

import logging
from collections.abc import Iterator
from typing import Any, Final

from novacore.db.trouble import reason_of
from novacore.db.unit_of_work import Transaction, writing
from novacore.discord_facts import error_codes
from novacore.errors import Unavailable
from novacore.plurals import counted
from novacore.tasks.queue.retry import REFUSED_FOR_GOOD
from novacore.workflows.machine import facts
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep import retries

_FOR_WANT_OF_IT: Final = [REFUSED_FOR_GOOD[code] for code in (error_codes.UNKNOWN_CHANNEL, error_codes.MISSING_ACCESS)]

_SETTINGS: Final = sorted({setting for kind in KINDS.values() for setting in kind.speaks_in})

log = logging.getLogger(__name__)


def notice(shop: Shop) -> int:
    """Note the channels of this start, queue the jobs again that died without a replaced one, and return how many.

    At the very first start there is nothing to compare with. If several processes start at once, one of them does it.
    If the database can't do it now, the next start does: nothing is raised, for no start should fail because of it.
    """
    now = {setting: getattr(shop.places, setting) for setting in _SETTINGS}
    try:
        with writing(shop.database) as tx:
            revived = _compare(tx, now)
    except Unavailable as error:
        log.warning("Whether a channel was replaced is looked at again at the next start: %s", reason_of(error))
        return 0
    if revived:
        log.info("The shop's channels have changed: %s tried again.", counted(revived, "dead job is", "dead jobs are"))
    return revived


def _compare(tx: Transaction, now: dict[str, Any]) -> int:
    fact = facts.locked(tx, facts.CHANNELS, now)
    before = fact.value
    changed = {setting for setting in now if setting in before and before[setting] != now[setting]}
    if before != now:
        fact.value, fact.at = now, tx.now
        tx.session.flush()
    return retries.revive(tx, [*_speaking_in(changed)], _FOR_WANT_OF_IT) if changed else 0


def _speaking_in(changed: set[str]) -> Iterator[JobName]:
    return (name for name, kind in KINDS.items() if changed & {*kind.speaks_in})
