"""Opens the shop for whoever needs its goods: at this release's schema, and only with the keys to what it holds."""

from collections.abc import Callable
from contextlib import closing

from novacore import systems
from novacore.crypto import GoodsCipher
from novacore.db import schema
from novacore.db.engine import Database
from novacore.errors import NovaCoreError
from novacore.settings import Settings
from novacore.workflows.machine.shop import Shop, open_shop, shop_of
from novacore.workflows.upkeep.keys import goods_keys, key_marks


def migrate(settings: Settings) -> None:
    """Bring the database to this release's schema, and mark what an earlier release sealed where a key is at hand.

    The goods are not needed for that: no key is made, and one that doesn't fit is left to whoever opens the shop.
    """
    with closing(Database(settings.database_url.render_as_string(hide_password=False))) as database:
        schema.migrate(database)
        if settings.secret_key or settings.key_file.exists():
            key_marks.give(shop_of(settings, database, GoodsCipher(settings.goods_keys())))


def open_ready(settings: Settings) -> Shop:
    """Open a shop whose schema is this release's. Raises SchemaMismatch and SettingsError; nothing stays open then."""
    return _opened(settings, schema.require_current)


def open_again(settings: Settings) -> Shop:
    """Open a shop that this process has found ready before. Raises SchemaMismatch and SettingsError."""
    return _opened(settings, schema.require_current, lambda _shop, _settings: None)


def open_migrated(settings: Settings) -> Shop:
    """Bring the database to this release's schema, and open the shop. Raises SchemaMismatch and SettingsError."""
    return _opened(settings, schema.migrate)


def require_own_folder(settings: Settings, command: str) -> None:
    """Refuse to make root's files where the shop belongs to another user, who could not open them.

    `command` is what to run as that user. Raises NovaCoreError. A database on a server has no files here.
    """
    if settings.postgres_url is not None or not systems.is_root():
        return
    database = settings.database_path.absolute()
    place = next(one for one in (database, *database.parents) if one.exists())
    if not systems.is_mine(place.stat()):
        name = systems.owner_of(place.stat())
        raise NovaCoreError(
            f"{place} belongs to {name}, who could not open what root makes there. Run this as that user: "
            f"sudo -u {name} {command}"
        )


def _opened(
    settings: Settings,
    prepare: Callable[[Database], None],
    settle: Callable[[Shop, Settings], None] = goods_keys.settle,
) -> Shop:
    shop = open_shop(settings)
    try:
        prepare(shop.database)
        settle(shop, settings)
    except BaseException:
        shop.database.close()
        raise
    return shop
