"""What a job's handler is given, what it may raise, and the list of handlers. Every handler module begins here.

A handler is `def deliver_order(work: Work) -> str`, registered with `@handles(job_kinds.DELIVER_ORDER)`. It loads the
truth by the ids in `work.job`, does one outward act, records it, and returns a sentence that says what it did. Where
the world has moved on it returns a sentence that says so. It must stand being run again after any line of it.

One that reads the job's payload asks for `work: WorkWith[TellWaiting]`.
"""

import importlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Generic, TypeVar, overload

from novacore.db.models import Event
from novacore.db.signs.sign_of_life import NoSign, SignOfLife
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import NotFound, NovaCoreError
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import leases
from novacore.tasks.queue.leases import ClaimedJob, JobWith, P_co
from novacore.tasks.queue.offload.offload import Offload
from novacore.tasks.queue.watch.file_room import WAIT_SECONDS, FileRoom, NoRoom
from novacore.telemetry.quiet_log import QuietLog
from novacore.workflows.machine.job_kinds import ByEvent
from novacore.workflows.machine.jobs import JobKind, JobName, P
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.fallbacks import Fallback, fire_fallback
from novacore.workflows.upkeep.set_back import Watch

log = logging.getLogger(__name__)
Q = TypeVar("Q")

LEASE_SECONDS = 90.0
"""How long a claim holds without a sign of life: more than a send (30 s) and the search before it (20 s) may take."""

REFRESHES = 5
"""How often one job edits after something that keeps changing; the job of the last change shows the end."""

NO_ROOM_DELAY = timedelta(seconds=10)
"""When a job tries again that found no room for its files."""

WAKE_AGAIN_SECONDS = 30.0
"""How long a wake-up of the sweep is believed in, so that a backlog does not flood the broker."""


class InFlight:
    """The claims that this process is working on, what has to go first, and whether it takes new ones."""

    def __init__(self) -> None:
        self.jobs: dict[int, ClaimedJob] = {}
        self.deliveries: deque[int] = deque(maxlen=1_000)
        """Ids of deliveries that were received and wait for a thread."""
        self.stopping = False


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a process needs to run jobs; one for each process."""

    shop: Shop
    calls: Calls
    offload: Offload
    worker: str
    """The name under which the attempts are booked."""
    fallback: Fallback = fire_fallback
    lease_seconds: float = LEASE_SECONDS
    wake_again_seconds: float = WAKE_AGAIN_SECONDS
    in_flight: InFlight = field(default_factory=InFlight)
    pictures: Offload | None = None
    """Where pictures of strangers are opened; where the other heavy work is done, if nothing is said."""
    quiet: QuietLog = field(default_factory=lambda: QuietLog(log))
    """For what would be said with every job while something is away."""
    watch: Watch = field(default_factory=Watch)
    """What this process has seen of times that lie in the future."""
    files: FileRoom = field(default_factory=FileRoom)
    """Room for the files that its jobs send."""
    sign: SignOfLife = field(default_factory=NoSign)
    """What shows others that this process lives, and tells it who has died."""

    def close_heavy(self) -> None:
        """End the child processes."""
        for each in (self.offload, self.pictures):
            if each is not None:
                each.close()


@dataclass(frozen=True)  # no slots: with them, an alias like `Work` could not be called
class WorkWith(Generic[P_co]):
    """One attempt of one job, with what the job carries."""

    runtime: Runtime
    job: JobWith[P_co]

    @property
    def shop(self) -> Shop:
        """What the commands of `workflows` want to know."""
        return self.runtime.shop

    @property
    def calls(self) -> Calls:
        """Discord."""
        return self.runtime.calls

    @property
    def offload(self) -> Offload:
        """Where charts and exports are made."""
        return self.runtime.offload

    @property
    def pictures(self) -> Offload:
        """Where pictures of strangers are opened, apart from all else: they may take much memory, within a bound."""
        return self.runtime.pictures or self.runtime.offload

    @contextmanager
    def carrying(self, size: int, seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold room for files of so many bytes, from before they are read until they are sent. Not to be nested.

        Raises Postpone where there is none for so many seconds: the thread is for others then.
        """
        with ExitStack() as held:
            try:
                held.enter_context(self.runtime.files.hold(size, seconds))
            except NoRoom:
                raise Postpone("Other files are on their way.", delay=NO_ROOM_DELAY) from None
            yield

    def renew(self) -> None:
        """Restart the lease: for work that takes longer than one. Raises LeaseLost."""
        with writing(self.shop.database) as tx:
            self.renew_in(tx)

    def renew_in(self, tx: Transaction) -> None:
        """Restart the lease together with what else is written. Raises LeaseLost."""
        leases.hold(tx, self.job, self.runtime.lease_seconds, self.runtime.sign.name)

    def counts_as_dead(self) -> bool:
        """Tell whether others may take this process for dead, and this job from it, although its lease goes on."""
        name = self.job.lease.held_by
        return name is not None and not self.runtime.sign.holds(name)

    def lease_left(self) -> float:
        """Return for how many seconds nobody else may take this job; negative when it is over."""
        return self.job.lease.ends - time.monotonic()


Work = WorkWith[object]
"""One attempt of any job: for whoever needs no more than its subject."""


def event_of(work: WorkWith[ByEvent]) -> Event:
    """Read the event that asked for the job. Raises NotFound."""
    with reading(work.shop.database) as session:
        event = session.get(Event, work.job.payload["event_id"])
    if event is None:
        raise NotFound("The event that asked for this is gone.")
    return event


class Postpone(NovaCoreError):
    """Raised by a handler that wants to be run again later; it counts as no error. The text says why, for staff."""

    def __init__(self, why: str, *, delay: timedelta = timedelta(0), until: datetime | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.delay = delay
        self.until = until


Handler = Callable[[WorkWith[Any]], str]
HANDLERS: dict[JobName, Handler] = {}

_MODULES = (
    "orders.cards",
    "orders.messages",
    "orders.private_pages",
    "orders.proofs",
    "orders.reviews",
    "orders.contests",
    "orders.after_sale",
    "orders.goods",
    "orders.roles",
    "orders.vouches",
    "orders.rates",
    "catalog.panels",
    "catalog.news",
    "catalog.products",
    "catalog.stock",
    "catalog.waiting_list",
    "reports.exports",
    "reports.reports",
    "reports.findings",
    "reports.old_jobs",
    "reports.books",
    "tickets.channel",
    "tickets.access",
    "tickets.notes",
    "tickets.replies",
    "tickets.timers",
    "tickets.transcripts",
    "tickets.send_transcripts",
)
"""The modules of this room that hold handlers."""


@dataclass(frozen=True, slots=True)
class handles(Generic[P]):  # noqa: N801  a decorator
    """Register the function below as the one that does the jobs of this kind. It gets what these carry, if it asks."""

    kind: JobKind[P]

    @overload
    def __call__(self, handler: Callable[[Work], str], /) -> Callable[[Work], str]: ...

    @overload
    def __call__(self, handler: Callable[[WorkWith[P]], str], /) -> Callable[[WorkWith[P]], str]: ...

    def __call__(self, handler: Handler, /) -> Handler:
        """Raise RuntimeError if the kind has a handler already."""
        if HANDLERS.setdefault(self.kind.name, handler) is not handler:
            raise RuntimeError(f"Two handlers for {self.kind.name}.")
        return handler


def carries(size: int) -> Callable[[Callable[[WorkWith[Q]], str]], Callable[[WorkWith[Q]], str]]:
    """Let the handler below hold room for files of so many bytes for as long as it works; see `Work.carrying`."""

    def wrap(handler: Callable[[WorkWith[Q]], str]) -> Callable[[WorkWith[Q]], str]:
        @wraps(handler)
        def run(work: WorkWith[Q]) -> str:
            with work.carrying(size):
                return handler(work)

        return run

    return wrap


def load_handlers() -> Mapping[JobName, Handler]:
    """Import every handler module and return the handlers by name."""
    for module in _MODULES:
        importlib.import_module(f"novacore.tasks.{module}")
    return HANDLERS
