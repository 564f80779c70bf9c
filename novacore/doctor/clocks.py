"""Whether this machine's clock is right, by the other clocks that the shop knows: the database's and Discord's."""

from datetime import UTC, datetime, timedelta
from typing import Final

from novacore.db import health
from novacore.db.engine import Database
from novacore.discord_facts import discord_time
from novacore.doctor.findings import Finding, Findings, fault, ok, spelled, warning

CLOSE: Final = timedelta(seconds=5)
"""Discord tells whole seconds, and an answer takes a while."""

FAR: Final = timedelta(minutes=1)
"""From here on customers see times that are wrong."""

_FIX: Final = (
    "Let this machine set its clock by the network: on Linux with `sudo timedatectl set-ntp true`, elsewhere in its "
    "settings for date and time. The shop can stay open."
)
_FIX_OF_TWO: Final = (
    "Let both machines set their clocks by the network, on Linux with `sudo timedatectl set-ntp true`. The shop can "
    "stay open."
)


def database(opened: Database) -> Findings:
    """Compare with PostgreSQL's. SQLite has no clock of its own."""
    before = datetime.now(UTC)
    told = health.told_time(opened)
    if told is not None:
        here = before + (datetime.now(UTC) - before) / 2
        yield _judged(here - told, "the PostgreSQL server's", _FIX_OF_TWO)


def discord() -> Findings:
    """Compare with what this process has heard last of Discord's, a moment ago."""
    heard = discord_time.last()
    if heard is not None:
        yield _judged(heard.ahead, "Discord's", _FIX)


def _judged(ahead: timedelta, whose: str, fix: str) -> Finding:
    off = abs(ahead)
    if off <= CLOSE:
        return ok("Clock", f"This machine's clock agrees with {whose}.")
    said = f"This machine's clock is {spelled(off)} {'ahead of' if ahead > timedelta(0) else 'behind'} {whose}."
    return (fault if off > FAR else warning)("Clock", said, fix)
