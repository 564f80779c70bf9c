"""What a job's handler is given, what it may raise, and the list of handlers. Every handler module begins here.

A handler is `def deliver_order(work: Work) -> str`, registered with `@handles(JobName.deliver_order)`. It loads the
truth by the ids in `work.job`, does one outward act, records it, and returns a sentence that says what it did. Where
the world has moved on it returns a sentence that says so. It must stand being run again after any line of it.
"""

import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from novacore.db.unit_of_work import Transaction
from novacore.errors import NovaCoreError
from novacore.workflows.jobs import KINDS, JobKind, JobName
from novacore.workflows.shop import Shop

if TYPE_CHECKING:
    from novacore.tasks.gateway import Gateway
    from novacore.tasks.heavy import Heavy

LEASE_SECONDS = 90.0
"""How long a claim holds without a sign of life: more than a send (30 s) and the search before it (20 s) may take."""


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job row as it was claimed. `attempt` counts from 1; `lease_ends` is on this machine's monotonic clock."""

    id: int
    name: JobName
    subject_kind: str
    subject_id: str
    payload: Mapping[str, Any]
    event_id: int | None
    due_at: datetime
    attempt: int
    fence: int
    lease_ends: float
    killed: int = 0
    """How many earlier attempts were cut off in the middle: nobody knows how far they got."""

    @property
    def kind(self) -> JobKind:
        """What is fixed for jobs of this name."""
        return KINDS[self.name]

    @property
    def earlier_attempt_unknown(self) -> bool:
        """Whether an earlier attempt may have done its outward act without recording it."""
        return self.killed > 0


Fallback = Callable[[Shop, Transaction, ClaimedJob, str], None]
"""What is done, in the transaction that buries a job, so that nothing waits for it: the job and why it died."""


class InFlight:
    """The claims that this process is working on, and whether it takes new ones."""

    def __init__(self) -> None:
        self.jobs: dict[int, ClaimedJob] = {}
        self.stopping = False


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a process needs to run jobs; one for each process."""

    shop: Shop
    gateway: "Gateway"
    heavy: "Heavy"
    fallback: Fallback
    worker: str
    """The name under which the attempts are booked."""
    lease_seconds: float = LEASE_SECONDS
    in_flight: InFlight = field(default_factory=InFlight)


@dataclass(frozen=True, slots=True)
class Work:
    """One attempt of one job."""

    runtime: Runtime
    job: ClaimedJob

    @property
    def shop(self) -> Shop:
        """What the commands of `workflows` want to know."""
        return self.runtime.shop

    @property
    def gateway(self) -> "Gateway":
        """Discord."""
        return self.runtime.gateway

    @property
    def heavy(self) -> "Heavy":
        """Where pictures and charts are made."""
        return self.runtime.heavy

    def lease_left(self) -> float:
        """Return for how many seconds nobody else may take this job; negative when it is over."""
        return self.job.lease_ends - time.monotonic()


class Postpone(NovaCoreError):
    """Raised by a handler that wants to be run again later; it counts as no error. The text says why, for staff."""

    def __init__(self, why: str, *, delay: timedelta = timedelta(0), until: datetime | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.delay = delay
        self.until = until


class LeaseLost(NovaCoreError):
    """Somebody else has the job by now. This attempt stops, and what it would have recorded is dropped."""


Handler = Callable[[Work], str]
HANDLERS: dict[JobName, Handler] = {}

_MODULES: tuple[str, ...] = ()
"""The modules of this room that hold handlers."""


def handles(name: JobName) -> Callable[[Handler], Handler]:
    """Register the function below as the one that does the jobs of this name."""

    def register(handler: Handler) -> Handler:
        if HANDLERS.setdefault(name, handler) is not handler:
            raise RuntimeError(f"Two handlers for {name}.")
        return handler

    return register


def load_handlers() -> Mapping[JobName, Handler]:
    """Import every handler module and return the handlers by name."""
    for module in _MODULES:
        importlib.import_module(f"novacore.tasks.{module}")
    return HANDLERS
