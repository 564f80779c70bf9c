"""A worker's sign of life ends with its process, however that ends, and with nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from novacore.db.engine import Database
from novacore.db.signs.session_sign import SessionSign, settings
from novacore.db.signs.sign_of_life import SignOfLife, show
from tests.fixtures.servers.forked import Forked
from tests.fixtures.servers.pgbouncer import Pgbouncer
from tests.fixtures.servers.postgresql import PostgresServer
from tests.house.source import ROOT
from tests.wire.faults import wait_until

LIMIT = 60.0
"""Seconds: far more than anything here takes on a busy machine."""

LEASE = 90.0

_LIVE = """
import os, sys, time
from novacore.db.engine import Database
from novacore.db.signs.sign_of_life import show

sign = show(Database(sys.argv[1]), 90.0)
print(sign.name, flush=True)
if sys.argv[2] == "forks":
    for follow in (lambda: time.sleep(600), lambda: os.execvp("sleep", ["sleep", "600"])):
        if os.fork() == 0:
            os.write(1, f"{sign.name}\\n".encode())  # at one go: the other child writes as well
            follow()
time.sleep(600)
"""


class Worker:
    """A process that shows that it lives."""

    def __init__(self, url: str, how: str = "") -> None:
        command = [sys.executable, "-c", _LIVE, url, how]
        self.popen = Forked(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.name = self.says()

    def says(self) -> str:
        """Return the next line that it prints."""
        assert self.popen.stdout is not None
        return str(self.popen.stdout.readline()).strip()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.popen.kill()
        self.popen.wait()

    def end(self) -> None:
        """End it with its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.communicate()


Start = Callable[..., Worker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Lend `start(url)`; no process outlives the test."""
    with ExitStack() as stack:

        def begin(url: str, how: str = "") -> Worker:
            worker = Worker(url, how)
            stack.callback(worker.end)
            return worker

        yield begin


@pytest.fixture
def database(shop_url: str) -> Iterator[Database]:
    """Open a migrated database of either kind."""
    with closing(Database(shop_url)) as database:
        yield database


@pytest.fixture
def sign(database: Database) -> Iterator[SignOfLife]:
    """Show that this process lives."""
    with closing(show(database, LEASE, patience=0.0)) as sign:
        yield sign


def test_who_was_killed_is_dead_and_who_is_frozen_is_not(shop_url: str, sign: SignOfLife, start: Start) -> None:
    killed, frozen = start(shop_url), start(shop_url)
    everyone = {killed.name, frozen.name, str(sign.name)}
    assert len(everyone) == 3
    assert sign.dead(everyone) == set()
    frozen.popen.send_signal(signal.SIGSTOP)
    killed.kill()
    wait_until(lambda: sign.dead(everyone), LIMIT, "a death")
    assert sign.dead(everyone) == {killed.name}
    frozen.kill()
    wait_until(lambda: sign.dead(everyone) == {killed.name, frozen.name}, LIMIT, "the other death")


def test_children_that_outlive_their_worker_show_nothing(shop_url: str, sign: SignOfLife, start: Start) -> None:
    """Celery's `prefork` forks, and whatever was open before is open in the child as well."""
    worker = start(shop_url, "forks")
    assert {worker.says(), worker.says()} == {"None"}, "a child isn't shown by its parent's sign"
    assert sign.dead({worker.name}) == set()
    worker.kill()
    wait_until(lambda: sign.dead({worker.name}), LIMIT, "a death")


def test_names_that_cannot_be_judged_from_here_are_nobodys(sign: SignOfLife) -> None:
    """Another machine's, of a time before a restart, of another database, and what means nothing."""
    kind, place, number = str(sign.name).split(":")
    other = place[::-1]
    assert sign.dead({f"{kind}:{other}:{number}", f"{kind}:{place}", f"{kind}:{place}:x", "", "else:1:2"}) == set()


def test_a_sign_is_held_until_it_is_closed(database: Database, sign: SignOfLife) -> None:
    own = show(database, LEASE)
    name = str(own.name)
    assert own.holds(name)
    assert not own.holds(str(sign.name))
    own.close()
    assert (own.name, own.holds(name)) == (None, False)
    wait_until(lambda: sign.dead({name}), LIMIT, "the end of the sign")


# ---- SQLite


def test_the_file_is_private_and_stays_empty(sqlite_shop_url: str, tmp_path: Path) -> None:
    before = os.umask(0)
    with closing(Database(sqlite_shop_url)) as database:
        for _ in range(3):
            show(database, LEASE).close()
    os.umask(before)
    status = (tmp_path / "shop.db.workers").stat()
    assert (status.st_mode & 0o777, status.st_size) == (0o600, 0)


def test_a_file_that_was_replaced_says_nothing_of_who_is_in_the_old_one(sqlite_shop_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_shop_url)) as database, closing(show(database, LEASE)) as old:
        (tmp_path / "shop.db.workers").unlink()
        assert old.dead({str(old.name)}) == set()
        with closing(show(database, LEASE)) as new:
            assert new.dead({str(old.name)}) == set()


def test_a_place_where_no_file_can_be_made_leaves_it_to_the_leases(
    sqlite_shop_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "shop.db.workers").mkdir()
    with closing(Database(sqlite_shop_url)) as database, closing(show(database, LEASE)) as sign:
        assert sign.name is None
        assert sign.dead({"file:1:2"}) == set()
    assert "its jobs wait for their lease" in caplog.text


# ---- PostgreSQL


def sessions(database: Database, sign: SignOfLife) -> list[int]:
    """The server's sessions that hold this sign's lock."""
    number = str(sign.name).rpartition(":")[2]
    asked = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :number")
    with database.engine.connect() as connection:
        return list(connection.execute(asked, {"number": int(number)}).scalars())


def end(database: Database, pid: int) -> None:
    """End a session, as an administrator can."""
    with database.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})


def test_a_session_that_is_ended_comes_back_and_nobody_is_dead_meanwhile(postgresql_shop_url: str) -> None:
    with closing(Database(postgresql_shop_url)) as database, closing(SessionSign(database, LEASE, LIMIT)) as sign:
        name = str(sign.name)
        (pid,) = sessions(database, sign)
        end(database, pid)
        assert sign.dead({name}) == set(), "it is looked for until it is back"
        wait_until(lambda: sign.name == name, LIMIT, "the same name")
        assert pid not in sessions(database, sign)


def test_a_worker_that_slept_while_its_session_ended_knows_it_at_once(postgresql_shop_url: str) -> None:
    """Its thread may not have noticed yet; the kernel has."""
    with closing(Database(postgresql_shop_url)) as database, closing(SessionSign(database, LEASE)) as sign:
        held = str(sign.name)
        sign._stopped.set()  # the thread sleeps
        sign._bell.send(b"!")
        sign._thread.join(LIMIT)
        assert sign.holds(held)
        end(database, *sessions(database, sign))
        wait_until(lambda: not sign.holds(held), LIMIT, "the end of the session")
        assert sign.name == held


def test_after_a_restart_nobody_is_judged_by_an_older_name(own_postgresql: PostgresServer, start: Start) -> None:
    url = own_postgresql.url("postgres")
    with closing(Database(url)) as database, closing(SessionSign(database, LEASE, 0.0)) as sign:
        worker, before = start(url), str(sign.name)
        own_postgresql.kill()
        wait_until(lambda: sign.name is None, LIMIT, "the loss")
        own_postgresql.start()
        assert sign.dead({before, worker.name}) == set()
        wait_until(lambda: sign.name, LIMIT, "another name")
        assert sign.name != before
        wait_until(lambda: len(_numbers(database)) == 2, LIMIT, "the other worker's sign")
        worker.kill()
        assert sign.dead({worker.name}) == set(), "its lease decides"
        wait_until(lambda: len(_numbers(database)) == 1, LIMIT, "the end of the other worker's session")


def _numbers(database: Database) -> list[int]:
    with database.engine.connect() as connection:
        asked = "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
        return list(connection.exec_driver_sql(asked).scalars())


def test_a_pool_is_not_a_connection_short(postgresql_shop_url: str) -> None:
    with closing(Database(postgresql_shop_url, pool_size=1)) as database, closing(show(database, LEASE)) as sign:
        taken = [database.engine.connect() for _ in range(3)]
        assert sign.name
        for one in taken:
            one.close()


@pytest.mark.parametrize("is_named", [True, False])
def test_behind_a_pooler_nothing_is_shown(pgbouncer: Pgbouncer, postgresql_shop_url: str, is_named: bool) -> None:
    """Whether the address says that one is there, or it shows."""
    url = make_url(pgbouncer.url(str(make_url(postgresql_shop_url).database)))
    if not is_named:
        url = url.difference_update_query(["pgbouncer"])
    shown = closing(Database(url.render_as_string(hide_password=False)))
    with shown as database, closing(show(database, LEASE)) as sign:
        assert sign.name is None
        assert _numbers(database) == [], "no lock is left in the pooler's own sessions"


def test_from_behind_a_pooler_others_are_judged_all_the_same(
    pgbouncer_shop_url: str, postgresql_shop_url: str, start: Start
) -> None:
    with closing(Database(pgbouncer_shop_url)) as database, closing(show(database, LEASE, 0.0)) as sign:
        worker = start(postgresql_shop_url)
        assert sign.dead({worker.name}) == set()
        worker.kill()
        wait_until(lambda: sign.dead({worker.name}), LIMIT, "a death")


@pytest.mark.parametrize("lease", [4.0, LEASE, 3600.0])
def test_a_line_that_falls_silent_outlasts_the_lease(lease: float) -> None:
    """Else a worker that is cut off from the database, and from nothing else, would count as dead."""
    told = settings(lease)
    assert int(told["tcp_keepalives_interval"]) * int(told["tcp_keepalives_count"]) > lease
