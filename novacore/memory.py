"""How the C library keeps what a process has given back. Every process of the shop asks for this once, at its start.

Left alone, glibc keeps freed megabytes between smaller things, in a heap for every few threads: a bot that had passed
on one proof of 10 MiB stayed 60 MB larger (measured). Other systems know none of it, and nothing happens there.
"""

import ctypes
from contextlib import suppress
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
