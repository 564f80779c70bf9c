"""How what the house stores as names looks and reads: states, ways to pay, kinds of goods.

Called by the builders of this room. Every state has its emoji, label, colour and sentences here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import discord

from novacore.db.models import Order
from novacore.messages.kit import colours, words
from novacore.states import GoodsType, OrderStatus, PaymentMethod
from novacore.workflows.orders.rules import by_hand

# ---- states


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state looks: `label` heads the cards of staff, `title` those of the customer; `colour` is the stripe."""

    emoji: str
    label: str
    title: str
    colour: discord.Colour


STATES: Mapping[OrderStatus, StateLook] = {
    OrderStatus.new: StateLook("🆕", "New", "Your order", colours.WAITING),
    OrderStatus.awaiting_payment: StateLook("⏳", "Waiting for payment", "Waiting for your payment", colours.WAITING),
    OrderStatus.under_review: StateLook("🔎", "Payment to check", "We're checking your payment", colours.CHECKING),
    OrderStatus.approved: StateLook("✅", "Approved", "Payment confirmed", colours.CONFIRMED),
    OrderStatus.delivered: StateLook("🎉", "Delivered", "Delivered", colours.DONE),
    OrderStatus.delivery_blocked: StateLook(
        "🚧", "Delivery blocked", "Your goods are waiting for you", colours.WARNING
    ),
    OrderStatus.rejected: StateLook("❌", "Rejected", "Payment not accepted", colours.FAULT),
    OrderStatus.cancelled: StateLook("🚫", "Cancelled", "Cancelled", colours.ENDED),
    OrderStatus.expired: StateLook("⌛", "Expired", "The time to pay is over", colours.ENDED),
    OrderStatus.refunded: StateLook("💸", "Refunded", "Refunded", colours.RETURNED),
}


def status_sentence(order: Order) -> str:
    """Say to the customer where their order stands and what to do next."""
    special = _special_sentence(order)
    return special or _SENTENCES[order.status]


def _special_sentence(order: Order) -> str | None:
    match order.status:
        case OrderStatus.awaiting_payment if order.review_round:
            return (
                "We need another proof of your payment. If you have paid already, **don't pay again**: just send a "
                "better proof."
            )
        case OrderStatus.under_review if order.is_late:
            return (
                "Thank you, your proof is here! It came after the order had expired, so our staff also check what is "
                "left in stock. You'll hear from us here."
            )
        case OrderStatus.approved if by_hand(order):
            return "Your payment is confirmed, thank you! Our staff are working on your order and will tell you here."
        case OrderStatus.delivered if by_hand(order):
            return "All done. Thank you for your order!"
    return None


_SENTENCES: Mapping[OrderStatus, str] = {
    OrderStatus.new: "Your order is being placed.",
    OrderStatus.awaiting_payment: "We're waiting for your payment. Once you have paid, press **Send payment proof**.",
    OrderStatus.under_review: "Thank you, your proof is here! Our staff check each payment by hand and you'll hear "
    "from us here. There is nothing to do for you.",
    OrderStatus.approved: "Your payment is confirmed, thank you! Your goods are on their way to your DMs.",
    OrderStatus.delivered: "Your goods are in your DMs. Can't find them? Press **Show my goods**.",
    OrderStatus.delivery_blocked: "Your payment is confirmed and your goods are ready, but Discord did not let us send "
    "you a DM. Press **Show my goods** and you have them right now.",
    OrderStatus.rejected: "Our staff could not accept this payment. If you think that's a mistake, please tell our "
    "staff and quote the order id.",
    OrderStatus.cancelled: "This order was cancelled, so there is nothing to pay. If you have paid already, please "
    "tell our staff and quote the order id.",
    OrderStatus.expired: "The time to pay ran out, so your items went back on sale. Have you paid? Press **Send "
    "payment proof** and our staff will still look at it. Otherwise there is nothing to do.",
    OrderStatus.refunded: "Your money went back the way it came. Banks and wallets can take a few days to show it.",
}


def hint(order: Order) -> str:
    """Say the same in one line, for the list of orders."""
    if order.status is OrderStatus.awaiting_payment and order.review_round:
        return "We need another proof of your payment."
    if by_hand(order) and order.status is OrderStatus.approved:
        return "Paid. Our staff are working on it."
    if by_hand(order) and order.status is OrderStatus.delivered:
        return "All done. Thank you!"
    return _HINTS[order.status]


_HINTS: Mapping[OrderStatus, str] = {
    OrderStatus.new: "It is being placed.",
    OrderStatus.awaiting_payment: "Pay, then send us the proof.",
    OrderStatus.under_review: "Our staff are checking your payment. Nothing to do for you.",
    OrderStatus.approved: "Paid. Your goods are on their way to your DMs.",
    OrderStatus.delivered: "Your goods are in your DMs, and here too.",
    OrderStatus.delivery_blocked: "Paid. We could not send you a DM, but your goods are ready here.",
    OrderStatus.rejected: "We could not accept the payment. Is that a mistake? Tell our staff.",
    OrderStatus.cancelled: "Nothing to pay.",
    OrderStatus.expired: "The time to pay ran out. Have you paid? Send us the proof.",
    OrderStatus.refunded: "Your money went back.",
}

_REASON_SHOWN = frozenset(
    {
        OrderStatus.awaiting_payment,
        OrderStatus.under_review,
        OrderStatus.rejected,
        OrderStatus.cancelled,
        OrderStatus.expired,
        OrderStatus.refunded,
    }
)


def customers_reason(order: Order) -> str | None:
    """Return what staff wrote to the customer last, where it still belongs to the state; not the shop's own reasons."""
    if order.status in _REASON_SHOWN or (order.status is OrderStatus.delivered and by_hand(order)):
        return order.reason
    return None


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
