"""How orders look and read: how they are paid, and the words that the row of their state has."""

import discord

from novacore.db.models import Order
from novacore.messages.kit import colours, words
from novacore.messages.payments import instructions
from novacore.states import OrderStatus
from novacore.workflows.orders.rules import by_hand

# ---- states


def colour(status: OrderStatus) -> discord.Colour:
    """Return the stripe of a card about an order in this state."""
    return colours.BY_STRIPE[status.row.stripe]


def status_sentence(order: Order, *, dms_closed: bool = False) -> str:
    """Say to the customer where their order stands and what to do next; `dms_closed`: we can't send them DMs."""
    row = order.status.row
    if by_hand(order) and row.sentence_by_hand:
        return row.sentence_by_hand
    if order.is_late and row.sentence_late:
        return row.sentence_late
    if dms_closed and row.sentence_without_dms:
        return row.sentence_without_dms
    return row.sentence


def hint(order: Order, *, dms_closed: bool = False) -> str:
    """Say the same in one line, for the list of orders."""
    row = order.status.row
    if by_hand(order) and row.hint_by_hand:
        return row.hint_by_hand
    if dms_closed and row.hint_without_dms:
        return row.hint_without_dms
    return row.hint


def customers_reason(order: Order) -> str | None:
    """Return what staff wrote to the customer last, where it still belongs to the state; not the shop's own reasons."""
    row = order.status.row
    return order.reason if row.shows_reason or (row.shows_reason_by_hand and by_hand(order)) else None


# ---- ways to pay


def method(order: Order) -> str:
    """Return how the order is paid, with the network where a coin has several."""
    way = order.paid_by
    named = instructions.named(way)
    known = not way.coin or way.network.split(" ")[0] in way.label
    return named if known else f"{named} on {words.escape(way.network)}"


def reference(order: Order) -> str:
    """Return what a payment of this order is known by, in the middle of a sentence: "transaction id"."""
    return instructions.reference(order.paid_by)


def capital(sentence: str) -> str:
    """Begin with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
