"""The arrows of orders from approval on: delivery, and money that goes back. `table` puts them into its list."""

from novacore.db.event_kinds.kind import MaybeReasoned, Reasoned
from novacore.db.event_kinds.orders import Refunded
from novacore.db.models import Order
from novacore.states import OrderStatus
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.arrows import Arrow, JobRule
from novacore.workflows.machine.buttons import Button, Counts, Field, Style, reason
from novacore.workflows.machine.policy import BY_OWNER, BY_STAFF, BY_SYSTEM
from novacore.workflows.machine.reasons import keep_reason, require_reason
from novacore.workflows.orders import rules
from novacore.workflows.orders.follow_ups import (
    AFTER_DELIVERY,
    DELIVER,
    SETTLE_ROLE,
    TELL_CUSTOMER,
    with_the_delivery,
)
from novacore.workflows.payments import references

_SENT_BACK = Field(
    "amount",
    "Amount that you sent back",
    "All that came in: type it to be sure, or leave it empty. Send it first; this only records it.",
    required=False,
    example="19.98",
)

DELIVERY: tuple[Arrow[Order], ...] = (
    Arrow(
        "fulfil",
        (OrderStatus.approved,),
        OrderStatus.delivered,
        BY_STAFF,
        not_own=True,
        verb="mark this order as done",
        past="marked this order as done",
        button=Button(
            "Mark as done",
            "✅",
            Style.success,
            title="Mark as done",
            asks=(reason("A note to the customer", "What they need to know; may stay empty.", required=False),),
            counts=Counts.any_round,
        ),
        applies=rules.by_hand,
        effects=(keep_reason, rules.note_delivered),
        jobs=(TELL_CUSTOMER, *AFTER_DELIVERY),
        detail=MaybeReasoned,
        refused_unless="the goods are made by hand",
    ),
    Arrow(
        "delivered",
        (OrderStatus.approved, OrderStatus.delivery_blocked),
        OrderStatus.delivered,
        BY_SYSTEM,
        verb="record the delivery",
        past="delivered the goods",
        guards=(rules.require_shown,),
        effects=(rules.note_delivered,),
        jobs=AFTER_DELIVERY,
        refused_unless="every unit was sent, or shown to the buyer",
    ),
    Arrow(
        "delivery_blocked",
        (OrderStatus.approved,),
        OrderStatus.delivery_blocked,
        BY_SYSTEM,
        verb="stop the delivery",
        past="could not deliver the goods",
        guards=(require_reason,),
        effects=(keep_reason,),
        jobs=(JobRule(job_kinds.ALERT_STAFF),),
        detail=Reasoned,
        refused_unless="Discord refuses for good, or the job died",
    ),
    Arrow(
        "retry_delivery",
        (OrderStatus.delivery_blocked,),
        OrderStatus.approved,
        BY_STAFF,
        verb="try the delivery again",
        past="tried the delivery again",
        button=Button("Try the delivery again", "🔄", Style.primary, counts=Counts.any_round),
        jobs=(DELIVER,),
        shown_by=with_the_delivery,
    ),
    Arrow(
        "refund",
        (OrderStatus.approved, OrderStatus.delivery_blocked, OrderStatus.delivered),
        OrderStatus.refunded,
        BY_OWNER,
        not_own=True,
        verb="refund this order",
        past="refunded this order",
        button=Button(
            "Refund",
            "💸",
            Style.danger,
            title="Refund this order",
            asks=(reason("Why does the money go back?"), _SENT_BACK),
            counts=Counts.any_round,
        ),
        guards=(require_reason, rules.require_no_delivery_in_flight, rules.require_all_returned),
        effects=(keep_reason, references.note_returned),
        follows=(references.write_returned, rules.revoke_units),
        jobs=(
            TELL_CUSTOMER,
            JobRule(job_kinds.WITHDRAW_CUSTOMER_ROLE),
            SETTLE_ROLE,
            JobRule(job_kinds.STRIKE_ANNOUNCEMENT),
        ),
        detail=Refunded,
        refused_unless="money returned = money received; no delivery in flight or of unknown outcome",
    ),
)
