"""What Sentry gets to see while a whole order is sold and jobs fail on the way: enough to fix it, and no secret."""

import base64
from typing import Any

import pytest
from sqlalchemy import insert

from novacore import __version__
from novacore.db.models import Order, Unit
from novacore.db.unit_of_work import writing
from novacore.settings import Settings
from novacore.states import OrderStatus
from novacore.tasks.queue import sweep
from novacore.tasks.queue.handlers import HANDLERS, Handler, Work
from novacore.telemetry.error_reports import configure_sentry
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of
from tests.fixtures.servers.sentry import Sentry
from tests.fixtures.shops import KEY, STAFF, MovableClock
from tests.tasks.town import Town
from tests.wire.faults import Answer
from tests.workflows.machine import lives

REFERENCE = "5e" * 32
PROOF = lives.picture()


def _quotes_the_goods(work: Work) -> str:
    """Fail with everything that must stay inside: in the error's text, in its cause, in local variables."""
    goods = [item.value for item in goods_of(work.shop, work.job.subject_id).items]
    proof, key = PROOF, KEY
    try:
        dict.fromkeys([REFERENCE])[goods[0]]
    except KeyError as error:
        raise ValueError(f"cannot announce {goods} for {REFERENCE} with {key} and {proof!r}") from error
    return ""


def _quotes_the_database(work: Work) -> str:
    """Let the database refuse a row that holds the goods: PostgreSQL quotes it in its DETAIL."""
    code = goods_of(work.shop, work.job.subject_id).items[-1].value.encode()
    row = {"product_id": 1, "status": "sold", "content": code, "fingerprint": code[:32], "created_at": None}
    with writing(work.shop.database) as tx:
        tx.session.execute(insert(Unit).values(**row))
    return ""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put two broken handlers in the way of an order."""
    broken: dict[JobName, Handler] = {
        JobName.announce_purchase: _quotes_the_goods,
        JobName.grant_customer_role: _quotes_the_database,
    }
    for name, handler in broken.items():
        monkeypatch.setitem(HANDLERS, name, handler)


def _sell(town: Town, time: MovableClock) -> Order:
    """Sell one code, with a delivery that Discord refuses at the first try in words that quote it, to the very end."""
    order = town.place()
    order = orders.submit_proof(town.shop, town.customer, order.id, PROOF, REFERENCE)
    town.work()
    orders.approve(town.shop, STAFF, order.id, Given())
    refusal = Answer(400, 50035, f"Value {goods_of(town.shop, order.id).items[-1].value!r} is not a snowflake.")
    town.wire.fault("POST", f"/channels/{town.wire.dm_channel(town.customer.id or 0)}/messages", refusal)
    for _ in range(8):
        town.work()
        time.move(minutes=6)
    assert town.order(order.id).status is OrderStatus.delivered
    return order


def _secrets(town: Town, order: Order) -> dict[str, str]:
    """Everything that may not leave, in the forms in which it might."""
    goods = {f"goods {n}": item.value for n, item in enumerate(goods_of(town.shop, order.id).items)}
    proof = {
        "proof as base64": base64.b64encode(PROOF[:24]).decode(),
        "proof as hex": PROOF[:24].hex(),
        "proof as Python writes it": repr(PROOF[8:24])[2:-1],
    }
    people = {"customer": str(town.customer.id)}
    return {**goods, **proof, **people, "token": town.wire.token, "key": KEY, "reference": REFERENCE}


def test_a_whole_order_with_failing_jobs_leaks_nothing(
    town: Town, time: MovableClock, sentry: Sentry, sentry_settings: Settings, failing: None
) -> None:
    assert configure_sentry(sentry_settings, "worker")
    order = _sell(town, time)
    sweep.sweep(town.runtime)

    events = sentry.events()
    found = sentry.everything()
    leaked = [what for what, secret in _secrets(town, order).items() if secret in found]
    assert leaked == []
    assert _reported(events) >= {
        ("deliver_order", "HTTPException"),
        ("announce_purchase", "ValueError"),
        ("grant_customer_role", "IntegrityError"),
    }
    for event in events:
        assert event["tags"]["subject"] == order.id
        assert event["tags"]["job_id"].isdigit()
        assert (event["release"], event["environment"]) == (f"novacore@{__version__}", "tests")
    (refused,) = {each["contexts"]["database"]["statement"] for each in events if "database" in each["contexts"]}
    assert refused.startswith("INSERT INTO units")
    assert [each["monitor_slug"] for each in sentry.check_ins()] == ["novacore-sweep"]


def _reported(events: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return which jobs failed, and with what."""
    return {(each["tags"]["job"], each["exception"]["values"][-1]["type"]) for each in events if "exception" in each}


def test_without_a_dsn_the_same_order_is_silent(town: Town, time: MovableClock, sentry: Sentry, failing: None) -> None:
    _sell(town, time)
    sweep.sweep(town.runtime)
    assert sentry.everything() == ""
