"""A worker process that runs one job of a real shop with the real handlers; a test kills it where it likes.

`python -m tests.tasks.one_job <database url> <key> <api url> <token> <job id> <staff channel id>`
"""

import sys

from novacore import clock
from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.tasks import runner
from novacore.tasks.gateway import Gateway
from novacore.tasks.heavy import Inline
from novacore.tasks.work import Runtime, load_handlers
from novacore.workflows.shop import Places, Shop
from tests.fixtures.shops import ADDRESSES, MovableClock


def main() -> None:
    """Run the job."""
    url, key, api_url, token, job_id, staff_channel_id = sys.argv[1:]
    clock.set_source(MovableClock())
    load_handlers()
    shop = Shop(Database(url), GoodsCipher([key]), ADDRESSES, places=Places(staff_channel_id=int(staff_channel_id)))
    runner.run(Runtime(shop, Gateway.rest(token, api_url), Inline(), "killable"), int(job_id))


if __name__ == "__main__":
    main()
