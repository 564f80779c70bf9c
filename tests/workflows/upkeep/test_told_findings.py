"""What the doctor finds is told once, forgotten when it is gone, and told again when it comes back."""

import threading

import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep import told_findings
from novacore.workflows.upkeep.told_findings import Found, news

DISK = Found("warning", "Disk", "/srv has 900 MiB left.", "Make room.")
ROLE = Found("fault", "STAFF_ROLE_IDS", "The server has no role with the id 1234567890123456789.", "Copy it.")


def payloads(shop: Shop) -> list[list[str]]:
    """The findings of each DM that was queued."""
    with reading(shop.database) as session:
        jobs = session.execute(select(Job).where(Job.name == JobName.tell_owner).order_by(Job.id)).scalars()
        return [job_kinds.TELL_OWNER.payload_of(job)["findings"] for job in jobs]


def test_each_is_told_once_until_it_is_gone_and_back(shop: Shop) -> None:
    assert news(shop, "here", [DISK, ROLE]) == [DISK, ROLE]
    assert news(shop, "here", [DISK, ROLE]) == []
    assert news(shop, "here", [ROLE]) == []
    assert news(shop, "here", [DISK, ROLE]) == [DISK]
    assert payloads(shop) == [[DISK.mark, ROLE.mark], [DISK.mark]]


def test_a_look_at_one_thing_says_nothing_of_another(shop: Shop) -> None:
    news(shop, "here", [DISK])
    news(shop, "server", [ROLE])
    assert news(shop, "server", []) == []
    assert news(shop, "here", [DISK]) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (DISK, Found("warning", "Disk", "/srv has 12 MiB left.", "Make room now."), True),
        (DISK, Found("fault", "Disk", "/srv has 12 MiB left.", "Make room."), False),
        (DISK, Found("warning", "Disk", "/var has 900 MiB left.", "Make room."), False),
        (ROLE, Found("fault", "STAFF_ROLE_IDS", ROLE.text.replace("9.", "8."), ROLE.fix), False),
    ],
    ids=["less-room", "worse", "another-disk", "another-id"],
)
def test_numbers_alone_are_no_news_but_ids_and_levels_are(one: Found, other: Found, same: bool) -> None:
    assert (one.mark == other.mark) is same


def test_two_that_look_at_once_tell_it_once(shop: Shop) -> None:
    found: list[Found] = []
    threads = [threading.Thread(target=lambda: found.extend(news(shop, "here", [DISK]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [DISK]
    assert payloads(shop) == [[DISK.mark]]


def test_what_is_gone_by_the_time_of_the_dm_is_left_out(shop: Shop) -> None:
    news(shop, "here", [DISK, ROLE])
    news(shop, "here", [ROLE])
    assert told_findings.recall(shop, payloads(shop)[0]) == [ROLE]
