"""Processes as they are measured: the CPU that they and their children have used, and the memory that they hold."""

from collections.abc import Callable, Iterator

import psutil


def tree(pid: int) -> Iterator[psutil.Process]:
    """Go through a process and all that it has started."""
    process = psutil.Process(pid)
    yield process
    yield from process.children(recursive=True)


def cpu_seconds(pid: int) -> float:
    """Return what a process and its living children have used so far, in steps of 10 ms."""
    return _sum(pid, lambda one: sum(one.cpu_times()[:4]))


def resident(pid: int) -> float:
    """Return the memory of a process and its children, in megabytes; what they share is counted for each."""
    return _sum(pid, lambda one: one.memory_info().rss / 1e6)


def _sum(pid: int, of: Callable[[psutil.Process], float]) -> float:
    found = 0.0
    for one in tree(pid):
        try:
            found += of(one)
        except psutil.NoSuchProcess:
            continue
    return found
