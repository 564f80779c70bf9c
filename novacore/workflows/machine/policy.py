"""Who may do what. Loading an order and being allowed to touch it are one call, so that neither is forgotten."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from novacore.errors import NotAllowed, NotFound
from novacore.states import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. What they are is read from the roles of each interaction, never remembered."""

    id: int | None
    name: str
    is_staff: bool = False
    is_owner: bool = False
    is_reviewer: bool = False
    """Whether they may decide on proofs. Whoever is staff or the owner as well is that, with all that it allows."""
    joined_at: datetime | None = None
    """When they joined the server; None if that isn't known, as in a DM."""

    @property
    def is_system(self) -> bool:
        """Tell whether the shop itself acts: a timer or a job."""
        return self.id is None

    @property
    def decides(self) -> bool:
        """Tell whether this is staff; the owner is staff too."""
        return self.is_staff or self.is_owner

    @property
    def reviews(self) -> bool:
        """Tell whether this person decides on proofs: a reviewer, staff or the owner."""
        return self.decides or self.is_reviewer


SYSTEM = Actor(None, "NovaCore")

ORDER_MISSING = "I can't find that order. Please check the order id."
"""What is said of an order that is not there, and of a stranger's."""

PRODUCT_MISSING = "I can't find that product. `/product list` shows them all."


class Who(StrEnum):
    """Whom an arrow is open to. `buyer` is the customer whose order it is."""

    buyer = "buyer"
    reviewer = "reviewer"
    staff = "staff"
    owner = "owner"
    system = "system"


BY_BUYER = frozenset({Who.buyer})
BY_STAFF = frozenset({Who.staff, Who.owner})
BY_REVIEWER = frozenset({Who.reviewer})
BY_REVIEWERS = BY_STAFF | BY_REVIEWER
"""Whoever decides on proofs."""
BY_OWNER = frozenset({Who.owner})
BY_SYSTEM = frozenset({Who.system})


class Rule(Protocol):
    """The part of an arrow, or of a command, that says whom it is open to."""

    @property
    def who(self) -> frozenset[Who]:
        """Whom the arrow is open to."""

    @property
    def not_own(self) -> bool:
        """Whether the buyer is kept out even when they are staff."""

    @property
    def verb(self) -> str:
        """The arrow in a sentence: "approve this order"."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Who a command is open to that is no arrow of a table."""

    who: frozenset[Who]
    verb: str
    not_own: bool = False


def authorise(
    rule: Rule, actor: Actor, buyer_id: int, *, noun: str = "order", missing: str = ORDER_MISSING
) -> ActorKind:
    """Say in which capacity the actor takes this arrow. `noun` and `missing` are how its subject is spoken of.

    A reviewer acts as staff, with their own id and name: the log says who decided, and roles change while events stay.
    So nothing that reads events (exports, figures by person, what customers are told) has to know a further kind.

    Raises NotFound for a stranger (a stranger's order reads like a missing one), NotAllowed for everybody else.
    """
    is_buyer = actor.id == buyer_id
    if actor.is_system:
        return _capacity(rule, Who.system, ActorKind.system) or _refuse(rule, noun)
    if Who.buyer in rule.who and is_buyer:
        return ActorKind.customer
    if rule.not_own and is_buyer and (actor.decides or _reviews(rule, actor)):
        raise NotAllowed(f"This {noun} is your own, so someone else on the staff has to decide on it.")
    if not is_buyer and not may_know_of(noun, actor):
        raise NotFound(missing)
    if actor.is_owner and rule.who & {Who.staff, Who.owner}:
        return ActorKind.owner
    if (actor.is_staff and Who.staff in rule.who) or _reviews(rule, actor):
        return ActorKind.staff
    return _refuse(rule, noun)


def _reviews(rule: Rule, actor: Actor) -> bool:
    return actor.is_reviewer and Who.reviewer in rule.who


def may_know_of(noun: str, actor: Actor) -> bool:
    """Tell whether someone whose subject it isn't may hear that it is there. Reviewers see the cards of orders only."""
    return actor.decides or (actor.is_reviewer and noun == "order")


def _capacity(rule: Rule, who: Who, kind: ActorKind) -> ActorKind | None:
    return kind if who in rule.who else None


def _refuse(rule: Rule, noun: str) -> ActorKind:
    if Who.staff in rule.who:
        raise NotAllowed(f"Only staff can {rule.verb}.")
    if Who.owner in rule.who:
        raise NotAllowed(f"Only the owner can {rule.verb}.")
    if Who.buyer in rule.who:
        raise NotAllowed(f"Only the {'buyer' if noun == 'order' else 'customer'} can {rule.verb}.")
    raise NotAllowed(f"Nobody can {rule.verb} by hand; the shop does it by itself.")


def require_staff(actor: Actor, what: str) -> None:
    """Raise NotAllowed unless the actor is staff or the owner. `what` completes "Only staff can ..."."""
    if not (actor.decides or actor.is_system):
        raise NotAllowed(f"Only staff can {what}.")


def require_reviewer(actor: Actor, what: str) -> None:
    """Raise NotAllowed for whoever doesn't decide on proofs. `what` completes "Only staff can ..."."""
    if not actor.reviews:
        require_staff(actor, what)


def require_owner(actor: Actor, what: str) -> None:
    """Raise NotAllowed unless the actor is the owner. `what` completes "Only the owner can ..."."""
    if not actor.is_owner:
        raise NotAllowed(f"Only the owner can {what}.")
