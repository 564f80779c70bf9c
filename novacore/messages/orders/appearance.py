"""How orders look and read: how they are paid, kinds of goods, and the words that the row of their state has."""

from collections.abc import Mapping
from dataclasses import dataclass

import discord

from novacore.db.models import Order
from novacore.messages.kit import colours, words
from novacore.states import GoodsType, OrderStatus, PaymentMethod
from novacore.workflows.orders.rules import by_hand

# ---- states


def colour(status: OrderStatus) -> discord.Colour:
    """Return the stripe of a card about an order in this state."""
    return colours.BY_STRIPE[status.row.stripe]


def status_sentence(order: Order) -> str:
    """Say to the customer where their order stands and what to do next."""
    row = order.status.row
    if by_hand(order) and row.sentence_by_hand:
        return row.sentence_by_hand
    if order.is_late and row.sentence_late:
        return row.sentence_late
    return row.sentence_again if order.review_round and row.sentence_again else row.sentence


def hint(order: Order) -> str:
    """Say the same in one line, for the list of orders."""
    row = order.status.row
    if by_hand(order) and row.hint_by_hand:
        return row.hint_by_hand
    return row.hint_again if order.review_round and row.hint_again else row.hint


def customers_reason(order: Order) -> str | None:
    """Return what staff wrote to the customer last, where it still belongs to the state; not the shop's own reasons."""
    row = order.status.row
    return order.reason if row.shows_reason or (row.shows_reason_by_hand and by_hand(order)) else None


# ---- ways to pay


@dataclass(frozen=True, slots=True)
class MethodLook:
    """A way to pay. `coin` completes "Send ... worth exactly $5"; PayPal has none."""

    emoji: str
    label: str
    coin: str | None


METHODS: Mapping[PaymentMethod, MethodLook] = {
    PaymentMethod.paypal: MethodLook("🅿️", "PayPal", None),
    PaymentMethod.btc: MethodLook("🟠", "Bitcoin (BTC)", "Bitcoin (BTC)"),
    PaymentMethod.ltc: MethodLook("⚪", "Litecoin (LTC)", "Litecoin (LTC)"),
    PaymentMethod.usdt: MethodLook("🟢", "Tether (USDT)", "Tether (USDT)"),
    PaymentMethod.sol: MethodLook("🟣", "Solana (SOL)", "Solana (SOL)"),
    PaymentMethod.eth: MethodLook("🔷", "Ethereum (ETH)", "Ether (ETH)"),
}


def method(order: Order) -> str:
    """Return how the order is paid, with the network where a coin has several."""
    look = METHODS[order.method]
    known = look.coin is None or order.pay_network.split(" ")[0] in look.label
    return f"{look.emoji} {look.label}" if known else f"{look.emoji} {look.label} on {words.escape(order.pay_network)}"


# ---- goods

GOODS_EMOJI: Mapping[GoodsType, str] = {
    GoodsType.code: "🎟️",
    GoodsType.account: "👤",
    GoodsType.file: "📁",
    GoodsType.link: "🔗",
    GoodsType.guide: "📖",
    GoodsType.support: "🛟",
    GoodsType.service: "🛠️",
    GoodsType.warranty: "🛡️",
    GoodsType.key: "🔑",
}
