"""A worker process that runs one job of a real shop with the real handlers; a test kills it where it likes.

`python -m tests.tasks.one_job <database url> <key> <api url> <token> <job id> <staff channel id>
[<main channel id> <ticket category id> <staff role id>]`
"""

import sys

from novacore import clock
from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime, load_handlers
from novacore.tasks.queue.offload.offload import Inline
from novacore.workflows.machine.shop import Places, Shop
from tests.fixtures.shops import ADDRESSES, MovableClock


def main() -> None:
    """Run the job."""
    url, key, api_url, token, job_id, staff_channel_id = sys.argv[1:7]
    main_channel_id, category_id, role_id = (*map(int, sys.argv[7:]), 0, 0, 0)[:3]
    places = Places(
        main_channel_id=main_channel_id,
        staff_channel_id=int(staff_channel_id),
        ticket_category_id=category_id,
        staff_role_ids=frozenset({role_id} - {0}),
    )
    clock.set_source(MovableClock())
    load_handlers()
    shop = Shop(Database(url), GoodsCipher([key]), ADDRESSES, places=places)
    runner.run(Runtime(shop, Calls.rest(token, api_url), Inline(), "killable"), int(job_id))


if __name__ == "__main__":
    main()
