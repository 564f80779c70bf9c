"""How Python and the C library keep memory. Every process of the shop asks for both once, at its start.

Left alone, glibc keeps freed megabytes between smaller things, in a heap for every few threads: a bot that had passed
on one proof of 10 MiB stayed 60 MB larger (measured). Other systems know none of it, and nothing happens there.
"""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Parameters of `mallopt`, from glibc's malloc.h."""

_LARGE_BYTES: Final = 256 * 1024
_HEAPS: Final = 2


def give_back_at_once() -> None:
    """Let large pieces go back to the system as soon as they are freed, and let threads share two heaps."""
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_ARENA_MAX, _HEAPS)


@contextmanager
def loading() -> Iterator[None]:
    """Look for no garbage among what is loaded to stay, neither now nor later.

    That would take a quarter of a start (measured: 0.3 of 1.5 s), and each later look through all that there is 0.1 s.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
