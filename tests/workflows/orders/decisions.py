"""Decisions of the past, written as events: what the shop's figures about waiting are made of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from novacore.db.models import Event
from novacore.db.unit_of_work import writing
from novacore.workflows.machine.shop import Shop


def write_decisions(
    shop: Shop,
    at: datetime,
    waits: Sequence[int],
    *,
    trigger: str = "approve",
    source: str = "under_review",
    kind: str = "order",
) -> None:
    """Write for each wait, in minutes, a proof and the decision that followed it; the last one falls on this moment."""
    rows: list[dict[str, Any]] = []
    for number, minutes in enumerate(waits):
        decided = at - timedelta(seconds=len(waits) - 1 - number)
        subject: dict[str, Any] = {"subject_kind": kind, "subject_id": f"{trigger}-{source}-{at:%d%H%M%S}-{number}"}
        who = {"actor_kind": "staff", "actor_id": 1, "actor_name": "Sam", "detail": {}}
        proof = {"trigger": "submit_proof", "source": "awaiting_payment", "target": "under_review"}
        rows.append(subject | who | proof | {"at": decided - timedelta(minutes=minutes)})
        rows.append(subject | who | {"trigger": trigger, "source": source, "target": "approved", "at": decided})
    with writing(shop.database) as tx:
        tx.session.execute(insert(Event), rows)
