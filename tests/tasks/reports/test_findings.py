"""What was found wrong reaches the owner by DM under the heading that it belongs to."""

from sqlalchemy import select

from novacore.db.models import Send
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import UNKNOWN_CHANNEL
from novacore.states import SendState
from novacore.workflows.payments import rates
from novacore.workflows.upkeep import stale_rates, told_findings
from novacore.workflows.upkeep.told_findings import Found
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.town import Town
from tests.wire.faults import Answer
from tests.workflows.machine import lives


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


def test_a_message_that_nobody_can_look_for_is_settled(town: Town) -> None:
    told_findings.news(town.shop, "start", [Found("warning", "Disk", "Little room.", "Make room.")])
    (job_id,) = town.due("tell_owner")
    key = f"findings:{job_id}:u{town.wire.owner_id}"
    # Whether it went out is not known: the attempt was killed.
    lives.write_send(town.shop, "job", str(job_id), "findings", SendState.begun, key=key)
    town.wire.fault("GET", "/channels/*/messages", Answer(404, UNKNOWN_CHANNEL), times=None)
    town.work()
    assert town.outcome("tell_owner") == ("done", "0 owners have been told.")
    with reading(town.shop.database) as session:
        assert [*session.execute(select(Send.state)).scalars()] == [SendState.abandoned]
