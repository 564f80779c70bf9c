"""What every command needs to know of the shop: its database, its terms, where money goes, and the key to the goods."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from novacore.addresses import PaymentAddress
from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.states import PaymentMethod


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules that the owner sets."""

    currency: str = "USD"
    order_expiry: timedelta = timedelta(hours=24)
    late_window: timedelta = timedelta(days=7)
    """How long after its expiry an order still takes a proof; it is then reviewed as late."""
    max_open_orders: int = 3
    vouch_delay: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop. Passed to every command; holds no state of its own."""

    database: Database
    cipher: GoodsCipher
    addresses: Mapping[PaymentMethod, PaymentAddress]
    terms: Terms = Terms()
