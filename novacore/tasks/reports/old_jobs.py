"""The daily round that clears away old jobs, in turns: others have theirs in between."""

import time

from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.workflows.machine import job_kinds
from novacore.workflows.upkeep import old_jobs

TURN_SECONDS = 5.0
"""How long it goes on before a thread is given back."""


@handles(job_kinds.CLEAR_AWAY)
def clear_away(work: Work) -> str:
    """Clear away the finished jobs of orders and tickets that ended long ago, and all other old ones."""
    began = time.monotonic()

    def tick(gone: int) -> None:
        if time.monotonic() - began >= TURN_SECONDS:
            raise Postpone(f"{gone} jobs were cleared away; others have their turn in between.")

    return f"{old_jobs.clear_away(work.shop, tick)} old jobs were cleared away."
