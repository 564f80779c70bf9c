"""The guard and the effect of every arrow that asks for a reason."""

from typing import Any

from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.typed_text import REASON_LIMIT, check_reason, storable


def require_reason(move: Move[Any]) -> None:
    """A decision that the customer reads needs a reason. So does what the shop itself can't do for them."""
    check_reason(move.given.reason or "", "the customer will read it")


def keep_reason(move: Move[Any]) -> None:
    """Keep the sentence on the subject and in its event."""
    reason = storable(move.given.reason or "")[:REASON_LIMIT]
    move.changes["reason"] = reason or None
    if reason:
        move.detail["reason"] = reason
