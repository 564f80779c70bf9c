"""Kills a command between any two of its statements, and prints what the database holds afterwards, a JSON line a kill.

Run as a process of its own: `python -m tests.workflows.machine.killed_command URL KEY ORDER_ID`. It forks a child for
each place to die at; the last line is the child that lived.
"""

import json
import os
import signal
import sys
from typing import Any

from sqlalchemy import event, func, select

from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.db.models import Event, EvidenceClaim, Job, LedgerEntry, Order, Unit
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import ADDRESSES, STAFF

MOST_STATEMENTS = 60


def die_before(database: Database, number: int) -> None:
    """Kill this process before its `number`th statement, the commit counted as one."""
    left = [number]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)


def approve_in_child(url: str, key: str, order_id: str, number: int) -> bool:
    """Approve in a forked child that dies at its `number`th statement; True when it lived."""
    child = os.fork()
    if child == 0:
        database = Database(url)
        die_before(database, number)
        orders.approve(Shop(database, GoodsCipher([key]), ADDRESSES), STAFF, order_id, Given())
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def what_is_there(url: str, order_id: str) -> dict[str, Any]:
    """Read every table that an approval writes."""
    database = Database(url)
    with reading(database) as session:

        def count(model: Any, *conditions: Any) -> int:
            return int(session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one())

        order = session.get_one(Order, order_id)
        found = {
            "status": order.status,
            "version": order.version,
            "events": count(Event, Event.subject_id == order_id, Event.trigger == "approve"),
            "jobs": count(Job, Job.subject_id == order_id, Job.name == "deliver_order"),
            "sold": count(Unit, Unit.order_id == order_id, Unit.status == "sold"),
            "money": count(LedgerEntry, LedgerEntry.order_id == order_id),
            "claims": count(EvidenceClaim, EvidenceClaim.order_id == order_id),
        }
    database.close()
    return found


def main(url: str, key: str, order_id: str) -> None:
    """Kill at every statement in turn."""
    for number in range(1, MOST_STATEMENTS):
        lived = approve_in_child(url, key, order_id, number)
        print(json.dumps({"lived": lived, **what_is_there(url, order_id)}), flush=True)
        if lived:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
