"""Statements are read in the child process that opens what strangers send: the bot's own door to it."""

import logging

from novacore.errors import BadInput, Busy
from novacore.tasks.queue.offload.offload import Offload, OffloadFailed, OffloadStopped
from novacore.workflows.payments.statements.read import read
from novacore.workflows.payments.statements.statement import Statement

_UNREADABLE = "That file can't be read here. Please choose a shorter period and upload that."
_NOT_NOW = "I can't read files right now. Please upload it again in a minute."

log = logging.getLogger(__name__)


def read_elsewhere(child: Offload, content: bytes, addresses: frozenset[str]) -> Statement:
    """Read a statement as `read` does. Raises BadInput, and Busy at a stop: whatever goes wrong is a sentence."""
    try:
        return child.run(read, content, addresses)
    except OffloadFailed as fault:
        log.warning("A statement could not be read: %s", fault)
        raise BadInput(_UNREADABLE) from None
    except (OffloadStopped, OSError) as fault:
        log.warning("No process could be had for a statement: %s", fault)
        raise Busy(_NOT_NOW) from None
