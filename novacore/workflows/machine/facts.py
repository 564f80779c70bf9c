"""Single facts that the shop keeps about itself under a name, such as the digest of the commands that Discord knows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import ShopFact
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import add_missing, put
from novacore.workflows.machine import jobs
from novacore.workflows.machine.jobs import JobRequest
from novacore.workflows.machine.shop import Shop

COMMANDS_DIGEST = "commands_digest"

BOT_SEEN = "bot_seen"
"""When, and from where, the bot was last connected to Discord."""

CHANNELS = "channels"
"""The ids of the shop's channels at the last start, by setting."""


def recall(shop: Shop, name: str) -> Mapping[str, Any]:
    """Return what was noted under this name; empty when nothing was."""
    with reading(shop.database) as session:
        return known(session, name)


def known(session: Session, name: str) -> Mapping[str, Any]:
    """Return the same, in a session that is open already."""
    fact = session.get(ShopFact, name)
    return fact.value if fact else {}


def note(shop: Shop, name: str, value: Mapping[str, Any]) -> None:
    """Note something under a name, in place of what stood there. Never a secret in the clear."""
    with writing(shop.database) as tx:
        put(tx, ShopFact, ["name"], {"name": name, "value": dict(value), "at": tx.now})


def queue_daily(shop: Shop, name: str, today: date, wanted: JobRequest, key: str) -> bool:
    """Queue the day's round of something, from the second day on; tell whether that was done now.

    `name`: the fact that remembers the last day; `key`: what the job's key begins with.
    """
    last = recall(shop, name).get("day")
    if last == str(today):
        return False
    if last is not None:
        with writing(shop.database) as tx:
            jobs.enqueue(tx, [wanted], key=f"{key}:{today}")
    note(shop, name, {"day": str(today)})
    return last is not None


def locked(tx: Transaction, name: str, initial: Mapping[str, Any] | None = None) -> ShopFact:
    """Return the fact under a name, locked; it begins as `initial` where nothing was noted. Others wait for us here."""
    add_missing(tx, ShopFact, {"name": name, "value": dict(initial or {}), "at": tx.now})
    tx.session.flush()
    found = select(ShopFact).where(ShopFact.name == name).with_for_update()
    return tx.session.execute(found, execution_options={"populate_existing": True}).scalar_one()
