"""What people typed, made fit to be stored: reasons, and any text that PostgreSQL would refuse as it is."""

from novacore.errors import BadInput

REASON_LIMIT = 500
"""Characters of a reason: it has to fit into a card and a message beside everything else."""


def check_reason(text: str, why: str) -> str:
    """Return a reason as it can be stored. Raises BadInput for none (`why` says what for) and for too long."""
    reason = storable(text)
    if not reason:
        raise BadInput(f"Please give a reason; {why}.")
    if len(reason) > REASON_LIMIT:
        raise BadInput(f"Please keep the reason under {REASON_LIMIT} characters; it has {len(reason)}.")
    return reason


def storable(text: str) -> str:
    """Leave out what PostgreSQL does not take: the character zero, and halves of a character."""
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()
