"""The daily round that clears away old jobs, in turns: others have theirs in between."""

import time

from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.upkeep import old_jobs

TURN_SECONDS = 5.0
"""How long it goes on before a thread is given back."""


@handles(JobName.clear_away)
def clear_away(work: Work) -> str:
    """Clear away the finished jobs of orders and tickets that ended long ago, and all other old ones."""
    began = time.monotonic()

    def tick(gone: int) -> None:
        if time.monotonic() - began >= TURN_SECONDS:
            raise Postpone(f"{gone} jobs were cleared away; others have their turn in between.")

    return f"{old_jobs.clear_away(work.shop, tick)} old jobs were cleared away."
