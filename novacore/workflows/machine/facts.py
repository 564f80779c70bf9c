"""Single facts that the shop keeps about itself under a name, such as the digest of the commands that Discord knows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import ShopFact
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import add_missing, put
from novacore.workflows.machine.shop import Shop

COMMANDS_DIGEST = "commands_digest"

BOT_SEEN = "bot_seen"
"""When, and from where, the bot was last connected to Discord."""


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


def locked(tx: Transaction, name: str, initial: Mapping[str, Any] | None = None) -> ShopFact:
    """Return the fact under a name, locked; it begins as `initial` where nothing was noted. Others wait for us here."""
    add_missing(tx, ShopFact, {"name": name, "value": dict(initial or {}), "at": tx.now})
    tx.session.flush()
    found = select(ShopFact).where(ShopFact.name == name).with_for_update()
    return tx.session.execute(found, execution_options={"populate_existing": True}).scalar_one()
