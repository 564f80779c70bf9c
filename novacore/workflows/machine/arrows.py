"""The shapes of a state table: an arrow, what it carries while it is taken, and the table that holds them all.

Permissions, buttons, follow-up jobs and the diagrams are all read from these lines; nothing repeats them elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from novacore.db.event_kinds.kind import Detail, Moved
from novacore.db.unit_of_work import Transaction
from novacore.media.proofs import ProcessedProof
from novacore.states import ActorKind
from novacore.workflows.machine.buttons import Button
from novacore.workflows.machine.job_kinds import AskedByEvent
from novacore.workflows.machine.jobs import JobKind, JobRequest, Nothing
from novacore.workflows.machine.policy import Actor, Who
from novacore.workflows.machine.shop import Shop

S = TypeVar("S", bound=Any)
"""The subject of a table: a model with `id`, `status` and `version`."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A proof as it was uploaded, after a look at its first bytes. Its repr shows no bytes."""

    content: bytes = field(repr=False)
    width: int
    height: int
    picture: ProcessedProof | None = None
    """What staff will see, where it was made before the proof was taken; else a job makes it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an actor brings along with a trigger; each arrow reads what it needs."""

    reason: str | None = None
    round: int | None = None
    """The review round of the card that was pressed; none if no card was."""
    amount_minor: int | None = None
    coin_units: int | None = None
    """What came in in the order's coin, in its smallest units; the money above is what it is worth."""
    reference: str | None = field(default=None, repr=False)
    upload: Upload | None = None
    discount_id: int | None = None
    """The code that takes something off a new order."""
    channel_id: int | None = None
    """The channel that was made for a ticket."""
    message_id: int | None = None
    """The message in a ticket's channel that someone wrote."""


@dataclass(slots=True)
class Move(Generic[S]):
    """One arrow being taken, as its guards, effects, follows and jobs see it."""

    shop: Shop
    tx: Transaction
    table: "Table[S]"
    arrow: "Arrow[S]"
    subject: S
    actor: Actor
    actor_kind: ActorKind
    given: Given
    changes: dict[str, Any] = field(default_factory=dict)
    """Columns of the subject that the effects want written along with the state."""
    detail: Detail = field(default_factory=Detail)
    """What the event says besides who, when and whence: ids and reasons, never a secret."""
    event_id: int = 0
    extra_jobs: list[JobRequest] = field(default_factory=list)
    """Jobs for other subjects, such as the card of an order that shares a reference."""

    @property
    def session(self) -> Session:
        """The open session."""
        return self.tx.session

    @property
    def now(self) -> datetime:
        """The shop's time of this move."""
        return self.tx.now


@dataclass(frozen=True, slots=True)
class JobRule(Generic[S]):
    """A job that an arrow queues: `when` may leave it out, `due` may put it off."""

    kind: AskedByEvent
    due: Callable[[Move[S]], datetime | None] | None = None
    when: Callable[[Move[S]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Arrow(Generic[S]):
    """One row of a state table.

    `guards` raise a refusal; `effects` put columns into `changes` before the row is written; `follows` write the rows
    that refer to it; `also` are conditions of the writing statement itself; where `applies` says
    no, the arrow is refused and its button not shown.
    """

    trigger: str
    sources: tuple[str, ...]
    target: str
    who: frozenset[Who]
    verb: str
    """In a sentence: "Only staff can approve this order."."""
    past: str
    """In a sentence: "Sam approved this order."."""
    not_own: bool = False
    guards: tuple[Callable[[Move[S]], None], ...] = ()
    effects: tuple[Callable[[Move[S]], None], ...] = ()
    follows: tuple[Callable[[Move[S]], None], ...] = ()
    also: tuple[Callable[[Move[S]], ColumnElement[bool]], ...] = ()
    jobs: tuple[JobRule[S], ...] = ()
    shown_by: Callable[[Move[S]], datetime | None] | None = None
    """By when cards have to show it: later, where another arrow is about to follow. None is at once."""
    detail: type[Mapping[str, object]] = Moved
    """What its event says, a TypedDict; the effects write it."""
    button: Button | None = None
    """How people take it; none if only jobs and timers do."""
    applies: Callable[[S], bool] | None = None
    refused_unless: str = ""
    """The guards in words, for `docs/states.md`."""


@dataclass(frozen=True, slots=True)
class Table(Generic[S]):
    """A state table: what may happen to one kind of subject."""

    name: str
    model: Any
    initial: str
    states: Mapping[str, str]
    """Each state with its label in a sentence: "it is waiting for payment"."""
    arrows: tuple[Arrow[S], ...]
    always: tuple[JobKind[Nothing], ...]
    """Jobs that every arrow queues."""
    missing: str
    buyer_of: Callable[[S], int]
    round_of: Callable[[S], int]
    hide: Callable[[Shop, Session, int, Sequence[str]], list[str]]
    """Hides codes in what people typed about something of this buyer's, before it is kept."""
    one: str = "an order"
    """The subject in a sentence: "it is not an order of that kind"."""

    def arrow(self, trigger: str) -> Arrow[S]:
        """Return the arrow of that name. Raises KeyError for a name that is not in the table: a bug, not an input."""
        return {arrow.trigger: arrow for arrow in self.arrows}[trigger]

    @property
    def buttons(self) -> Mapping[str, Button]:
        """The buttons of the arrows that have one, by trigger, in the order of the table."""
        return {arrow.trigger: arrow.button for arrow in self.arrows if arrow.button}

    def open_to(self, subject: S, who: frozenset[Who]) -> tuple[Arrow[S], ...]:
        """Return the arrows that these readers may take from where the subject is: the buttons of its card."""
        return tuple(
            arrow
            for arrow in self.arrows
            if subject.status in arrow.sources and arrow.who & who and (not arrow.applies or arrow.applies(subject))
        )
