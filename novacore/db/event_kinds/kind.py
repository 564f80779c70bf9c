"""A trigger and the TypedDict of what its events say, held together, so that whoever writes or reads one is checked.

`BLOCK({"reason": ..., "until": ...})` goes into a `NewEvent`; `event.detail_of(BLOCK)` gives it back. Rows of older
releases are read, too: what they may lack is NotRequired. Arrows name their TypedDict in their own row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, NotRequired, TypedDict, TypeVar, cast

D = TypeVar("D", bound=Mapping[str, object])
"""What the events of a trigger say: a TypedDict of ids and reasons, never a secret."""


Pair = list[Any]
"""What it was before, and what it is now."""


class Detail(TypedDict, total=False):
    """What is read of an event whatever its trigger is, and all that arrows say."""

    round: int
    reason: str
    amount_minor: int
    coin: str
    coin_units: int
    unpaid_ends: int
    channel_id: int | None
    message_id: int
    number: int
    override: bool
    job: str
    other_order_id: str
    evidence: str


class Silent(TypedDict):
    """Nothing but who, what and when."""


class Moved(TypedDict):
    """The least that an arrow says: the review round of its order, or the round of its ticket."""

    round: int


class Reasoned(Moved):
    """With why it was done."""

    reason: str


class MaybeReasoned(Moved):
    """With why it was done, if someone said so."""

    reason: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Detailed:
    """A trigger with what its event says. Made by an `EventKind`, and by `fire` for its arrows."""

    trigger: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class EventKind(Generic[D]):
    """One row: a trigger that is no arrow, and what its events say."""

    trigger: str
    detail: type[D]

    def __call__(self, detail: D) -> Detailed:
        """Say it in a new event."""
        return Detailed(self.trigger, detail)

    def read(self, detail: object) -> D:
        """Take what was read from a row of this trigger for what it is."""
        return cast(D, detail)

    def key(self, name: str) -> str:
        """Return a key for a statement. Raises KeyError for one that these events don't have."""
        if name not in self.detail.__annotations__:
            raise KeyError(f"{self.trigger} says no {name}.")
        return name
