"""The commands of production, as processes on a real Redis, and someone who gives them work."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from novacore.states import PaymentMethod
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from tests.wire.stand_in import Wire

ROOT = Path(__file__).resolve().parents[2]
CELERY = [sys.executable, "-m", "celery", "-A", "novacore.tasks.queue.app"]

Start = Callable[..., "Process"]


class Process:
    """A Celery command that runs."""

    def __init__(self, popen: "subprocess.Popen[bytes]", log: Path) -> None:
        self.popen, self._log = popen, log

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text()

    def wait_for(self, words: str, seconds: float = 30) -> None:
        """Wait until it has said so."""
        deadline = time.monotonic() + seconds
        while words not in self.log:
            assert self.popen.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.02)


def order(shop: Shop, wire: Wire, product_id: int) -> int:
    """Let a new customer place an order, and return who it was."""
    customer = wire.add_user()
    checkout = Checkout(f"checkout-{customer}", product_id, 1, PaymentMethod.btc)
    orders.place(shop, Actor(customer, "customer"), checkout)
    return customer
