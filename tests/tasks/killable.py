"""Starts workers of `seller` in processes of their own, for tests that kill or freeze them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fixtures.servers.forked import Forked
from tests.wire.stand_in import Wire

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., "subprocess.Popen[bytes]"]


@contextmanager
def starting(wire: Wire) -> Iterator[Start]:
    """Lend `start(database url, job, user, die)`: a worker of `seller`. What is left of them at the end is killed."""
    running: list[subprocess.Popen[bytes]] = []

    def start(url: str, job_id: int, user_id: int, die: str = "") -> "subprocess.Popen[bytes]":
        arguments = [url, wire.url, wire.token, str(job_id), str(user_id), die]
        running.append(Forked([sys.executable, "-m", "tests.tasks.seller", *arguments], cwd=ROOT))
        return running[-1]

    try:
        yield start
    finally:
        for process in running:
            process.kill()
            process.wait()
