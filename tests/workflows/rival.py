"""A second process at the same shop: waits for the starting shot, approves, and says how it went.

`python -m tests.workflows.rival URL KEY ORDER_ID STAFF_ID`: prints "ready", reads a line, prints the outcome.
"""

import sys

from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.errors import Refusal
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import ADDRESSES


def main(url: str, key: str, order_id: str, staff_id: str) -> None:
    """Approve when the starting shot falls."""
    shop = Shop(Database(url), GoodsCipher([key]), ADDRESSES)
    with shop.database.engine.connect():
        print("ready", flush=True)
    sys.stdin.readline()
    try:
        order = orders.approve(shop, Actor(int(staff_id), f"staff {staff_id}", is_staff=True), order_id, Given(round=1))
        print(order.status, flush=True)
    except Refusal as refusal:
        print(f"{type(refusal).__name__}: {refusal.sentence}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
