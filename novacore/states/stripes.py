"""What the colour of a card's stripe says. `messages.kit.colours` has the colours themselves."""

from enum import StrEnum


class Stripe(StrEnum):
    """The meaning of a stripe."""

    waiting = "waiting"
    """The customer has to do something."""
    checking = "checking"
    """Staff have to look at it."""
    confirmed = "confirmed"
    """The money is there."""
    done = "done"
    """All went well, and it is over."""
    warning = "warning"
    """Something needs a person's attention."""
    fault = "fault"
    """Something went wrong, or was turned down."""
    ended = "ended"
    """It is over, and nothing came of it."""
    returned = "returned"
    """Money went back."""
