"""Words for what the house stores as names: states, ways to pay, kinds of goods; and strangers' texts made harmless.

Every name that somebody outside typed goes through `escape`, every longer text through `paragraph` or `harmless`. A
mention in any of them can never ping and a masked link never hides where it leads.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import discord

from novacore.db.models import Order
from novacore.money import format_money
from novacore.states import GoodsType, OrderStatus, PaymentMethod
from novacore.workflows.order_rules import by_hand

NAME_LIMIT: Final = 100
"""What is shown of a name. Measured like every limit here in UTF-16 units, the larger of the ways to count."""

_ZERO_WIDTH = "\u200b"
_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that show nothing: a name of these alone looks like no name."""

_MOST_MARKS = 3
"""Accents on one letter: more are there to paint over the lines around it."""


# ---- strangers' texts


def escape(name: str, limit: int = NAME_LIMIT) -> str:
    """Return a name as it may stand in a text: one line, no markdown, no mention, no link, never empty."""
    bare = _disarmed(shorten(clean(name), limit)).replace("://", f":{_ZERO_WIDTH}//")
    return _isolated(discord.utils.escape_markdown(bare, ignore_links=False))


def paragraph(text: str, limit: int) -> str:
    """Return a longer text: its lines stay, addresses stay readable and can be pressed, markdown shows as typed."""
    return discord.utils.escape_markdown(_disarmed(shorten(_lines(text), limit)))


def harmless(text: str, limit: int) -> str:
    """Return the owner's or our own text: markdown works, but nothing pings and no link hides where it leads."""
    return _disarmed(shorten(_lines(text), limit))


def quote(text: str, limit: int) -> str:
    """Return a text as a quotation, each line marked."""
    return "\n".join(f"> {one}" for one in paragraph(text, limit).split("\n"))


def clean(name: str) -> str:
    """Return a name for a button or an option, where Discord reads no markdown: one line, visible, never empty."""
    seen = _visible(" ".join(name.split()))
    return " ".join(seen.split()) if any(unicodedata.category(one)[0] in "LNPS" for one in seen) else "(no name)"


def shorten(text: str, limit: int) -> str:
    """Return the text in at most `limit` UTF-16 units; what was cut off shows as three dots."""
    if _units(text) <= limit:
        return text
    kept = text[: limit - 1]
    while _units(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip(f" \n\ufe0f{_JOINERS}") + "…"


def block(text: str) -> str:
    """Return a text as a code block: one press copies it."""
    return f"```\n{text.replace('```', f'`{_ZERO_WIDTH}``')}\n```"


def _units(text: str) -> int:
    return len(text) + sum(one > "\uffff" for one in text)


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for one in text:
        kind = unicodedata.category(one)
        joins = one in _JOINERS
        marks = marks + 1 if joins or kind in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS and (joins or one == "\n" or (kind[0] != "C" and one not in _BLANKS)):
            kept.append(one)
    return "".join(kept)


def _lines(text: str) -> str:
    seen = _visible("\n".join(one.expandtabs(4).rstrip() for one in text.splitlines()))
    return re.sub(r"\n{3,}", "\n\n", seen).strip()


def _disarmed(text: str) -> str:
    """Break what Discord reads inside of words: mentions, commands, timestamps, own emoji, masked links."""
    return re.sub(r"([<@])|(\])(?=\()", rf"\g<0>{_ZERO_WIDTH}", text)


def _isolated(text: str) -> str:
    """Keep Arabic and Hebrew names from turning round the numbers beside them."""
    turns = any(unicodedata.bidirectional(one) in {"R", "AL"} for one in text)
    return f"\u2068{text}\u2069" if turns else text


# ---- times and money


def stamp(at: datetime, style: Literal["R", "f", "d"] = "R") -> str:
    """Return a time that every reader sees in their own zone: R "in 3 hours", f with the date, d the date alone."""
    return discord.utils.format_dt(at, style)


def total(order: Order) -> str:
    """Return what the order costs in all."""
    return format_money(order.total_minor, order.currency)


def bought(order: Order) -> str:
    """Return what was ordered: the quantity and the name."""
    return f"{order.quantity} × {escape(order.product_name)}"


# ---- states


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state looks: `label` heads a card, `colour` is the stripe at its edge."""

    emoji: str
    label: str
    colour: discord.Colour


STATES: Mapping[OrderStatus, StateLook] = {
    OrderStatus.new: StateLook("🆕", "New", discord.Colour(0xF0B232)),
    OrderStatus.awaiting_payment: StateLook("⏳", "Waiting for payment", discord.Colour(0xF0B232)),
    OrderStatus.under_review: StateLook("🔎", "Payment being checked", discord.Colour(0x5865F2)),
    OrderStatus.approved: StateLook("✅", "Payment approved", discord.Colour(0x2DC770)),
    OrderStatus.delivered: StateLook("🎉", "Delivered", discord.Colour(0x23A55A)),
    OrderStatus.delivery_blocked: StateLook("🚧", "Delivery blocked", discord.Colour(0xE8833A)),
    OrderStatus.rejected: StateLook("❌", "Rejected", discord.Colour(0xDA373C)),
    OrderStatus.cancelled: StateLook("🚫", "Cancelled", discord.Colour(0x80848E)),
    OrderStatus.expired: StateLook("⌛", "Expired", discord.Colour(0x80848E)),
    OrderStatus.refunded: StateLook("💸", "Refunded", discord.Colour(0x9B6BDF)),
}

BRAND = discord.Colour(0x7C5CFF)
"""The stripe of what belongs to no order: the shop window."""


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
    OrderStatus.rejected: "Our staff could not accept this payment. If you think that's a mistake, please open a "
    "ticket and quote the order id.",
    OrderStatus.cancelled: "This order was cancelled, so there is nothing to pay. If you have paid already, please "
    "open a ticket and quote the order id.",
    OrderStatus.expired: "The time to pay ran out, so your items went back on sale. Have you paid? Press **Send "
    "payment proof** and our staff will still look at it. Otherwise there is nothing to do.",
    OrderStatus.refunded: "Your money went back the way it came. Banks and wallets can take a few days to show it.",
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
    return f"{look.emoji} {look.label}" if known else f"{look.emoji} {look.label} on {escape(order.pay_network)}"


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
