"""`novacore rotate-key`: seals all goods under a new key. Called by `cli`; what it says goes to its caller.

With SECRET_KEY the owner has put the new key in front, and the shop may be open. With a key file this command makes
the new key itself, and the shop has to be closed: it has read the file at its start.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from novacore.crypto import new_key
from novacore.db import schema
from novacore.db.ownership import ShopIsRunning, sole_owner
from novacore.errors import NovaCoreError
from novacore.progress_bar import track
from novacore.settings import Settings, key_file
from novacore.workflows.machine.shop import Shop, open_shop
from novacore.workflows.upkeep.keys import key_rotation
from novacore.workflows.upkeep.keys.key_rotation import Rotated


def rotate_key(settings: Settings) -> str:
    """Rotate and return what to do next. Raises NovaCoreError where something stays under an old key."""
    if settings.secret_key:
        if len(settings.secret_key) < 2:
            raise NovaCoreError(_ONE_KEY)
        found = _rotate(settings)
        return _done(found, "The old keys may be taken out of SECRET_KEY now; then start every process again.")
    try:
        with sole_owner(settings.database_path):
            _make_key(settings)
            found = _rotate(settings)
    except ShopIsRunning:
        raise NovaCoreError(_STILL_OPEN) from None
    return _done(
        found,
        f"You can start the shop again. The first line of {settings.key_file} is its key. Copy the file into your "
        "backup; the lines below the first are of use only for older backups, and may go when those do.",
    )


_ONE_KEY = (
    "SECRET_KEY holds one key, so there is nothing to rotate to. Make a new one with `novacore new-key`, put it in "
    "front of the old one in SECRET_KEY with a comma between them, start every process of the shop again, and then run "
    "this once more."
)
_STILL_OPEN = (
    "The shop is running, and it has read its key file at its start: it could not read goods under a new key. Stop it, "
    "run this again, and start it."
)


def _make_key(settings: Settings) -> None:
    """Put a new key in front, unless an earlier run did and was cut off before everything stood under it."""
    with _open(settings) as shop:
        unfinished = key_rotation.is_pending(shop)
    if not unfinished:
        key_file.put_in_front(settings.key_file, new_key())


def _rotate(settings: Settings) -> Rotated:
    with _open(settings) as shop, track("Sealing goods again", key_rotation.count(shop)) as bar:
        return key_rotation.rotate(shop, bar.advance)


@contextmanager
def _open(settings: Settings) -> Iterator[Shop]:
    shop = open_shop(settings)
    try:
        schema.require_current(shop.database)
        yield shop
    finally:
        shop.database.close()


def _done(found: Rotated, then: str) -> str:
    if found.unreadable:
        named = ", ".join(found.unreadable)
        raise NovaCoreError(
            f"Some goods are under a key that is not given: {named}. Put that key behind the others and run this "
            "again. Keep every old key until then."
        )
    if not found.is_settled:
        raise NovaCoreError(
            "Some process of the shop still seals goods under the old key. Start all of them again with the new key in "
            "front, and then run this once more. Keep the old key until then."
        )
    return f"Everything is sealed under the first key ({found.resealed:,} again). {then}"
