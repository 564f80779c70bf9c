"""Keeps what shows that this process lives out of its forked children: they may outlive it.

A program that is started (`subprocess`) inherits nothing; a fork (Celery's `prefork`) inherits every open file.
"""

import os
from contextlib import suppress

from novacore import systems

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


systems.after_fork(_close_in_child)
