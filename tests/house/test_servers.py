"""The servers that tests start end with them, whatever happens to the test run."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.fixtures.servers.processes import running, wait_until
from tests.house.source import ROOT

_RUN = """
import os, signal, pathlib, time
from tests.fixtures.servers.processes import running
with running(["sleep", "60"], log=pathlib.Path(os.devnull)) as server:
    print(server.pid, flush=True)
    {then}
"""


@pytest.mark.parametrize("then", ["os.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit"])
def test_a_server_ends_with_the_run_that_started_it(then: str) -> None:
    script = _RUN.format(then=then)
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    server = int(answer.stdout)
    deadline = time.monotonic() + 10
    while _lives(server) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(server), f"The server {server} outlived its test run.\n{answer.stderr}"


def _lives(pid: int) -> bool:
    # A zombie has ended: where nobody collects orphans it stays in the list.
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(["sh", "-c", "echo no room >&2; exit 3"], log=log) as server:
        with pytest.raises(RuntimeError, match="no room"):
            wait_until(lambda: False, server, log=log)
        assert server.returncode == 3


def test_a_server_that_will_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fixtures.servers.processes.PATIENCE_SECONDS", 0.2)
    with running(
        ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], log=tmp_path / "log"
    ) as server:
        wait_until(lambda: "ready" in (tmp_path / "log").read_text(), server, log=tmp_path / "log")
    assert server.returncode == -9
    assert not psutil.pid_exists(server.pid)
