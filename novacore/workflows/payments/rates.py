"""What a coin costs: the owner's word, good for a day, or a feed's, good for minutes. No order needs one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.event_kinds.payments import SET_RATE
from novacore.db.models import CoinRate, ToldFinding
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import put
from novacore.errors import BadInput
from novacore.money.coins import format_rate, read_rate
from novacore.money.reader import quoted
from novacore.states import ActorKind, PaymentMethod, RateSource
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop

GOOD_FOR: Final = {RateSource.owner: timedelta(hours=24), RateSource.feed: timedelta(minutes=15)}
"""How old a rate may be; an older one is none."""

_AHEAD: Final = timedelta(minutes=2)
"""As far as the clock of the machine that wrote a rate may be ahead. One from further in the future is no rate: nobody
knows how old it is."""

COINS: Final = tuple(method for method in PaymentMethod if method.row.unit)
"""What has a rate, in the order of the shop's list."""

_OF: Final = "rate"
"""What the events of rates are about; the subject is the coin."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one coin, and who said so when."""

    price: Decimal
    source: RateSource
    at: datetime

    @property
    def is_fixed(self) -> bool:
        """Whether it never moves, so that a promise made by it needs no end."""
        return self.source is RateSource.par


def rate_of(session: Session, method: PaymentMethod, currency: str, now: datetime) -> Rate | None:
    """Return what one coin costs now in this currency: by the owner, else at par, else by the feed. None if unknown."""
    known = {one.source: one for one in _good(session, method, currency, now)}
    if RateSource.owner in known:
        return known[RateSource.owner]
    if method.row.pegged_to == currency:
        return Rate(Decimal(1), RateSource.par, now)
    return known.get(RateSource.feed)


def dollar_rate(session: Session, currency: str, now: datetime) -> Decimal | None:
    """Return what a US dollar costs in this currency, by the coin that is pegged to it; None if unknown."""
    pegged = next((method for method in COINS if method.row.pegged_to == "USD"), None)
    rate = rate_of(session, pegged, currency, now) if pegged else None
    return rate.price if rate else None


def _good(session: Session, method: PaymentMethod, currency: str, now: datetime) -> list[Rate]:
    rows = session.execute(select(CoinRate).where(CoinRate.method == method, CoinRate.currency == currency)).scalars()
    good = [one for one in rows if -_AHEAD <= now - one.at <= GOOD_FOR[one.source]]
    return [Rate(Decimal(one.price), one.source, one.at) for one in good]


# ---- the owner's word


MOST_OFF: Final = Decimal("0.5")
"""How much of the price before it a new one may differ by. More is a slip as a rule: a digit too few, or too many."""

LATELY: Final = timedelta(days=7)
"""How old the price before may be for that."""


def set_rate(shop: Shop, actor: Actor, coin: str, price: str, *, sure: bool = False) -> tuple[PaymentMethod, Rate]:
    """Take the owner's word for what one coin costs in the shop's currency; both as they were typed.

    Raises NotAllowed, BadInput and BadAmount; BadInput also for a price far off the last one, unless they are `sure`:
    every order would ask for it, and keep it.
    """
    require_owner(actor, "set the price of a coin")
    method, currency = coin_named(coin), shop.terms.currency
    rate = read_rate(price, currency)
    with writing(shop.database) as tx:
        if not sure:
            _refuse_far_off(tx, method, Rate(rate, RateSource.owner, tx.now), currency)
        tx.session.execute(delete(ToldFinding).where(ToldFinding.scope == told_scope(method)))
        row = {"method": method, "source": RateSource.owner, "price": f"{rate:f}", "currency": currency, "at": tx.now}
        put(tx, CoinRate, ["method", "source"], row | {"told_at": None})
        what = SET_RATE({"price": f"{rate:f}", "currency": currency})
        record(tx, NewEvent(_OF, str(method), what, actor, ActorKind.owner))
        return method, Rate(rate, RateSource.owner, tx.now)


def _refuse_far_off(tx: Transaction, method: PaymentMethod, new: Rate, currency: str) -> None:
    last = tx.session.get(CoinRate, (method, RateSource.owner))
    if last is None or last.currency != currency or new.at - last.at > LATELY:
        return
    before = Decimal(last.price)
    if abs(new.price - before) > before * MOST_OFF:
        raise BadInput(
            f"{format_rate(new.price, currency)} is more than 50% off your last price for {method.row.short}, "
            f"{format_rate(before, currency)}, so nothing was changed. If it's right, run the command again and set "
            "`sure` to True."
        )


RATES: Final = "rate"
"""What the owner is told of as such, by all that is too old or by coin."""


def told_scope(method: PaymentMethod) -> str:
    """Return under which name the owner is told that their price of this coin is too old."""
    return f"{RATES}:{method}"


def coin_named(typed: str) -> PaymentMethod:
    """Return the coin that someone named: `btc`, `Bitcoin`, `Bitcoin (BTC)`. Raises BadInput, which lists them."""
    wanted = " ".join(typed.casefold().split())
    for method in COINS:
        row = method.row
        if wanted in {method, row.short.casefold(), row.label.casefold(), *row.spellings}:
            return method
    listed = ", ".join(method.row.short for method in COINS)
    raise BadInput(f"{quoted(typed)} is not a coin that this shop knows. It knows {listed}.")


@dataclass(frozen=True, slots=True)
class KnownRate:
    """What the shop knows of a coin's price, for the owner."""

    method: PaymentMethod
    used: Rate | None
    """What orders are placed by now."""
    owners: Rate | None
    """What the owner said last, however long ago."""


def known(shop: Shop, actor: Actor) -> Sequence[KnownRate]:
    """Return what the shop knows of each coin that it takes. Raises NotAllowed for anybody but the owner."""
    require_owner(actor, "look at the prices of coins")
    currency, now = shop.terms.currency, clock.now()
    with reading(shop.database) as session:
        said = {one.method: one for one in _owners(session, currency)}
        return [
            KnownRate(method, rate_of(session, method, currency, now), _rate(said.get(method)))
            for method in COINS
            if method in shop.addresses
        ]


def _owners(session: Session, currency: str) -> Sequence[CoinRate]:
    by_owner = CoinRate.source == RateSource.owner, CoinRate.currency == currency
    return session.execute(select(CoinRate).where(*by_owner)).scalars().all()


def _rate(row: CoinRate | None) -> Rate | None:
    return Rate(Decimal(row.price), row.source, row.at) if row else None
