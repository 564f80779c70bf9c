"""The life of a job, of one try of it, and of one message that it sends."""

from enum import StrEnum


class JobState(StrEnum):
    """The life of a job row. `withdrawn` is a timer that was called off."""

    queued = "queued"
    running = "running"
    done = "done"
    dead = "dead"
    withdrawn = "withdrawn"


class AttemptOutcome(StrEnum):
    """How one try of a job ended."""

    running = "running"
    done = "done"
    postponed = "postponed"
    """Its handler wanted to be run again later; no error."""
    later = "later"
    never = "never"
    bug = "bug"
    killed = "killed"
    """Cut off in the middle: nobody knows how far it got."""
    stopped = "stopped"
    """Cut off as well, but by a stop of the shop: the job is not to blame."""


class SendState(StrEnum):
    """What is known of one outward message: begun and not yet sent means that its outcome is unknown."""

    begun = "begun"
    sent = "sent"
    abandoned = "abandoned"
