"""State, event, job rows, units and money: all of it or none, wherever the process is killed, whoever comes second."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from novacore.db.models import Event, Job
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import units
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import KEY, MovableClock, ProductMaker
from tests.workflows.machine import lives

NOTHING = {"status": "under_review", "events": 0, "jobs": 0, "sold": 0, "money": 0, "claims": 0}
ALL = {"status": "approved", "events": 1, "jobs": 1, "sold": 1, "money": 1, "claims": 2}


def run(module: str, *arguments: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-W", "error", "-m", f"tests.workflows.{module}", *arguments]
    return Forked(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_killed_between_any_two_statements_leaves_all_or_nothing(
    shop: Shop, shop_url: str, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    shop.database.close()
    output, _ = run("machine.killed_command", shop_url, KEY, order.id).communicate(timeout=120)
    lines = [json.loads(line) for line in output.splitlines()]
    *killed, lived = lines
    assert len(killed) > 8, "the command has many statements, and each of them was died at"
    for line in killed:
        assert not line.pop("lived")
        assert line == NOTHING | {"version": order.version}
    assert lived == ALL | {"version": order.version + 1, "lived": True}


def test_approve_from_two_processes_at_the_same_moment(
    shop: Shop, shop_url: str, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    shop.database.close()
    rivals = [run("rival", shop_url, KEY, order.id, staff) for staff in ("7001", "7002")]
    for rival in rivals:
        assert rival.stdout
        assert rival.stdout.readline() == "ready\n"
    for rival in rivals:
        assert rival.stdin
        rival.stdin.write("go\n")
        rival.stdin.flush()
    said = [rival.communicate(timeout=60)[0].strip() for rival in rivals]
    winner = said.index("approved")
    assert said[1 - winner].startswith(f"AlreadyDone: Already done: staff 700{winner + 1} approved this order.")
    with reading(shop.database) as session:
        approvals = select(func.count()).where(Event.subject_id == order.id, Event.trigger == "approve")
        deliveries = select(func.count()).where(Job.subject_id == order.id, Job.name == "deliver_order")
        assert session.execute(approvals).scalar_one() == 1
        assert session.execute(deliveries).scalar_one() == 1


@pytest.mark.parametrize("step", ["reserve", "release", "sell", "revoke"])
def test_an_error_half_way_takes_everything_back(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The database fails in the middle of the follow-ups: the order, its events and its jobs are as before."""
    product_id = make_product()
    start = {"reserve": None, "release": "awaiting_payment", "sell": "under_review", "revoke": "delivered"}[step]
    order = lives.bring_to(shop, product_id, OrderStatus[start], time) if start else None

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(units, step, fail)
    before = lives.snapshot(shop)
    with pytest.raises(OSError, match="disk full"):
        lives.next_step(shop, product_id, order)
    assert lives.snapshot(shop) == before
