"""The shop's panel follows the catalogue and the stock. Every command that changes what it may show calls `touch`."""

from datetime import timedelta
from typing import Final

from novacore.db.unit_of_work import Transaction
from novacore.workflows.machine import job_kinds, jobs

NAME: Final = "shop"
"""The panel's name among the cards, and the subject of its job."""

REST: Final = timedelta(seconds=4)
"""How long changes are gathered for one edit: Discord takes about five edits of a message in five seconds."""


def touch(tx: Transaction) -> None:
    """Let the panel be shown again in a few seconds. However many changes come until then, they are one edit."""
    due_at = tx.now + REST
    jobs.enqueue(tx, [job_kinds.REFRESH_PANEL.about("panel", NAME, due_at=due_at)])
