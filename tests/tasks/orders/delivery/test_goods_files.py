"""Files on their way to the buyer, against a real HTTP Discord: whole, in the one message, once; killed or not."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from novacore.db.models import Unit
from novacore.db.unit_of_work import writing
from novacore.states import OrderStatus, UnitStatus
from novacore.tasks.discord.calls import SENT_IN_TIME
from novacore.tasks.queue import runner
from novacore.tasks.queue.watch.file_room import FileRoom
from novacore.workflows.catalog import draft_files, products
from novacore.workflows.goods import files
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import after_sale
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import OWNER, STAFF
from tests.tasks.jobs import make_due
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.wire.world.state import Message
from tests.workflows import catalogue
from tests.workflows.stock.test_unit_files import stock

GUIDE = b"%PDF-1.7 a guide" * 70_000
"""Larger than one part."""

TOO_LARGE = Answer(413, 40005, "Request entity too large")


@pytest.fixture
def stocked(town: Town) -> Town:
    """The town whose product comes with two files."""
    give(town, {"Handbuch ü.pdf": GUIDE, "keys.txt": b"all of them"})
    return town


def give(town: Town, given: dict[str, bytes]) -> None:
    """Let the owner give the product these files."""
    draft_id = catalogue.changing(town.shop, town.product_id)
    ids = [files.store(town.shop, name, content) for name, content in given.items()]
    draft_files.change(town.shop, OWNER, draft_id, ids, [])
    products.save(town.shop, OWNER, draft_id)


def goods(town: Town) -> list[Message]:
    """The DMs that carry goods."""
    return [one for one in town.wire.dms(town.customer.id or 0) if "SECRET-" in one.text]


def test_the_files_come_in_the_message_with_the_code(stocked: Town) -> None:
    stocked.delivered()
    (message,) = goods(stocked)
    assert message.files == {"Handbuch.pdf": GUIDE, "keys.txt": b"all of them"}
    assert "Your 2 files." in message.text
    assert "Handbuch ü.pdf" in message.text
    assert "the-guide-of-Game key" in message.text


def without_codes(town: Town) -> None:
    """Leave nothing in stock."""
    with writing(town.shop.database) as tx:
        tx.session.execute(update(Unit).values(status=UnitStatus.withdrawn, fingerprint=None))


def test_a_unit_that_is_a_file_comes_in_the_one_message(stocked: Town) -> None:
    """In front of the files that every buyer gets, so that unit 1 is file 1."""
    without_codes(stocked)
    stock(stocked.shop, stocked.product_id, {"seed.zip": b"one", "seed (2).zip": b"two"})
    stocked.approved(2)
    stocked.work()
    (message,) = [one for one in stocked.wire.dms(stocked.customer.id or 0) if "seed.zip" in one.files]
    assert list(message.files) == ["seed.zip", "seed-2.zip", "Handbuch.pdf", "keys.txt"]
    assert (message.files["seed.zip"], message.files["seed-2.zip"]) == (b"one", b"two")
    assert "SECRET" not in message.text


def test_the_file_that_takes_a_faulty_ones_place_is_sent_alone(town: Town) -> None:
    without_codes(town)
    stock(town.shop, town.product_id, {"seed.zip": b"one", "spare.zip": b"two"})
    order = town.delivered()
    after_sale.replace_unit(town.shop, OWNER, order.id, town.order(order.id).version, "", "It does not open.")
    town.work()
    (new,) = [one for one in town.wire.dms(town.customer.id or 0) if "replacement" in one.text]
    assert new.files == {"spare.zip": b"two"}
    after_sale.resend(town.shop, STAFF, order.id, town.order(order.id).version)
    town.work()
    (again,) = [one for one in town.wire.dms(town.customer.id or 0) if "goods again" in one.text]
    assert again.files == {"spare.zip": b"two"}


def test_what_was_sold_before_has_no_new_file(town: Town) -> None:
    order = town.submit(town.place())
    give(town, {"late.txt": b"late"})
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    (message,) = goods(town)
    assert message.files == {}


@pytest.mark.parametrize("fault", [Drop(), Drop(taken=True), Answer(503)])
def test_a_delivery_of_unknown_outcome_is_one_message(stocked: Town, fault: Drop | Answer) -> None:
    order = stocked.approved()
    stocked.wire.fault("POST", "/channels/*/messages", fault)
    stocked.wire.world.nonce_window = 0
    (job_id,) = stocked.due("deliver_order")
    runner.run(stocked.runtime, job_id)
    make_due(stocked.shop.database, job_id)
    stocked.work()
    assert len(goods(stocked)) == 1
    assert goods(stocked)[0].files["Handbuch.pdf"] == GUIDE
    assert stocked.order(order.id).status is OrderStatus.delivered


def test_files_that_discord_does_not_take_are_told_to_staff(stocked: Town) -> None:
    order = stocked.approved()
    stocked.wire.fault("POST", f"/channels/{stocked.wire.dm_channel(stocked.customer.id or 0)}/messages", TOO_LARGE)
    (job_id,) = stocked.due("deliver_order")
    runner.run(stocked.runtime, job_id)
    stocked.work()
    assert stocked.order(order.id).status is OrderStatus.delivery_blocked
    assert goods(stocked) == []
    assert any("too large for Discord" in one for one in stocked.staff_channel())


def test_staff_send_the_files_again(stocked: Town) -> None:
    order = stocked.delivered()
    give(stocked, {"keys.txt": b"newer ones"})
    after_sale.resend(stocked.shop, STAFF, order.id, stocked.order(order.id).version)
    stocked.work()
    first, again = goods(stocked)
    assert again.files == first.files, "what was sold stays as it was"
    assert "again" in again.text


def test_files_wait_for_room_and_cost_no_try(stocked: Town) -> None:
    tight = replace(stocked.runtime, files=FileRoom(1000))
    stocked.approved()
    (job_id,) = stocked.due("deliver_order")
    with tight.files.hold(1):
        runner.run(tight, job_id)
    assert goods(stocked) == []
    assert "on their way" in stocked.outcome("deliver_order")[1]
    make_due(stocked.shop.database, job_id)
    runner.run(tight, job_id)
    assert len(goods(stocked)) == 1


def test_more_bytes_get_more_time(town: Town) -> None:
    calls = town.runtime.calls
    assert calls.seconds_to_send(0) == calls.seconds_to_send(SENT_IN_TIME) == calls.send_seconds
    assert calls.seconds_to_send(files.MOST_TOGETHER) == 2 * calls.send_seconds
    assert calls.seconds_to_send(files.MOST_TOGETHER) + 20 < town.runtime.lease_seconds
