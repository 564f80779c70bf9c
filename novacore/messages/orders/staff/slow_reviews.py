"""One message about all proofs that have waited long. It stays as it is, so it says only what stays true."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from novacore.db.models import Order
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Message, box, line, text
from novacore.plurals import counted

_NAMED: Final = 15
_NAME: Final = 50


def slow_reviews(waiting: Sequence[Order], now: datetime, ping: int | None = None) -> Message:
    """Name the orders whose proof waits `now`, the longest wait first. `ping` is the role that is called."""
    proofs = counted(len(waiting), "proof of payment had been", "proofs of payment had been")
    more = len(waiting) - _NAMED
    listed = [_row(order) for order in waiting[:_NAMED]] + ([f"-# and {more} more"] if more > 0 else [])
    told = text(
        f"## ⏰ {proofs} waiting a long time",
        f"That was on {words.stamp(now, 'f')}. Type `/queue` in the server to see which ones are waiting now.",
        *called(ping),
    )
    return Message(box([told, line(), text(*listed)], colours.WARNING))


def called(role_id: int | None) -> list[str]:
    """Return the line that calls a role; nothing where none is to be called."""
    return [f"<@&{role_id}>"] if role_id else []


def _row(order: Order) -> str:
    since = f" · sent {words.stamp(order.submitted_at, 'f')}" if order.submitted_at else ""
    return f"{words.bought(order, _NAME)} · {words.inline(order.id)} · <@{order.customer_id}>{since}"
