"""Payments that two orders claim, as staff read of them. Nothing here is ever shown to a customer."""

from collections.abc import Iterator, Sequence
from typing import Final

from novacore.db.models import Order
from novacore.db.queries.orders.contests import Contested, Pair, RefusedPicture
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Message, box, gallery, rows, text
from novacore.messages.orders import buttons
from novacore.states import TRANSACTION_ID

NAMED: Final = 10
"""Pairs of orders that one message names."""

_NAMED_ORDERS: Final = 3
"""Orders that a flag names before it says "and more"."""


def flags(contested: Sequence[Contested], *, came_first: bool) -> Iterator[str]:
    """Say which other orders claim the same payment: those that it counted for, or else those that were refused."""
    found = [one for one in contested if one.came_first is came_first]
    if not found:
        return
    names = ", ".join(f"`{one.order_id}` ({one.status.row.label})" for one in found[:_NAMED_ORDERS])
    more = f" and {len(found) - _NAMED_ORDERS} more" if len(found) > _NAMED_ORDERS else ""
    if came_first:
        yield f"🚩 **Contested:** a proof of this order was refused. Its payment had already counted for {names}{more}"
    else:
        yield f"🚩 **Contested:** the payment of this order was also claimed for {names}{more}, which was refused"


def refused_parts(order: Order, refused: Sequence[RefusedPicture]) -> tuple[FilePart, ...]:
    """Return the pictures of refused proofs as parts of a message about an order."""
    return tuple(
        FilePart(f"refused-{order.id}-{place}.jpg", one.content, f"A proof that was refused for {one.order_id}")
        for place, one in enumerate(refused, 1)
    )


# ---- what reaches staff unasked


def contest_alert(pairs: Sequence[Pair], total: int, picture: bytes | None) -> Message:
    """Tell staff of payments that two orders claim. `picture` shows both proofs, where it is about one pair."""
    parts = (FilePart("contested.jpg", picture, "The refused proof and the one that paid"),) if picture else ()
    title = "Contested payment" if total == 1 else f"{total} contested payments"
    more = [f"… and {total - len(pairs)} more; `/details` of each order shows it."] if total > len(pairs) else []
    orders = dict.fromkeys(order_id for one in pairs for order_id in (one.order_id, one.paid_order_id))
    items = [
        text(f"## 🚩 {title}", *map(_told, pairs), *more),
        *([gallery(*parts)] if parts else []),
        text(_hint(pairs)),
        *rows([buttons.details(order_id, order_id) for order_id in orders]),
    ]
    return Message(box(items, colours.WARNING), parts)


def _hint(pairs: Sequence[Pair]) -> str:
    public = any(pair.reference == TRANSACTION_ID for pair in pairs)
    return f"-# {_AS_BEFORE} {_PUBLIC if public else _COPIED} {_OTHERWISE}"


_AS_BEFORE: Final = "The order that came first goes on as before, and neither customer is told about the other."
_PUBLIC: Final = (
    "Anyone can copy a transaction id from a public blockchain, so whoever sent it first isn't always the one who paid."
)
_COPIED: Final = "Whoever sent it first isn't always the one who paid."
_OTHERWISE: Final = "If the refused order is the one that was paid: cancel it, reinstate it and approve it."


def _told(pair: Pair) -> str:
    what = words.escape(pair.reference) if pair.same_reference else "picture"
    paid = f"{words.inline(pair.paid_order_id)} ({pair.paid_status.row.label})"
    who = f"{words.inline(pair.order_id)} of <@{pair.customer_id}>"
    if pair.customer_id == pair.paid_customer_id:
        return f"A proof for {who} was refused: its {what} had paid for {paid}, an order of the same customer."
    return f"A proof for {who} was refused: its {what} had paid for {paid} of <@{pair.paid_customer_id}>."
