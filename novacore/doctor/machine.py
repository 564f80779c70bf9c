"""What the doctor looks at on this machine: settings, room on the disks, the key to the goods."""

import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from novacore import private_files, systems
from novacore.crypto import GoodsCipher
from novacore.db import health
from novacore.db.engine import Database
from novacore.db.queries import sealed
from novacore.doctor.findings import Finding, Findings, fault, ok, warning
from novacore.errors import SettingsError
from novacore.plurals import counted, listed
from novacore.settings import Settings
from novacore.settings.payments import NOTHING_ON, TURN_ON
from novacore.states import PaymentMethod
from novacore.workflows.upkeep.keys import goods_keys

MIB = 1024 * 1024
FULL = 200 * MIB
"""Free bytes below which the next backup, or SQLite's next big write, may fail."""

SCARCE = 1024 * MIB

Room = Callable[[Path], int]
"""Returns the free bytes of the disk that a folder is on; raises OSError."""


def free_bytes(folder: Path) -> int:
    """Ask this machine."""
    return shutil.disk_usage(folder).free


def refused_settings(refusal: SettingsError) -> list[Finding]:
    """Put every fault of the settings as a finding; each sentence brings its fix."""
    return [fault("Settings", sentence) for sentence in refusal.faults]


def settings(given: Settings) -> Findings:
    """Tell what the settings warn of; that they can be read has been seen."""
    yield from (warning("Settings", sentence) for sentence in given.warnings)
    if not given.warnings:
        yield ok("Settings", "All are there, and they fit together.")


def files(given: Settings) -> Findings:
    """Look whether others on this machine can open what the shop has written. Nothing is changed."""
    if not systems.KNOWS_MODES:
        yield ok("Files", _UNSEEN)
        return
    found = private_files.readable_by_others(given.own_files())
    if not found:
        yield ok("Files", "Nobody else on this machine can open the shop's files.")
        return
    named = ", ".join(str(file) for file in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    fix = "Start the shop again: it takes that right away. Or run `chmod go=` on each of them."
    yield warning("Files", f"Others on this machine can open {named}{more}.", fix)


_NAMED = 5
_UNSEEN = "Who may open the shop's files can't be seen on this system. Keep them in a folder of your own user."


def payments(given: Settings, own: Sequence[str] = ()) -> Findings:
    """Tell which ways to pay customers are offered: one that was turned off and forgotten loses sales.

    `own` are the labels of the owner's own ones that are on sale.
    """
    off = [method.row.short for method in PaymentMethod if method not in given.payment_addresses]
    on = [method.row.short for method in PaymentMethod if method in given.payment_addresses]
    on += own
    if not on:
        yield fault("Ways to pay", NOTHING_ON, TURN_ON)
        return
    yield ok("Ways to pay", f"On: {', '.join(on)}." + (f" Off: {', '.join(off)}." if off else ""))


def disks(given: Settings, room: Room = free_bytes) -> Findings:
    """Look for room where the shop writes."""
    for folder in _folders(given):
        try:
            free = room(folder)
        except OSError as error:
            yield fault("Disk", f"{folder} cannot be looked at: {error.strerror}.", "Check that the disk is mounted.")
            continue
        yield _space(folder, free)


def _folders(given: Settings) -> Iterator[Path]:
    yield given.log_dir
    if given.postgres_url is None:
        yield given.database_path.parent


def _space(folder: Path, free: int) -> Finding:
    said = f"{folder} has {free // MIB} MiB left."
    if free < FULL:
        return fault("Disk", said, "Make room now: when the disk is full, the shop can take no order.")
    if free < SCARCE:
        return warning("Disk", said, "Make room soon: at least 1 GiB should be free.")
    return ok("Disk", said)


def key(given: Settings, database: Database) -> Findings:
    """See whether the key is that of the goods, without ever making one: a new one would hide that the old is lost."""
    if not given.secret_key and not given.key_file.exists():
        yield _no_key_file(given, database)
        return
    try:
        cipher = GoodsCipher(given.goods_keys())
    except SettingsError as refusal:
        yield from (fault("Key", sentence) for sentence in refusal.faults)
        return
    yield _fit(given, database, cipher)


def currency(given: Settings, database: Database) -> Findings:
    """See whether the products are priced in the shop's currency: each keeps the one it was saved with."""
    others = health.other_currencies(database, given.currency)
    if not others:
        yield ok("CURRENCY", f"The products are priced in {given.currency}.")
        return
    named = listed([f"{counted(count, 'product', 'products')} in {code}" for code, count in others], _NAMED)
    fix = f"Set CURRENCY={others[0][0]} again, or give each of them a price in {given.currency} with `/product edit`."
    yield warning("CURRENCY", f"It is {given.currency}, but there are prices in another currency: {named}.", fix)


def _no_key_file(given: Settings, database: Database) -> Finding:
    if sealed.is_anything(database):
        back = f"Put {given.key_file} back from your backup before you start the shop, or set SECRET_KEY."
        return fault("Key", "The key file is gone, and without it no goods can be read.", back)
    return ok("Key", "There are no goods yet; the key is made at the first start.")


def _fit(given: Settings, database: Database, cipher: GoodsCipher) -> Finding:
    found = goods_keys.take_stock(database, cipher.marks)
    if found.opens_none:
        return fault("Key", *goods_keys.refusal(given))
    if found.missing:
        return fault("Key", goods_keys.told(found), goods_keys.fix(given))
    return ok("Key", _key_is_fine(given, bool(found.needed)))


def _key_is_fine(given: Settings, has_goods: bool) -> str:
    fits = "It opens the goods." if has_goods else "There are no goods yet."
    if given.secret_key:
        return f"{fits} Keep SECRET_KEY in a safe place away from this machine, too."
    mode = f" (mode {stat.S_IMODE(given.key_file.stat().st_mode):o})" if systems.KNOWS_MODES else ""
    return f"{fits} {given.key_file}{mode} belongs in every backup of the database."
