"""What every test gets: the servers of tests/fixtures, no way out of this machine, and no silent skip."""

import gc
import os
from collections.abc import Iterator

import pytest

from tests.fixtures.compiled import share_statements
from tests.fixtures.network import close_the_way_out

pytest_plugins = [
    "tests.fixtures.servers.postgresql",
    "tests.fixtures.servers.pgbouncer",
    "tests.fixtures.servers.cable",
    "tests.fixtures.databases",
    "tests.fixtures.servers.redis_server",
    "tests.fixtures.browser",
    "tests.fixtures.folders",
    "tests.fixtures.shops",
    "tests.fixtures.servers.sentry",
    "tests.fixtures.locks",
]


def pytest_configure() -> None:
    """Close the way out before anything is imported that could use it, and compile no statement twice."""
    close_the_way_out()
    share_statements()


def pytest_collection_finish() -> None:
    """Look no more for garbage in what lasts as long as the run: the tests, and all that they import."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Give the umask back: a verb that is called right here sets it for its process."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a test was skipped: what cannot be tested is said aloud, with the fix."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.ensure_newline()
        reporter.write_line("A skipped test counts as a failed one: install what it misses, or remove it.", red=True)
