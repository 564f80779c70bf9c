"""What one purchase asks of Discord, from the panel to the goods: so many requests of each kind, and not one more.

How fast the machine is must not matter here: so the process waits for answers, and for deliveries, as long as it takes,
and does one job after the other (two that show the same card in the same moment edit it once each). And it says nothing
when it has opened, which nobody could tell apart from what a purchase asks.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.states import JobState
from novacore.workflows.machine.jobs import JobName
from tests.stories.live import CODE, NOVACORE, PATIENCE, PRODUCT, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

_PATIENT = """
import asyncio, sys
from datetime import timedelta
from novacore.bot import acknowledgements
from novacore.entry import run_shop
from novacore.tasks.queue.embedded import EmbeddedWorker
from novacore.workflows.orders import follow_ups
acknowledgements.SOON = acknowledgements.FRESH = 60.0
follow_ups.TO_DELIVER = timedelta(minutes=5)
EmbeddedWorker.__init__.__defaults__ = (1,)
run_shop.speak = lambda bot: asyncio.sleep(0)
sys.argv = ["novacore", "run"]
from novacore.cli import main
main()
"""

FOR_A_PURCHASE = {
    # Six pages and notices, each of them the acknowledgement of its press as well, and two forms.
    "POST /interactions/{interaction}/{token}/callback": 8,
    "POST /users/@me/channels": 1,
    # The receipt, the review card, the goods, the public notice.
    "POST /channels/{channel}/messages": 4,
    # The receipt when a proof came; the receipt and the review card when the goods went out.
    "PATCH /channels/{channel}/messages/{message}": 3,
    "PATCH /webhooks/{application}/{token}/messages/{message}": 1,  # the buyer's private page, at the end
    "PUT /guilds/{guild}/members/{user}/roles/{role}": 1,
}
OF_FILES = "GET /attachments/{channel}/{attachment}/{name}"
"""The proof itself comes from where Discord keeps files: not from its API, whose limits it does not touch."""

SHOWS = (JobName.refresh_panel, JobName.refresh_cards, JobName.refresh_pages, JobName.post_review_card)


@pytest.fixture
def shop(wire: Wire, tmp_path: Path) -> Iterator[LiveShop]:
    """A shop that is filled, and not open yet."""
    with LiveShop(wire, tmp_path, {}) as live:
        live.run(NOVACORE, "sample", by_file=True)
        yield live


def _settle(shop: LiveShop) -> None:
    """Wait until nothing is left to be shown of what happened so far."""
    with closing(Database(f"sqlite:///{shop.settings['DATABASE_PATH']}")) as database:
        open_jobs = select(func.count()).where(Job.name.in_(SHOWS), Job.state.in_((JobState.queued, JobState.running)))

        def is_settled() -> bool:
            with reading(database) as session:
                return not session.execute(open_jobs).scalar_one()

        shop.wire.wait_for(is_settled, PATIENCE, "the cards")


def test_a_purchase_takes_eighteen_requests(shop: LiveShop) -> None:
    process = shop.start(sys.executable, "-c", _PATIENT, by_file=True)
    shop.panel()
    shop.wire.wait_for(lambda: shop.wire.messages(shop.channels["support"]), PATIENCE, "the last panel")
    _settle(shop)
    before = len(shop.wire.requests())
    order = shop.order()
    shop.buyer.await_dm(PRODUCT)
    shop.pay(order)
    shop.staff.await_message(shop.channels["staff"], PRODUCT)
    _settle(shop)
    shop.approve()
    shop.buyer.await_dm(CODE)
    shop.staff.await_message(shop.channels["purchases"], PRODUCT)
    _settle(shop)
    shop.staff.await_message(shop.channels["staff"], "Delivered")
    stop([process])
    made = Counter(f"{each.method} {each.route}" for each in shop.wire.requests()[before:])
    assert made.pop(OF_FILES) == 1
    assert made == FOR_A_PURCHASE
    assert made.total() == 18
