"""From the text of one setting to its value. `model` puts these on its fields.

Each refusal is a ValueError whose text goes on where the setting's name stops ("CURRENCY" + " is not ..."), and none
quotes the value: a secret pasted on the wrong line must not end up in a log.
"""

import os
import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import SecretStr

from novacore.errors import BadInput
from novacore.money import require_currency, why_not
from novacore.settings.key_file import NEW_KEY_COMMAND, is_key

_SNOWFLAKE = re.compile(r"(?:<(?:#|@&)(?=\d+>))?(\d{15,20})>?", re.ASCII)
_TOKEN = re.compile(r"[\w-]{8,}\.[\w-]{3,}\.[\w-]{8,}", re.ASCII)
_SCHEDULE = re.compile(
    r"(?:daily|weekly (?P<weekday>[a-z]+)|monthly (?P<day>\d{1,2})) (?P<hour>\d{1,2}):(?P<minute>\d{2})", re.ASCII
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SWITCH = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
_LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_LOG_FORMATS = ("plain", "json")


@dataclass(frozen=True, slots=True)
class ReportSchedule:
    """When the sales report is due, in the shop's time zone. `day`: weekday (Monday 0) or day of the month (1-28)."""

    every: Literal["day", "week", "month"]
    at: time
    day: int = 0


def snowflake(text: str) -> int:
    """Read a Discord id; a pasted mention (<#...>, <@&...>) will do."""
    found = _SNOWFLAKE.fullmatch(text)
    if not found or int(found[1]) >= 2**63:
        raise ValueError("is not a Discord id, which is a number of 17 to 20 digits.")
    return int(found[1])


def snowflakes(text: str) -> frozenset[int]:
    """Read several Discord ids, with commas or spaces between them."""
    return frozenset(snowflake(part) for part in re.split(r"[\s,;]+", text) if part)


def discord_token(text: str) -> SecretStr:
    """Read a bot token. Discord documents no form: only what is clearly something else is refused."""
    text = text.removeprefix("Bot ")
    if not _TOKEN.fullmatch(text):
        raise ValueError("is not a bot token, which has three parts with dots between them (a client secret has none).")
    return SecretStr(text)


def email(text: str) -> str:
    """Read an e-mail address. The network is not asked: the shop must start without it."""
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is not an e-mail address. {error}") from None


def currency(text: str) -> str:
    """Read a code of ISO 4217 in which something can be priced."""
    try:
        return require_currency(text)
    except BadInput:
        raise ValueError(why_not(text.upper())) from None


def time_zone(text: str) -> ZoneInfo:
    """Read an IANA time zone."""
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError("is not a time zone. Write it like Europe/Berlin, America/New_York or UTC.") from None


def report_schedule(text: str) -> ReportSchedule | None:
    """Read "daily 09:00", "weekly monday 09:00", "monthly 1 09:00" or "off" (None)."""
    text = text.lower()
    if text == "off":
        return None
    found = _SCHEDULE.fullmatch(text)
    if not found or not _is_possible(found):
        raise ValueError("is not a schedule.")
    at = time(int(found["hour"]), int(found["minute"]))
    if found["weekday"]:
        return ReportSchedule("week", at, _WEEKDAYS.index(found["weekday"]))
    if found["day"]:
        return ReportSchedule("month", at, int(found["day"]))
    return ReportSchedule("day", at)


def _is_possible(found: re.Match[str]) -> bool:
    """Every month has a day 28: on a 31st the report would be missing from five months."""
    on_clock = int(found["hour"]) < 24 and int(found["minute"]) < 60
    known_day = found["weekday"] in {None, *_WEEKDAYS} and 1 <= int(found["day"] or 1) <= 28
    return on_clock and known_day


def yes_or_no(text: str) -> bool:
    """Read a switch."""
    try:
        return _SWITCH[text.lower()]
    except KeyError:
        raise ValueError("is neither yes nor no.") from None


def log_level(text: str) -> str:
    """Read a logging level; the answer is in capitals, as `logging` has it."""
    if text.lower() not in _LOG_LEVELS:
        raise ValueError(f"isn't one of {', '.join(_LOG_LEVELS)}.")
    return text.upper()


def log_format(text: str) -> str:
    """Read how the lines of the log are written; the answer is in small letters."""
    if text.lower() not in _LOG_FORMATS:
        raise ValueError(f"isn't one of {', '.join(_LOG_FORMATS)}.")
    return text.lower()


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address(text: str) -> Address:
    """Read an address with a port; a port alone is of this machine alone."""
    host, colon, port = text.rpartition(":")
    is_port = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536
    if not is_port or (colon and not host):
        raise ValueError("is no address with a port.")
    return Address(host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port))


def whole_number(text: str) -> int:
    """Read a whole number written with plain digits."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ValueError("is not a whole number.")
    return int(text)


def path(text: str) -> Path:
    """Read a path; `~` is the home folder, and the answer does not depend on the folder we stand in."""
    if os.name != "nt" and re.match(r"[A-Za-z]:[\\/]|\\\\", text):
        raise ValueError("is a path of Windows, and this machine runs something else.")
    return Path(text).expanduser().absolute()


def api_url(text: str) -> str:
    """Read the address that stands in for https://discord.com/api/v10, without a slash at its end."""
    parts = _split(text)
    if parts is None or parts[0] not in {"http", "https"}:
        raise ValueError("is not a web address.")
    return text.rstrip("/")


def explorer(text: str) -> str:
    """Read the address of a block explorer, without a slash at its end. Staff follow links to it: only https."""
    parts = _split(text)
    if parts is None or parts[0] != "https" or len(text) > _LONGEST_EXPLORER or not text.isascii() or "?" in text:
        raise ValueError("is not the address of a website, like https://mempool.space.")
    return text.rstrip("/")


_LONGEST_EXPLORER = 200


def _split(text: str) -> tuple[str, str] | None:
    """Return scheme and host of an address, or None when it has no host or an impossible port."""
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return (parts.scheme, parts.hostname or "") if usable else None


def sentry_dsn(text: str) -> SecretStr:
    """Read a Sentry DSN."""
    from sentry_sdk.utils import BadDsn, Dsn  # noqa: PLC0415 - 4 MB, and most shops have none

    try:
        Dsn(text)
    except (BadDsn, ValueError):
        raise ValueError("is not a Sentry DSN.") from None
    return SecretStr(text)


def secret_keys(text: str) -> tuple[SecretStr, ...]:
    """Read one key or several with commas: the first encrypts, all decrypt."""
    keys = [part for part in re.split(r"[\s,]+", text) if part]
    if not keys or not all(is_key(key) for key in keys):
        raise ValueError(f"is not a key. Make one with this command: {NEW_KEY_COMMAND}.")
    return tuple(SecretStr(key) for key in keys)


# ---- the shop's own face

_NAME_LIMIT = 50
"""Characters of the shop's name, counted as Discord counts: it heads the panel and the report's picture."""

_HEX = re.compile(r"(?:#|0x)?(?P<digits>[0-9a-f]{6}|[0-9a-f]{3})", re.ASCII)

COLOURS = {
    "black": 0x000000,
    "blue": 0x3498DB,
    "blurple": 0x5865F2,
    "brown": 0x8B5A2B,
    "cyan": 0x00BCD4,
    "gold": 0xF1C40F,
    "gray": 0x95A5A6,
    "green": 0x2ECC71,
    "grey": 0x95A5A6,
    "lime": 0xA4DE02,
    "magenta": 0xE91E63,
    "navy": 0x34495E,
    "orange": 0xE67E22,
    "pink": 0xFF73B9,
    "purple": 0x9B59B6,
    "red": 0xE74C3C,
    "teal": 0x1ABC9C,
    "turquoise": 0x40E0D0,
    "violet": 0x7C5CFF,
    "white": 0xFFFFFF,
    "yellow": 0xFEE75C,
}
"""Colours by their plain names."""

_NEARLY_BLACK = 0x010101
"""Black, which Discord would take for no colour at all."""


def shop_name(text: str) -> str:
    """Read the name that the shop goes by. What can't be seen was refused before."""
    bare = " ".join(text.split())
    if not any(one.isalnum() for one in bare):
        raise ValueError("has neither a letter nor a digit.")
    if (count := len(bare.encode("utf-16-le")) // 2) > _NAME_LIMIT:
        raise ValueError(f"has {count} characters; the limit is {_NAME_LIMIT}.")
    return bare


def colour(text: str) -> int:
    """Read a colour: #5865F2, 5865F2, #58F, or one of `COLOURS`."""
    word = text.lower()
    found = _HEX.fullmatch(word)
    if found is None and word not in COLOURS:
        raise ValueError("is not a colour.")
    return (_number(found["digits"]) if found else COLOURS[word]) or _NEARLY_BLACK


def _number(digits: str) -> int:
    return int(digits if len(digits) == 6 else "".join(one * 2 for one in digits), 16)
