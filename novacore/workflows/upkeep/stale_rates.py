"""Tells the owner, once, that their prices of coins are too old to be used."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from novacore import clock
from novacore.db.models import CoinRate
from novacore.db.unit_of_work import reading, writing
from novacore.states import RateSource
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.rates import GOOD_FOR, RATES, told_scope
from novacore.workflows.upkeep import told_findings
from novacore.workflows.upkeep.told_findings import Found

TOGETHER: Final = timedelta(minutes=10)
"""How long the first price that is too old waits for others, so that the owner reads one message about all of them."""


def tell(shop: Shop) -> int:
    """Tell of the prices of coins on offer that have become too old; returns how many. The sweep calls this."""
    stale = _stale(shop)
    if stale:
        told_findings.news_of(shop, RATES, {told_scope(one.method): [_found(one, shop)] for one in stale})
        with writing(shop.database) as tx:
            # Only as it was read: the owner may just have set a new one.
            for one in stale:
                same = CoinRate.method == one.method, CoinRate.source == one.source, CoinRate.at == one.at
                tx.session.execute(update(CoinRate).where(*same).values(told_at=tx.now))
    return len(stale)


def _stale(shop: Shop) -> Sequence[CoinRate]:
    """Return the prices to tell of; none while the next one is about to be too old as well."""
    before = clock.now() - GOOD_FOR[RateSource.owner]
    by_owner = CoinRate.source == RateSource.owner, CoinRate.currency == shop.terms.currency
    with reading(shop.database) as session:
        rows = select(CoinRate).where(*by_owner, CoinRate.told_at.is_(None)).order_by(CoinRate.method)
        untold = [one for one in session.execute(rows).scalars() if one.method in shop.addresses]
    stale = [one for one in untold if one.at < before]
    is_next = any(before <= one.at <= before + TOGETHER for one in untold)
    return stale if not is_next or any(one.at < before - TOGETHER for one in stale) else ()


def _found(rate: CoinRate, shop: Shop) -> Found:
    row, currency = rate.method.row, shop.terms.currency
    if row.pegged_to == currency:
        follows = f"1 {row.short} counts as 1 {currency} again"
    elif shop.terms.rate_feed:
        follows = "orders go by the two public sources again, as long as those agree"
    else:
        follows = "orders no longer ask for an exact amount of it"
    text = f"Your price is older than a day, so {follows}."
    return Found("warning", f"Price of {row.short}", text, f"Set today's price with /rates set {row.short}.")
