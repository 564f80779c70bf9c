"""A worker that a test can kill: runs one job of a shop, whose handler sends one DM. Started as a process of its own.

Its lease lasts for an hour: nobody takes the job from it but for a reason.

`python -m tests.tasks.seller <database url> <api url> <token> <job id> <user id> <where to die>`
"""

import os
import signal
import sys
from dataclasses import replace

from novacore.crypto import GoodsCipher, new_key
from novacore.db.engine import Database
from novacore.db.signs.sign_of_life import show
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import HANDLERS, Handler, Runtime, Work
from novacore.tasks.queue.offload.offload import Inline
from novacore.tasks.queue.sending.send_once import ToPerson, send_once
from novacore.workflows.machine.shop import Shop
from tests.tasks.jobs import ANY
from tests.tasks.views import goods

LEASE = 3600.0


def selling(user_id: int, die: str = "") -> Handler:
    """Return a handler that sends its goods to someone once. `die`: where it kills its own process."""

    def sell(work: Work) -> str:
        receipt = send_once(work, f"delivery:{work.job.subject_id}", "delivery", ToPerson(user_id), goods)
        if die == "after the record":
            os.kill(os.getpid(), signal.SIGKILL)
        return f"{receipt.message.message_id} {'again' if receipt.repeated else 'new'}"

    return sell


def main() -> None:
    """Run the job."""
    url, api_url, token, job_id, user_id, die = sys.argv[1:]
    HANDLERS[ANY] = selling(int(user_id), die)
    shop = Shop(Database(url), GoodsCipher([new_key()]), {})
    runtime = Runtime(shop, Calls.rest(token, api_url), Inline(), "killable", lease_seconds=LEASE)
    runner.run(replace(runtime, sign=show(shop.database, LEASE)), int(job_id))


if __name__ == "__main__":
    main()
