"""Who stands behind a press."""

from enum import StrEnum


class ActorKind(StrEnum):
    """Who stands behind a press, as the event log tells it."""

    customer = "customer"
    staff = "staff"
    owner = "owner"
    system = "system"
