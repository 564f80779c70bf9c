"""What a customer reads about the wait for staff: how many orders are ahead, and how long a decision usually takes."""

from datetime import timedelta
from typing import Final

from novacore.db.models import Order
from novacore.db.queries.orders.waiting import MOST_AHEAD, Queue
from novacore.plurals import counted

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_STEPS: Final = (5, 10, 15, 20, 30, 45, *range(_HOUR, _DAY, _HOUR), *range(_DAY, 31 * _DAY, _DAY))
"""Minutes as people say them."""


def place_in_line(order: Order, queue: Queue) -> list[str]:
    """Say where an order stands that waits for staff; nothing about any other."""
    ahead = queue.ahead.get(order.id)
    if ahead is None:
        return []
    usual = f" A decision usually takes {about(queue.usual)}." if queue.usual is not None else ""
    return [f"🕒 {_ahead(ahead)}{usual}"]


def _ahead(number: int) -> str:
    if not number:
        return "Your order is the next one that we check."
    if number > MOST_AHEAD:
        return f"More than {MOST_AHEAD} orders are ahead of yours."
    return f"{counted(number, 'order is', 'orders are')} ahead of yours."


def about(wait: timedelta) -> str:
    """Round a time as people say it: "about 20 minutes", "about 3 hours"; halfway between two it is the longer one."""
    minutes = wait / timedelta(minutes=1)
    step = min(_STEPS, key=lambda one: (abs(one - minutes), -one))
    if step < _HOUR:
        return "a few minutes" if step == _STEPS[0] else f"about {step} minutes"
    if step < _DAY:
        return "about an hour" if step == _HOUR else f"about {step // _HOUR} hours"
    return "about a day" if step == _DAY else f"about {step // _DAY} days"
