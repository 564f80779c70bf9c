"""A process that has only begun to start looks already for who has died. Only PostgreSQL needs it."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.signs.early_look import EarlyLook
from novacore.db.signs.session_sign import SessionSign, missing
from novacore.db.unit_of_work import writing
from novacore.tasks.queue import leases
from tests.tasks.jobs import queue_job
from tests.wire.faults import wait_until

LIMIT = 60.0
LEASE = 90.0
HOUR = 3600.0


@pytest.fixture
def database(postgresql_shop_url: str) -> Iterator[Database]:
    """Open a migrated database."""
    with closing(Database(postgresql_shop_url)) as database:
        yield database


def hold(database: Database, sign: SessionSign) -> str:
    """Claim a job under this sign; returns its name."""
    job_id = queue_job(database)
    with writing(database) as tx:
        assert leases.claim(tx, job_id, "worker", LEASE, sign.name)
    return str(sign.name)


def die(database: Database, sign: SessionSign) -> None:
    """End the sign, as the end of its process does."""
    name = str(sign.name)
    sign.close()
    wait_until(lambda: missing(database, {name}), LIMIT, "the end of its session")


def test_what_was_away_meanwhile_counts(database: Database, postgresql_shop_url: str) -> None:
    with closing(SessionSign(database, LEASE)) as living, closing(SessionSign(database, LEASE)) as killed:
        names = alive, dead = hold(database, living), hold(database, killed)
        die(database, killed)
        early = EarlyLook(postgresql_shop_url)
        wait_until(early.away_since, LIMIT, "the first look")
        since = early.away_since()
        assert since.keys() == {dead}
        assert since[dead] <= time.monotonic()
        before = dict.fromkeys(names, since[dead] - HOUR)
        with closing(SessionSign(database, LEASE, HOUR, lambda: before)) as judge:
            assert judge.dead(names) == {dead}, "without another hour; who is there now is alive, whatever was seen"
        early.end()
        assert early.away_since() == {}, "nobody looks any more, so it may have come back"
        assert alive not in missing(database, names)


def test_it_ends_when_nothing_is_held_by_who_is_away(database: Database, postgresql_shop_url: str) -> None:
    killed = SessionSign(database, LEASE)
    hold(database, killed)
    die(database, killed)
    early = EarlyLook(postgresql_shop_url)
    wait_until(early.away_since, LIMIT, "the first look")
    with writing(database) as tx:
        tx.session.query(Job).update({"held_by": None})
    wait_until(lambda: not early.away_since(), LIMIT, "its end")


def test_a_database_that_cannot_be_asked_yet_stops_nobody(postgresql_url: str, tmp_path: Path) -> None:
    """Before the first migration there is no table; and a SQLite file must not be made by looking."""
    for url in (postgresql_url, f"sqlite:///{tmp_path}/shop.db"):
        early = EarlyLook(url)
        early.end()
        assert early.away_since() == {}
    assert [*tmp_path.iterdir()] == []
