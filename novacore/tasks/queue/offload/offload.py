"""Runs pure picture and chart functions where they slow nothing down: a child process next to the bot, or right here.

In the bot's process the interpreter's lock would hold up the gateway's heartbeat. A prefork `media` worker is a
process of its own already; only pictures of strangers get a child there too, for the memory that they may take.
"""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any, Final, ParamSpec, Protocol, TypeVar

from novacore import clock
from novacore.errors import NovaCoreError
from novacore.tasks.queue.offload.child_process import prepare

SECONDS: Final = 60.0
"""For one picture or chart; none takes five."""

IDLE: Final = timedelta(minutes=5)
"""How long a child stays that nobody asks for anything; the next call starts another, in less than a second."""

LOOK_SECONDS: Final = 10.0
"""How often it is looked whether the child is idle."""

PICTURE_BYTES: Final = 200 * 1024 * 1024
"""What a child may take for one picture besides its modules (35 MiB), so that it stays under 256 MB. A last net, which
nothing should need: `media.footprint` refuses before that what would take more."""

_PICTURE_MODULES: Final = (
    "novacore.media.product_pictures",
    "novacore.media.likeness.comparing",
    "novacore.media.edges",
)

_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from novacore.tasks.queue.offload import child_process; child_process.main()"
)

Call = tuple[Callable[..., Any], Sequence[Any], Mapping[str, Any]]

P = ParamSpec("P")
T = TypeVar("T")


class OffloadFailed(NovaCoreError):
    """The child died or took too long: most likely for what it was given."""


class OffloadStopped(NovaCoreError):
    """The process is stopping: the call was cut off, or not begun."""


class Offload(Protocol):
    """A place to compute."""

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a module-level function with arguments that can be pickled. Raises what it raises, or OffloadFailed."""

    def close(self) -> None:
        """End the child, if there is one."""


class Inline:
    """Right here: for processes that do nothing else."""

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it."""
        return function(*args, **kwargs)

    def close(self) -> None:
        """Nothing was started."""


@dataclass(frozen=True, slots=True)
class _Running:
    popen: "subprocess.Popen[bytes]"
    calls: IO[bytes]
    answers: IO[bytes]
    over: threading.Event = field(default_factory=threading.Event)
    """Set when it was ended."""

    def exchange(self, call: Call) -> tuple[bool, Any]:
        """Send a call and wait for its answer: whether it succeeded, and the result or the error."""
        pickle.dump(call, self.calls, pickle.HIGHEST_PROTOCOL)  # straight into the pipe, without a copy of a large file
        self.calls.flush()
        succeeded, answer = pickle.load(self.answers)  # noqa: S301 - our own child
        return succeeded, answer

    def cut_off(self, mark: threading.Event) -> None:
        """Kill it, after marking that it was us."""
        mark.set()
        self.popen.kill()

    def end(self) -> None:
        """Kill it, wait until it is gone, and close the line to it."""
        self.over.set()
        self.popen.kill()
        self.popen.wait()
        for line in (self.calls, self.answers):
            with suppress(OSError):  # what was not sent is lost with it
                line.close()


class Child:
    """One child process, started with the first call and again when it has died. One call at a time, in turn.

    It ends when nothing was asked of it for five minutes, and with the process that started it, however that ends.
    `most_bytes` is what it may take besides `modules`, which it imports first.
    """

    def __init__(
        self,
        seconds: float = SECONDS,
        *,
        modules: Sequence[str] = (),
        most_bytes: int | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._seconds, self._look_seconds = seconds, look_seconds
        self._preparation = (tuple(modules), most_bytes)
        self._turn = threading.Lock()
        self._running: _Running | None = None
        self._pid: int | None = None
        self._used_at = clock.now()
        self._closed = False

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it in the child, which is killed when it takes too long; waiting for one's turn does not count."""
        with self._turn:
            succeeded, answer = self._ask(self._ready(), (function, args, kwargs), self._seconds)
            self._used_at = clock.now()
        if not succeeded:
            raise answer
        result: T = answer
        return result

    def close(self) -> None:
        """Kill the child, in the middle of something or not; whoever waits for it gets OffloadStopped."""
        self._closed = True
        self._kill()
        with self._turn:
            self._end()

    def end_if_idle(self) -> None:
        """End the child if nothing was asked of it for five minutes; not while it works."""
        if not self._turn.acquire(blocking=False):
            return
        try:
            now = clock.now()
            self._used_at = min(self._used_at, now)  # a clock that is put back does not make it younger
            if now - self._used_at >= IDLE:
                self._end()
        finally:
            self._turn.release()

    def _ask(self, running: _Running, call: Call, seconds: float) -> tuple[bool, Any]:
        too_long = threading.Event()
        timer = threading.Timer(seconds, running.cut_off, (too_long,))
        timer.start()
        try:
            return running.exchange(call)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._end()
            self._require_open()
            if too_long.is_set():
                raise OffloadFailed(f"{call[0].__name__} took longer than {seconds:g} seconds.") from None
            raise OffloadFailed(f"The process that ran {call[0].__name__} died.") from None
        except BaseException:
            # Half of a call was sent, or a signal cut it off: the next one would be given the answer of this one.
            self._end()
            raise
        finally:
            timer.cancel()

    def _ready(self) -> _Running:
        if self._running is not None and self._running.popen.poll() is not None:
            self._end()  # died while nobody asked it anything
        self._require_open()
        if self._running is None:
            self._running = running = _start()
            self._pid = running.popen.pid
            threading.Thread(target=self._watch, args=(running,), name="idle child", daemon=True).start()
            self._require_open()  # closed while it started: nobody else would end it
            self._ask(running, (prepare, self._preparation, {}), SECONDS)
        return self._running

    def _watch(self, running: _Running) -> None:
        while not running.over.wait(self._look_seconds):
            self.end_if_idle()

    def _require_open(self) -> None:
        if self._closed:
            self._end()
            raise OffloadStopped("The shop is stopping.")

    def _end(self) -> None:
        running, self._running, self._pid = self._running, None, None
        if running is not None:
            running.end()

    def _kill(self) -> None:
        running = self._running
        if running is not None:
            running.popen.kill()


def picture_child() -> Child:
    """Return a child for pictures of strangers: alone, and with a limit on what it may take."""
    return Child(modules=_PICTURE_MODULES, most_bytes=PICTURE_BYTES)


def _start() -> _Running:
    # Not `-m`: where modules are found is only known here.
    command = (sys.executable, "-c", _PROGRAM, *sys.path)
    popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own program
    if popen.stdin is None or popen.stdout is None:
        raise RuntimeError("A process was started without its pipes.")
    return _Running(popen, popen.stdin, popen.stdout)
