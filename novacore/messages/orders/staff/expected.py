"""What staff read before they decide: what should have arrived, and the flags of what to be careful about."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from discord import ui

from novacore.db.models import Order, Proof
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.discounts import Overuse
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.db.queries.orders.proofs import SharedEvidence
from novacore.messages.kit import words
from novacore.messages.kit.layout import Item, text
from novacore.messages.orders import appearance
from novacore.messages.orders.staff import contests
from novacore.money.coins import format_coin, format_rate
from novacore.states import Method, OrderStatus, RateSource
from novacore.wallets.explorers import Explorers, address_link, transaction_link
from novacore.workflows.payments import references

_NAMED_ORDERS: Final = 3
"""Orders that a flag names before it says "and more"."""

_SOURCES = {
    RateSource.owner: "set by the owner",
    RateSource.feed: "from two public sources",
    RateSource.par: "fixed",
}


def expected(order: Order) -> Iterator[str]:
    """Say what should have arrived, where, and since when.

    Nothing for orders of an older shop, of which nobody knows where their payment was to go.
    """
    way = order.paid_by
    if not way.address and not way.instructions:
        return
    about = f"about {words.total(order)} in {way.coin}" if way.coin else words.total(order)
    what = _amount(order, order.coin_amount) or about
    since = words.stamp(order.coin_changed_at or order.placed_at, "f")
    yield f"🎯 Should have arrived: **{what}**{_where(order.paid_by)}, since {since}"
    if way.instructions:
        yield f"📍 They were told: {words.escape(way.instructions, _INSTRUCTIONS)}"
    if way.unit and order.coin_rate is not None and order.coin_rate_source is not None:
        rate = format_rate(Decimal(order.coin_rate), order.currency)
        yield f"-# Rate: 1 {way.unit.symbol} = {rate} ({_SOURCES[order.coin_rate_source]})"


_INSTRUCTIONS: Final = 130
"""Of what the customer was told to do."""


def _where(way: Method) -> str:
    """Say where to look; nothing if the owner's instructions alone say it."""
    network = f" ({words.escape(way.network)})" if way.known else ""
    return f" at {words.inline(way.address)}{network}" if way.address else ""


def _amount_flags(order: Order, *, is_shared: bool, has_proof: bool) -> Iterator[str]:
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
        before, at = _amount(order, order.coin_amount_before), words.stamp(order.coin_changed_at, "f")
        press = ": press **Approve**" if order.status.row.may_be_approved else ""
        yield (
            f"⏱️ **Two amounts:** before {at} it asked for {before}. If they sent that amount before then, it is "
            f"the whole price{press}. If they sent it later, they paid the old price."
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


# ---- flags


def flags(facts: ReviewFacts) -> list[Item]:
    """Return what staff must know before they decide, the gravest first; nothing where there is nothing."""
    refused = contests.flags(facts.contested, came_first=True)
    found = [*refused, *_evidence_flags(facts), *_order_flags(facts)]
    return [text(*found)] if found else []


def _evidence_flags(facts: ReviewFacts) -> Iterator[str]:
    status, reference = facts.order.status, appearance.reference(facts.order)
    for one in facts.paid[:_NAMED_ORDERS]:
        what = words.escape(one.what, _WHAT_PAID)
        yield f"🚩 **{what} already paid for `{one.order_id}`**. {references.instead_of_approving(status)}"
    shared = [one for one in facts.shared if one.order_id not in {paid.order_id for paid in facts.paid}]
    pictures = [one for one in shared if one.same_picture]
    written = [one for one in shared if one.same_reference]
    alike = [one for one in shared if one.looks_same]
    if pictures:
        yield f"🚩 **The very same picture** was sent for {_named(pictures, status)}"
    if written:
        yield f"🚩 **The same {reference}** was sent for {_named(written, status)}"
    if alike:
        yield f"🚩 **Another {reference} that looks just like this one** was sent for {_named(alike, status)}"


_WHAT_PAID: Final = 100


def _named(shared: Sequence[SharedEvidence], mine: OrderStatus) -> str:
    """Name orders. Where they are is said only on a card to decide on: a later one isn't redrawn when they move on."""
    ids = [(f"`{one.order_id}`", one.status.row.label) for one in shared[:_NAMED_ORDERS]]
    names = [f"{order_id} ({label})" if mine.row.may_be_approved else order_id for order_id, label in ids]
    more = len(shared) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _order_flags(facts: ReviewFacts) -> Iterator[str]:
    order = facts.order
    yield from _amount_flags(order, is_shared=facts.shares_amount, has_proof=facts.proof is not None)
    if order.status.row.awaits_customer and order.status.row.may_be_approved:
        enough = "" if facts.paid else " Is this one enough after all? You can still approve it."
        yield f"🔁 **Another proof is awaited**{_until(order)}.{enough}"
    if order.status.row.is_to_check and facts.units_held < order.quantity and not order.is_late:
        yield "⚠️ **Nothing set aside:** its items went back on sale. Approving takes them from today's stock."
    if order.is_late and order.status.row.is_to_check:
        yield "⚠️ **Late:** the proof came after the order had expired. Approving takes the units from today's stock."
    if facts.overuse and order.status.row.is_to_check:
        yield _overused(order, facts.overuse)
    if facts.is_blocked and facts.customer.blocked_until:
        yield f"⛔ **Blocked** until {words.stamp(facts.customer.blocked_until, 'f')}; this order goes on."
    if facts.unpaid_ends >= unpaid.ENOUGH:
        yield (
            f"🐌 **Keeps ordering without paying:** {facts.unpaid_ends} unpaid orders in {unpaid.WINDOW.days} days, so "
            "there are limits. `/forgive` lifts them."
        )
    if facts.dms_closed:
        yield f"⚠️ **Closed DMs:** Discord refused our message. {_WITHOUT_DMS[order.status.row.is_over]}"


def _overused(order: Order, found: Overuse) -> str:
    code, whose = words.escape(order.discount_code or "", 24), " by them" if found.by_one_person else ""
    return f"⚠️ **Overused:** {code}: {found.used:,} uses{whose}, {found.allowed:,} allowed."


def _until(order: Order) -> str:
    return f", until {words.stamp(order.expires_at, 'f')}" if order.expires_at else ""


_WITHOUT_DMS: Mapping[bool, str] = {
    False: "They can still get the goods by **Show my goods**.",
    True: "They may not know of this: only `/orders` tells them.",
}
