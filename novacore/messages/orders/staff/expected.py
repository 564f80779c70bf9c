"""What staff read about the amount in a coin: what should have arrived, and what to be careful about."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from discord import ui

from novacore.db.models import Order, Proof
from novacore.messages.kit import words
from novacore.money.coins import format_coin, format_rate
from novacore.states import RateSource
from novacore.wallets.explorers import Explorers, address_link, transaction_link

_SOURCES = {
    RateSource.owner: "the owner's price",
    RateSource.feed: "two public sources",
    RateSource.par: "one coin for one dollar",
}


def expected(order: Order) -> Iterator[str]:
    """Say what should have arrived, where, and since when; nothing for orders that aren't paid in a coin."""
    way = order.paid_by
    if not way.coin:
        return
    what = _amount(order, order.coin_amount) or f"about {words.total(order)} in {way.coin}"
    since = words.stamp(order.coin_changed_at or order.placed_at, "f")
    network = words.escape(order.pay_network)
    yield f"🎯 Should have arrived: **{what}** at {words.inline(order.pay_address)} ({network}), since {since}"
    if order.coin_rate is not None and order.coin_rate_source is not None:
        rate = format_rate(Decimal(order.coin_rate), order.currency)
        yield f"-# Asked for at {rate} a coin, by {_SOURCES[order.coin_rate_source]}"


def amount_flags(order: Order) -> Iterator[str]:
    """Warn of amounts that name no order by themselves, and of promises that have ended."""
    if order.coin_is_unique is False:
        yield (
            "⚠️ **Not the only order with this amount:** match the payment by its transaction id and time before you "
            "approve."
        )
    if order.coin_amount_before is not None and order.coin_changed_at is not None:
        before = _amount(order, order.coin_amount_before)
        yield (
            f"⏱️ **Two amounts:** before {words.stamp(order.coin_changed_at, 'f')} it asked for {before}. A payment of "
            "that amount after this time is by the old price."
        )
    elif order.coin_holds_until and order.submitted_at and order.submitted_at > order.coin_holds_until:
        yield (
            f"⏱️ **Sent after the price had ended:** the amount held until {words.stamp(order.coin_holds_until, 'f')}. "
            "Look at when the payment was made."
        )


def explorer_links(order: Order, proof: Proof | None, explorers: Explorers) -> list[ui.Button[Any]]:
    """Return the ways to a block explorer, for orders that are paid in a coin; nothing is called by us."""
    known = order.paid_by.known
    if known is None or not order.paid_by.coin:
        return []
    chain = known.row.network(order.pay_network).chain
    reference = proof.reference if proof else None
    links = {
        "See the transaction": transaction_link(explorers, chain, reference) if reference else None,
        "See the address": address_link(explorers, chain, order.pay_address),
    }
    return [ui.Button(label=label, emoji="🔗", url=url) for label, url in links.items() if url]


def _amount(order: Order, units: int | None) -> str:
    coin = order.paid_by.unit
    return format_coin(units, coin) if coin and units is not None else ""
