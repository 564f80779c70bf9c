"""Who may run a command that is no arrow of a table. Written out by hand, not computed: it is the second opinion."""

import importlib
import pkgutil
from dataclasses import replace

import pytest

from novacore import workflows
from novacore.errors import NotAllowed, NotFound, Refusal
from novacore.states import ActorKind
from novacore.workflows.machine import policy
from novacore.workflows.machine.policy import SYSTEM, Actor, Permission
from tests.fixtures.shops import CUSTOMER, OWNER, REVIEWER, REVIEWER_BUYER, STAFF, STAFF_BUYER, STRANGER

OWNER_BUYER = Actor(CUSTOMER.id, "customer", is_owner=True)
BOTH_BUYER = Actor(CUSTOMER.id, "customer", is_staff=True, is_owner=True)
BOTH = Actor(3002, "owner with the staff's role", is_staff=True, is_owner=True)

BY_BUYER = {CUSTOMER: ActorKind.customer, STAFF_BUYER: ActorKind.customer, OWNER_BUYER: ActorKind.customer,
            BOTH_BUYER: ActorKind.customer, REVIEWER_BUYER: ActorKind.customer}  # fmt: skip
BY_STAFF = {STAFF: ActorKind.staff, OWNER: ActorKind.owner, BOTH: ActorKind.owner}
BY_OWNER = {OWNER: ActorKind.owner, BOTH: ActorKind.owner}
OWN_TOO = {STAFF_BUYER: ActorKind.staff, OWNER_BUYER: ActorKind.owner, BOTH_BUYER: ActorKind.owner}
"""Staff who are the customer themselves, where that is no reason to refuse."""

MAY = {
    "send these goods again": BY_STAFF | OWN_TOO,
    "replace a unit of this order": BY_STAFF,
    "return money of this order": BY_OWNER,
    "note a payment for this order": BY_OWNER,
    "look at these goods": BY_BUYER,
    "claim this ticket": BY_STAFF | OWN_TOO,
    "release this ticket": BY_STAFF | OWN_TOO,
    "reassign this ticket": BY_STAFF | OWN_TOO,
    "set the priority of this ticket": BY_STAFF | OWN_TOO,
    "link an order to this ticket": BY_STAFF | BY_BUYER,
    "ask for this ticket to be closed": BY_BUYER,
    "rate this ticket": BY_BUYER,
    "reply in this ticket": BY_STAFF | OWN_TOO,
    "try this again": BY_STAFF | OWN_TOO,
    "write a vouch for this order": BY_BUYER,
    "hide a vouch": BY_STAFF | OWN_TOO,
}

EVERYBODY = (
    CUSTOMER,
    STRANGER,
    STAFF,
    STAFF_BUYER,
    OWNER,
    OWNER_BUYER,
    BOTH,
    BOTH_BUYER,
    REVIEWER,
    REVIEWER_BUYER,
    SYSTEM,
)


def permissions() -> dict[str, Permission]:
    """Every permission that there is, by its verb."""
    modules = pkgutil.walk_packages(workflows.__path__, f"{workflows.__name__}.")
    found = [each for module in modules for each in vars(importlib.import_module(module.name)).values()]
    return {each.verb: each for each in found if isinstance(each, Permission)}


def test_every_permission_stands_above() -> None:
    assert permissions().keys() == MAY.keys()


@pytest.mark.parametrize("verb", MAY)
@pytest.mark.parametrize(
    "actor", EVERYBODY, ids=lambda one: f"{one.name}-{one.is_staff}-{one.is_owner}-{one.is_reviewer}"
)
def test_who_may(verb: str, actor: Actor) -> None:
    rule = permissions()[verb]
    if actor in MAY[verb]:
        assert policy.authorise(rule, actor, CUSTOMER.id or 0) is MAY[verb][actor]
        return
    with pytest.raises(Refusal) as refusal:
        policy.authorise(rule, actor, CUSTOMER.id or 0)
    assert isinstance(refusal.value, NotFound if actor is STRANGER else NotAllowed)


@pytest.mark.parametrize("actor", [STAFF_BUYER, OWNER_BUYER, BOTH_BUYER])
@pytest.mark.parametrize(
    "verb", ["replace a unit of this order", "return money of this order", "note a payment for this order"]
)
def test_staff_hear_that_their_own_order_is_for_a_colleague(verb: str, actor: Actor) -> None:
    with pytest.raises(NotAllowed, match="is your own, so someone else on the staff"):
        policy.authorise(permissions()[verb], actor, CUSTOMER.id or 0)


REVIEW = Permission(policy.BY_REVIEWERS, "approve this order", not_own=True)


@pytest.mark.parametrize(
    ("actor", "kind"),
    [
        (REVIEWER, ActorKind.staff),
        (replace(REVIEWER, is_staff=True), ActorKind.staff),
        (replace(REVIEWER, is_owner=True), ActorKind.owner),
        (STAFF, ActorKind.staff),
        (OWNER, ActorKind.owner),
    ],
    ids=["reviewer", "and staff", "and owner", "staff", "owner"],
)
def test_a_reviewer_acts_as_staff_and_whoever_is_more_as_that(actor: Actor, kind: ActorKind) -> None:
    assert policy.authorise(REVIEW, actor, CUSTOMER.id or 0) is kind
    cancel = Permission(policy.BY_STAFF, "cancel this order")
    if actor is REVIEWER:
        with pytest.raises(NotAllowed, match="Only staff can cancel this order"):
            policy.authorise(cancel, actor, CUSTOMER.id or 0)
    else:
        assert policy.authorise(cancel, actor, CUSTOMER.id or 0) is kind


def test_a_reviewers_own_order_is_for_a_colleague() -> None:
    with pytest.raises(NotAllowed, match="is your own, so someone else on the staff"):
        policy.authorise(REVIEW, REVIEWER_BUYER, CUSTOMER.id or 0)


def test_a_reviewer_hears_of_nothing_but_orders() -> None:
    close = Permission(policy.BY_STAFF, "close this ticket")
    with pytest.raises(NotFound, match="No such ticket"):
        policy.authorise(close, REVIEWER, CUSTOMER.id or 0, noun="ticket", missing="No such ticket.")


def test_a_permission_leaves_ones_own_subject_open_unless_it_says_otherwise() -> None:
    assert not Permission(frozenset(), "try").not_own
