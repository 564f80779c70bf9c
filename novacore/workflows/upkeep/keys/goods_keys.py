"""Sees at each start whether the shop has the keys to its goods. With none of them it stays closed, as it was.

Where a key opens some of them, the shop opens, and takes the products off sale whose goods it could not deliver. They
come back by themselves with the first start that has their key.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from novacore.db.engine import Database
from novacore.db.models import ShopFact
from novacore.db.queries import sealed
from novacore.db.queries.sealed import UNMARKED, LockedProduct
from novacore.db.unit_of_work import reading
from novacore.errors import SettingsError
from novacore.plurals import counted, listed
from novacore.settings import Settings
from novacore.workflows.machine.shop import GIVE_UP_COMMAND, Shop
from novacore.workflows.upkeep.keys import key_marks, locked_products

GIVEN_UP: Final = "given_up_keys"
"""The fact that names, by their marks, the keys that were lost for good, and with them all that they sealed."""

_NAMED: Final = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the goods in the database need, and what of it can't be opened."""

    needed: frozenset[bytes]
    """The marks of all keys under which something is, but those given up."""
    missing: frozenset[bytes]
    products: tuple[LockedProduct, ...] = ()
    removed: tuple[LockedProduct, ...] = ()
    """The same of products that their owner has taken out of the shop."""
    orders: int = 0
    """Paid for, not delivered, and now they can't be."""

    @property
    def opens_none(self) -> bool:
        """Tell whether nothing at all can be opened, although there is something."""
        return bool(self.missing) and self.missing == self.needed


def take_stock(database: Database, marks: frozenset[bytes]) -> Holdings:
    """Look what can be opened with the keys of these marks, without opening anything."""
    with reading(database) as session:
        needed = frozenset(sealed.marks(session)) - given_up(database) - {UNMARKED}
        missing = needed - marks
        if not missing:
            return Holdings(needed, missing)
        products = sealed.locked_products(session, missing)
        orders = sealed.locked_orders(session, missing)
    there, removed = (tuple(one for one in products if one.is_removed is gone) for gone in (False, True))
    return Holdings(needed, missing, there, removed, orders)


def given_up(database: Database) -> frozenset[bytes]:
    """Return the marks of the keys that were given up."""
    with reading(database) as session:
        fact = session.get(ShopFact, GIVEN_UP)
        return frozenset(str(one).encode() for one in fact.value["marks"]) if fact else frozenset()


def settle(shop: Shop, settings: Settings) -> None:
    """Refuse to open where no goods can be opened; else take off sale what can't be, and bring back what can be again.

    Every process calls it at its start. Raises SettingsError, which names the file or the setting.
    """
    key_marks.give(shop)
    found = take_stock(shop.database, shop.cipher.marks)
    if found.opens_none:
        raise SettingsError([" ".join(refusal(settings))])
    back = locked_products.put_back(shop, found.products)
    if back:
        log.info("The key to their goods is there again, so they are on sale again: %s.", listed(back, _NAMED))
    locked_products.take_off_sale(shop, found.products)
    if found.missing:
        log.warning("%s %s", told(found), fix(settings))


def refusal(settings: Settings) -> tuple[str, str]:
    """Say which file or setting doesn't fit, and what to do."""
    lost = f"If that key is lost for good: {GIVE_UP_COMMAND}"
    if not settings.secret_key:
        said = f"The key file {settings.key_file} opens none of the goods in the database: it belongs to another one."
        back = "Put the key file that belongs to this database back from your backup, or set SECRET_KEY to its key."
        return said, f"{back} {lost}"
    back = "Put back the key under which they were sealed: alone, or behind the new one with a comma between them."
    if settings.postgres_url is None and settings.key_file.is_file():
        back = f"{back} It may be the key in the file {settings.key_file}."
    return "SECRET_KEY opens none of the goods in the database.", f"{back} {lost}"


def told(found: Holdings) -> str:
    """Say what can't be opened: products by name with numbers, and orders."""
    sentences = ["Some of the goods in the database need a key that the shop doesn't have."]
    if found.products:
        names = listed([named(one) for one in found.products], _NAMED)
        sentences.append(f"Off sale until their key is back: {names}.")
    if found.orders:
        many = counted(found.orders, "paid order is", "paid orders are")
        sentences.append(f"{many} waiting for goods that can't be opened.")
    return " ".join(sentences)


def fix(settings: Settings) -> str:
    """Say where a key that is missing behind others belongs."""
    lost = f"If it is lost for good: {GIVE_UP_COMMAND}"
    if settings.secret_key:
        return f"Put the earlier key behind the new one in SECRET_KEY, with a comma between them. {lost}"
    return f"Put the earlier key into a line of its own at the end of {settings.key_file}. {lost}"


def named(product: LockedProduct) -> str:
    """Name a product with what of it can't be opened."""
    parts = _parts(product)
    return f"{product.name} ({', '.join(parts)})"


def _parts(product: LockedProduct) -> Sequence[str]:
    parts = []
    if codes := product.available + product.reserved:
        reserved = f", {product.reserved:,} of them reserved" if product.reserved else ""
        parts.append(f"{counted(codes, 'unsold code', 'unsold codes')}{reserved}")
    if product.shared:
        parts.append("what every buyer gets")
    return parts
