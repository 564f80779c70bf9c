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
    RateSource.owner: "set by the owner",
    RateSource.feed: "from two public sources",
    RateSource.par: "fixed",
}


def expected(order: Order) -> Iterator[str]:
    """Say what should have arrived, where, and since when.

    Nothing for orders that aren't paid in a coin, and for those of an older shop, of which nobody knows the address.
    """
    way = order.paid_by
    if not way.coin or not order.pay_address:
        return
    what = _amount(order, order.coin_amount) or f"about {words.total(order)} in {way.coin}"
    since = words.stamp(order.coin_changed_at or order.placed_at, "f")
    network = words.escape(order.pay_network)
    yield f"🎯 Should have arrived: **{what}** at {words.inline(order.pay_address)} ({network}), since {since}"
    if way.unit and order.coin_rate is not None and order.coin_rate_source is not None:
        rate = format_rate(Decimal(order.coin_rate), order.currency)
        yield f"-# Rate: 1 {way.unit.symbol} = {rate} ({_SOURCES[order.coin_rate_source]})"


def amount_flags(order: Order, *, is_shared: bool, has_proof: bool) -> Iterator[str]:
    """Warn of amounts that name no order by themselves, and of promises that have ended.

    `is_shared`: another order that may still be paid asks for the same. Without a proof `submitted_at` says only when
    staff reinstated the order.
    """
    if is_shared:
        yield (
            "⚠️ **Not the only order with this amount:** match the payment by its transaction id and time before you "
            "approve."
        )
    if order.coin_amount_before is not None and order.coin_changed_at is not None:
        before = _amount(order, order.coin_amount_before)
        yield (
            f"⏱️ **Two amounts:** before {words.stamp(order.coin_changed_at, 'f')} it asked for {before}. If they sent "
            "that amount after then, they paid the old price."
        )
    if has_proof and order.coin_holds_until and order.submitted_at and order.submitted_at > order.coin_holds_until:
        until = words.stamp(order.coin_holds_until, "f")
        yield f"⏱️ **Proof sent after the amount expired:** it was valid until {until}. Check when they paid."


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
