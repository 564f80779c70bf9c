"""What was found wrong reaches the owner by DM under the heading that it belongs to."""

from novacore.workflows.payments import rates
from novacore.workflows.upkeep import stale_rates, told_findings
from novacore.workflows.upkeep.told_findings import Found
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.town import Town


def test_prices_that_are_out_of_date_come_together_and_as_no_start(town: Town, time: MovableClock) -> None:
    for coin in ("btc", "ltc"):
        rates.set_rate(town.shop, OWNER, coin, "60")
    time.move(hours=25)
    stale_rates.tell(town.shop)
    told_findings.news(town.shop, "start", [Found("warning", "Disk", "Little room.", "Make room.")])
    town.work()
    told = [message.text for message in town.wire.dms(town.wire.owner_id)]
    assert len(told) == 2
    (prices,) = [text for text in told if "2 prices that you set are out of date." in text]
    (start,) = [text for text in told if "Your shop has started" in text]
    assert prices != start
