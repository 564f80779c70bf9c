"""What only some of Linux, macOS and Windows have, and what the shop does on the others. Every room may ask here.

Nothing else in the house names a module, function, signal or path that one of the three lacks; tests/house/test_systems
says which files do all the same, and why. Whatever is missing is looked for when it is needed, so that the shop can be
run with each of them taken away.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop  # the child process for pictures does without

KNOWS_MODES: Final = hasattr(os, "getuid")
"""Whether a file's mode says who may open it. Windows has lists for that, and shows the same mode for every file."""

OPENS_FOLDERS: Final = hasattr(os, "O_DIRECTORY")
"""Whether a folder can be opened, to have its names written to the disk. Windows opens none."""

_STOPS: Final = ("SIGINT", "SIGTERM", "SIGBREAK")
"""Ctrl-C, what service managers send, and Ctrl-Break, which Windows alone has."""


@contextmanager
def stop_signals(loop: "AbstractEventLoop", then: Callable[[], object]) -> Iterator[None]:
    """Call `then` on the loop, which runs in the main thread, whenever the process is asked to end in this block."""
    numbers = [getattr(signal, name) for name in _STOPS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        try:
            loop.add_signal_handler(number, then)
        except NotImplementedError:  # on Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(then))
    try:
        yield
    finally:
        for number in numbers:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, before[number] or signal.SIG_DFL)


def let_be_interrupted(then: Callable[[], None]) -> None:
    """Let `interrupt` call `then` in the main thread, from where this is called. It may raise."""
    if hasattr(signal, "SIGUSR2"):
        signal.signal(signal.SIGUSR2, lambda *_: then())


def interrupt() -> None:
    """Interrupt the main thread. For forked children alone, which Windows doesn't have; there it does nothing."""
    if hasattr(signal, "SIGUSR2") and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR2)


def after_fork(then: Callable[[], None]) -> None:
    """Call `then` in every child that this process forks."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=then)


def processors() -> int:
    """Count the processors that this process may use; where the system won't say, those of the machine."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def give_way(niceness: int) -> None:
    """Let other processes go first; `niceness` as in `nice`. Windows knows no such number."""
    with suppress(AttributeError, OSError):
        os.nice(niceness)


def limit_memory(most_bytes: int) -> None:
    """Let this process take so many bytes besides what it has. Linux alone can be asked for that."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except (ImportError, OSError):
        return
    most = pages * resource.getpagesize() + most_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def forbid_core_dumps() -> None:
    """Leave no memory behind in a file when this process or a child of it crashes. Windows writes none."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def counted_seconds() -> float:
    """Seconds that nobody can set. On Linux they go on while the machine sleeps; elsewhere they stand still."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def user() -> str:
    """Return something that tells this user of the machine from others."""
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def is_mine(file: os.stat_result) -> bool:
    """Tell whether a file belongs to this user."""
    return file.st_uid == os.getuid() if hasattr(os, "getuid") else True


def is_root() -> bool:
    """Tell whether this user may do everything. Windows has no such user."""
    return hasattr(os, "getuid") and os.getuid() == 0


def give(file: Path, like: os.stat_result) -> None:
    """Give a file to the user and group that another one belongs to; on Windows it stays whose it is.

    Raises PermissionError where this user may not: root alone gives files away.
    """
    now = file.lstat()
    if hasattr(os, "chown") and (now.st_uid, now.st_gid) != (like.st_uid, like.st_gid):
        os.chown(file, like.st_uid, like.st_gid, follow_symlinks=False)


def owner_of(file: os.stat_result) -> str:
    """Return who a file belongs to, as `sudo -u` takes it."""
    try:
        import pwd  # noqa: PLC0415 - missing on Windows

        return pwd.getpwuid(file.st_uid).pw_name
    except (ImportError, KeyError):
        return f"#{file.st_uid}"


def is_alive(pid: int) -> bool:
    """Tell whether a process of this user is there. Always False on Windows, where asking would end it."""
    if os.name == "nt" or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True
