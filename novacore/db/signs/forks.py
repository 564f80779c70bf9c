"""Keeps what shows that this process lives out of its forked children: they may outlive it.

A program that is started (`subprocess`) inherits nothing; a fork (Celery's `prefork`) inherits every open file.
"""

import os
from contextlib import suppress

_OURS: set[int] = set()


def keep_from_children(descriptor: int) -> None:
    """Close this file in every child that is forked from now on."""
    _OURS.add(descriptor)


def forget(descriptor: int) -> None:
    """Call it before the file is closed: its number may then stand for another one."""
    _OURS.discard(descriptor)


def _close_in_child() -> None:
    while _OURS:
        with suppress(OSError):
            os.close(_OURS.pop())


if hasattr(os, "register_at_fork"):  # Windows has no forks
    os.register_at_fork(after_in_child=_close_in_child)
