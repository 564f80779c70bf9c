"""Asks the worker processes over the broker who is there and which queues they take: for the doctor."""

import socket

from novacore.doctor.work import BrokerAway, RollCall, Workers
from novacore.tasks.queue.celery_app import make_app
from novacore.tasks.queue.watch import broker

PATIENCE_SECONDS = 2.0
"""How long answers are waited for. A worker answers at once, however busy it is: jobs run next to its main loop."""


def roll_call(broker_url: str, *, here: bool = False) -> RollCall:
    """Return a function that asks all workers, or (`here`) those on this machine. It raises BrokerAway."""
    ending = f"@{socket.gethostname()}" if here else ""

    def ask() -> Workers:
        app = make_app(broker_url)
        try:
            found = app.control.inspect(timeout=PATIENCE_SECONDS).active_queues()
        except Exception as error:  # noqa: BLE001 - each broker has errors of its own
            # The kind alone: what the broker's library says may quote its address, and that has a password.
            raise BrokerAway(type(error).__name__, broker.what_is_wrong(error)) from None
        finally:
            app.close()
        answers = (found or {}).items()
        return {name: [queue["name"] for queue in queues] for name, queues in answers if name.endswith(ending)}

    return ask
