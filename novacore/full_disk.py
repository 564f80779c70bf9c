"""A disk that is full, wherever it is met: whoever wants to know is called.

Staff are told by `tasks.queue.watch.disk_alarm`. It can't be a job or a row: nothing can be written.
"""

import errno
from collections.abc import Callable
from typing import Final

Listener = Callable[[], None]

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_listeners: Final[list[Listener]] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener` whenever a full disk is met; returns what ends it. A listener must neither raise nor wait."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def noticed() -> None:
    """Say that a disk is full: the database's, or one that a file was to be written to."""
    for listener in tuple(_listeners):
        listener()


def is_full(error: BaseException | None) -> bool:
    """Tell whether this error of writing a file means a full disk, or a quota that is used up."""
    return isinstance(error, OSError) and error.errno in _FULL
