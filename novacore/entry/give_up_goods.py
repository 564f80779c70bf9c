"""`novacore new-key --give-up-goods`: asks, and goes on without the goods whose key is lost. `cli` calls it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from novacore.crypto import GoodsCipher, new_key
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.ownership import ShopIsRunning, sole_owner
from novacore.errors import NovaCoreError
from novacore.plurals import counted, listed
from novacore.settings import Settings, key_file
from novacore.workflows.machine.shop import Shop, shop_of
from novacore.workflows.upkeep.keys import given_up, goods_keys, key_marks
from novacore.workflows.upkeep.keys.given_up import GivenUp
from novacore.workflows.upkeep.keys.goods_keys import Holdings

_NAMED = 20

Ask = Callable[[str], bool]
"""Shows what will happen and tells whether the owner wants that."""


def give_up_goods(settings: Settings, agrees: Ask) -> str:
    """Withdraw what no key opens, and make a key file where there is none; returns what to tell the owner.

    Raises NovaCoreError: the shop is running, or its owner doesn't agree. Then nothing was withdrawn.
    """
    with _closed(settings):
        makes_file = not settings.secret_key and not settings.key_file.exists()
        keys = (new_key(),) if makes_file else settings.goods_keys()
        with _opened(settings, keys) as shop:
            found = goods_keys.take_stock(shop.database, shop.cipher.marks)
            if not found.missing:
                return "Everything in the database can be opened, so there is nothing to give up. Nothing was changed."
            if not agrees(_question(settings, found)):
                raise NovaCoreError("Nothing was given up.")
            if makes_file:
                key_file.create(settings.key_file, keys[0])
            return _done(settings, given_up.give_up(shop, found), found, made_file=makes_file)


@contextmanager
def _closed(settings: Settings) -> Iterator[None]:
    """Keep a shop with a key file closed meanwhile: it has read the file at its start."""
    if settings.secret_key:
        yield
        return
    try:
        with sole_owner(settings.database_path):
            yield
    except ShopIsRunning:
        raise NovaCoreError("The shop is running. Stop it, run this again, and start it.") from None


@contextmanager
def _opened(settings: Settings, keys: tuple[str, ...]) -> Iterator[Shop]:
    database = Database(settings.database_url.render_as_string(hide_password=False))
    try:
        schema.migrate(database)
        shop = shop_of(settings, database, GoodsCipher(keys))
        key_marks.give(shop)
        yield shop
    finally:
        database.close()


def _question(settings: Settings, found: Holdings) -> str:
    lines = [f"{_state(settings, found)} What can't be opened will be given up for good:"]
    lines += [f"  - {goods_keys.named(one)}" for one in (*found.products, *found.removed)[:_NAMED]]
    if (more := len(found.products) + len(found.removed) - _NAMED) > 0:
        lines.append(f"  - and {counted(more, 'more product', 'more products')}")
    if found.orders:
        lines.append(f"  - {counted(found.orders, 'paid order', 'paid orders')} that can't be delivered any more")
    lines.append("Orders and books stay as they are. Codes that were sold can't be shown to their buyers again.")
    return "\n".join(lines)


def _state(settings: Settings, found: Holdings) -> str:
    if not settings.secret_key and not settings.key_file.exists():
        return f"The key file {settings.key_file} is missing, so the goods in the database can't be opened."
    key = "SECRET_KEY" if settings.secret_key else f"The key in {settings.key_file}"
    which = "none" if found.opens_none else "only some"
    return f"{key} opens {which} of the goods in the database."


def _done(settings: Settings, gone: GivenUp, found: Holdings, *, made_file: bool) -> str:
    lines = []
    if made_file:
        lines.append(f"A new key is in {settings.key_file}. Copy it into your backup now, away from the database.")
    if gone.codes:
        each = [f"{counted(count, 'code', 'codes')} of {name}" for name, count in gone.codes.items()]
        lines.append(f"Withdrawn: {listed(each, _NAMED)}. Restock them with `/product restock`.")
    if gone.shared:
        lines.append(
            f"Off sale until you write their goods down again (`/product edit`, then bring them back in `/product "
            f"list`): {listed([*gone.shared], _NAMED)}."
        )
    if found.orders:
        many = counted(found.orders, "paid order", "paid orders")
        lines.append(f"{many} can't be delivered: look at them in `/queue`, and refund them or send something else.")
    return "\n".join([*lines, "You can start the shop again."])
