"""Single facts that the shop keeps about itself under a name, such as the digest of the commands that Discord knows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from novacore.db.models import ShopFact
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine.shop import Shop

COMMANDS_DIGEST = "commands_digest"

BOT_SEEN = "bot_seen"
"""When, and from where, the bot was last connected to Discord."""


def recall(shop: Shop, name: str) -> Mapping[str, Any]:
    """Return what was noted under this name; empty when nothing was."""
    with reading(shop.database) as session:
        fact = session.get(ShopFact, name)
        return fact.value if fact else {}


def note(shop: Shop, name: str, value: Mapping[str, Any]) -> None:
    """Note something under a name, in place of what stood there. Never a secret in the clear."""
    with writing(shop.database) as tx:
        builder = sqlite.insert if tx.is_sqlite else postgresql.insert
        row = builder(ShopFact).values(name=name, value=dict(value), at=tx.now)
        changed = {"value": row.excluded.value, "at": row.excluded.at}
        tx.session.execute(row.on_conflict_do_update(index_elements=["name"], set_=changed))
