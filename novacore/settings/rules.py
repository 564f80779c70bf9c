"""What must hold between settings, and on this machine: missing ones, clashes, folders. `reading` asks them all.

They look at the text that was given (by setting's name in small letters), so that they speak up next to the faults of
single values. Each answers with sentences that never quote a value.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from novacore import private_files
from novacore.settings import payments
from novacore.settings.env_file import has_stray_quote
from novacore.settings.key_file import NEW_KEY_COMMAND

Given = Mapping[str, str]

_PUBLIC_CHANNELS = (
    *("main_channel_id", "public_log_channel_id", "vouch_channel_id", "ticket_panel_channel_id", "news_channel_id"),
)
_PRIVATE_CHANNELS = {
    "staff_channel_id": "customers would read each other's proofs of payment there",
    "report_channel_id": "customers would read your sales figures there",
}
_CATEGORIES = ("ticket_category_id", "ticket_overflow_category_id")
_SQLITE_MAGIC = b"SQLite format 3\0"


def damaged(given: Given) -> dict[str, str]:
    """Find values that were cut or joined on their way: a fault for each name."""
    found = {}
    for name, value in given.items():
        if not value.isprintable():
            found[name] = f"{name.upper()} holds a line break or an invisible character. Write it again by hand."
        elif has_stray_quote(value):
            found[name] = f"{name.upper()} has a quote at one end only. Remove it, or close it."
    return found


def missing(given: Given, fixes: Mapping[str, str]) -> Iterator[str]:
    """Name what is missing among the required settings (`fixes`: name to how to fix it)."""
    for name, fix in fixes.items():
        if name not in given:
            yield f"{name.upper()} is missing. {fix} Put it in .env as {name.upper()}=..."


def clashes(given: Given) -> Iterator[str]:
    """Find settings that may not be the same thing."""
    for private, harm in _PRIVATE_CHANNELS.items():
        for public in _PUBLIC_CHANNELS:
            if _same(given, private, public):
                yield f"{private.upper()} and {public.upper()} are the same channel: {harm}. Make two."
    for category in _CATEGORIES:
        for channel in (*_PUBLIC_CHANNELS, *_PRIVATE_CHANNELS):
            if _same(given, category, channel):
                yield f"{category.upper()} is the id of a channel ({channel.upper()}). Take the id of a category."
    if _same(given, *_CATEGORIES):
        yield "TICKET_OVERFLOW_CATEGORY_ID and TICKET_CATEGORY_ID are the same. Make two, or leave it out."
    yield from _time_clashes(given)
    yield from _role_clashes(given)
    yield from _address_clashes(given)


def _role_clashes(given: Given) -> Iterator[str]:
    if _same(given, "customer_role_id", "staff_role_ids"):
        yield "CUSTOMER_ROLE_ID is also in STAFF_ROLE_IDS: every customer would be staff. Remove it there."
    if _same(given, "customer_role_id", "owner_role_id"):
        yield "CUSTOMER_ROLE_ID and OWNER_ROLE_ID are the same role: every customer would be an owner. Make two roles."
    if _same(given, "customer_role_id", "reviewer_role_ids"):
        yield "CUSTOMER_ROLE_ID is also in REVIEWER_ROLE_IDS: customers would decide on proofs. Remove it there."
    if _same(given, "owner_role_id", "reviewer_role_ids"):
        yield "OWNER_ROLE_ID is also in REVIEWER_ROLE_IDS, but owners decide on proofs anyway. Remove it there."
    for name in ("owner_role_id", "staff_role_ids", "reviewer_role_ids", "customer_role_id"):
        if _same(given, "news_role_id", name):
            yield f"NEWS_ROLE_ID is also in {name.upper()}: everybody could give it to themselves. Make another role."


def _address_clashes(given: Given) -> Iterator[str]:
    """The old Litecoin form that starts with 3 is Bitcoin's too: only the copy gives the mistake away."""
    bitcoin = given.get("btc_address", payments.OFF)
    if bitcoin == given.get("ltc_address") and not payments.is_off(bitcoin):
        yield "BTC_ADDRESS and LTC_ADDRESS are the same. Copy each from its own wallet."


def _time_clashes(given: Given) -> Iterator[str]:
    idle, close = _hours(given, "ticket_idle_hours", 24), _hours(given, "ticket_close_hours", 72)
    if idle and close and idle >= close:
        yield (
            f"TICKET_CLOSE_HOURS ({close}) is not more than TICKET_IDLE_HOURS ({idle}): customers would be reminded "
            "too late. Make it larger."
        )


def _hours(given: Given, name: str, default: int) -> int | None:
    """Return a number of hours, or None for what is no number: that fault is told with the value itself."""
    text = given.get(name, str(default)).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _same(given: Given, one: str, other: str) -> bool:
    """Tell whether two settings share an id, bare or as a mention."""
    first, second = (set(re.findall(r"\d{15,}", given.get(name, ""))) for name in (one, other))
    return bool(first & second)


def processes(given: Given, *, require_broker: bool) -> Iterator[str]:
    """Find what several processes would need and do not have."""
    if "database_url" in given and "secret_key" not in given:
        yield (
            "SECRET_KEY is missing, and with DATABASE_URL each machine would make a key of its own. "
            f"Make one with this command, and give the same to all: {NEW_KEY_COMMAND}"
        )
    if require_broker and "celery_broker_url" not in given:
        yield (
            "CELERY_BROKER_URL is missing, so a separate process would listen to nobody. "
            "Set it like redis://host:6379/0, or start everything in one process with `novacore run`."
        )


def storage(database: Path | None, logs: Path | None) -> Iterator[str]:
    """Try to write where the shop will write. `None`: not to be tried."""
    if logs and (problem := _unwritable_folder(logs)):
        yield f"LOG_DIR cannot be used: {problem}. Choose a folder that the bot may write to."
    if database and (problem := _unwritable_folder(database.parent) or _unusable_file(database)):
        yield f"DATABASE_PATH cannot be used: {problem}. Choose a file in a folder that the bot may write to."


def _unwritable_folder(folder: Path) -> str | None:
    """Really write: permission bits say little to root, and nothing about read-only mounts and full disks."""
    try:
        private_files.make_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"?")
            file.flush()
    except (OSError, ValueError) as error:
        return _reason(error)
    return None


def _unusable_file(database: Path) -> str | None:
    if not os.path.lexists(database):
        return None
    if database.exists() and not database.is_file() and not database.is_dir():
        return "it is not a file"
    try:
        with database.open("r+b") as file:
            magic = file.read(len(_SQLITE_MAGIC))
    except OSError as error:
        return _reason(error)
    return None if magic in {b"", _SQLITE_MAGIC} else "the file is not a SQLite database"


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "the name is not possible"
