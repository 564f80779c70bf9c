"""The order's state table. Everything else about orders is read from here."""

from novacore.db.event_kinds.kind import MaybeReasoned, Reasoned
from novacore.db.event_kinds.orders import Approved, AskedAgain, Placed
from novacore.db.models import Order
from novacore.states import OrderStatus
from novacore.workflows.goods import masking
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.arrows import Arrow, JobRule, Table
from novacore.workflows.machine.buttons import Button, Counts, Style, reason
from novacore.workflows.machine.policy import BY_BUYER, BY_REVIEWERS, BY_STAFF, BY_SYSTEM, ORDER_MISSING
from novacore.workflows.machine.reasons import keep_reason, require_reason
from novacore.workflows.orders import rules
from novacore.workflows.orders.delivery_arrows import DELIVERY
from novacore.workflows.orders.discounts import uses
from novacore.workflows.orders.follow_ups import DELIVER, EXPIRE, POST_CARD, REMIND, TELL_CUSTOMER, with_the_delivery
from novacore.workflows.orders.placing import unpaid
from novacore.workflows.orders.proofs import store_proof
from novacore.workflows.payments import coin_amounts, references
from novacore.workflows.payments.shared_evidence import show_on_others

ARROWS: tuple[Arrow[Order], ...] = (
    Arrow(
        "place",
        (OrderStatus.new,),
        OrderStatus.awaiting_payment,
        BY_BUYER,
        verb="place this order",
        past="placed this order",
        guards=(
            rules.require_on_sale,
            rules.require_not_blocked,
            unpaid.require_fair_use,
            rules.require_under_limit,
            rules.require_not_too_quick,
        ),
        effects=(unpaid.start_clock, coin_amounts.freeze_amount),
        follows=(uses.take_use, rules.reserve_units, coin_amounts.claim_amount),
        jobs=(JobRule(job_kinds.ORDER_RECEIPT), EXPIRE, REMIND),
        detail=Placed,
        refused_unless="on sale, quantity allowed, enough units, not blocked, open orders and orders of the hour "
        "under their limits; whose orders keep ending unpaid: one open order, a pause between orders, and no more than "
        "half of a scarce product",
    ),
    Arrow(
        "submit_proof",
        (OrderStatus.awaiting_payment, OrderStatus.awaiting_proof, OrderStatus.expired),
        OrderStatus.under_review,
        BY_BUYER,
        verb="send a proof for this order",
        past="sent a proof",
        button=Button("Send payment proof", "🧾", Style.success, counts=Counts.always),
        guards=(rules.require_late_window,),
        effects=(rules.note_late, rules.stop_clock, rules.start_round),
        follows=(uses.take_use_again, rules.call_off_expiry, coin_amounts.keep_claim, store_proof),
        jobs=(JobRule(job_kinds.PROCESS_PROOF), POST_CARD),
        refused_unless="an image within limits, a reference of the right form that paid for nothing yet (else it is "
        "kept for staff); after expiry only within the late window",
    ),
    Arrow(
        "ask_again",
        (OrderStatus.under_review,),
        OrderStatus.awaiting_proof,
        BY_REVIEWERS,
        not_own=True,
        verb="ask for another proof",
        past="asked for another proof",
        button=Button(
            "Ask for another proof",
            "🔁",
            Style.secondary,
            title="Ask for another proof",
            asks=(reason("What is missing?", "The customer reads this. Be kind and exact."),),
        ),
        guards=(rules.require_proof, require_reason),
        effects=(keep_reason, unpaid.start_clock_again),
        follows=(rules.hold_units, show_on_others),
        jobs=(TELL_CUSTOMER, EXPIRE, REMIND),
        detail=AskedAgain,
        refused_unless="a proof was sent, a reason is given; a late or reinstated order reserves its units now",
    ),
    Arrow(
        "approve",
        (OrderStatus.under_review, OrderStatus.awaiting_proof),
        OrderStatus.approved,
        BY_REVIEWERS,
        not_own=True,
        verb="approve this order",
        past="approved this order",
        button=Button("Approve", "✅", Style.success),
        effects=(rules.stop_clock, rules.note_decision, references.note_received),
        follows=(
            rules.sell_units,
            rules.call_off_expiry,
            references.claim_evidence,
            references.write_received,
            coin_amounts.release_claim,
            show_on_others,
        ),
        jobs=(DELIVER, JobRule(job_kinds.TELL_CUSTOMER, when=rules.is_by_hand)),
        shown_by=with_the_delivery,
        detail=Approved,
        refused_unless="reserved units = quantity (a late or reinstated order reserves now), a proof not used before",
    ),
    Arrow(
        "reject",
        (OrderStatus.under_review,),
        OrderStatus.rejected,
        BY_REVIEWERS,
        not_own=True,
        verb="reject this order",
        past="rejected this order",
        button=Button(
            "Reject",
            "👎",
            Style.danger,
            title="Reject this order",
            asks=(reason("Why is the payment not accepted?"),),
        ),
        guards=(require_reason,),
        effects=(keep_reason, rules.note_decision, unpaid.note_unpaid),
        follows=(rules.release_units, uses.give_use_back, coin_amounts.release_claim, show_on_others),
        jobs=(TELL_CUSTOMER,),
        detail=Reasoned,
        refused_unless="a reason is given",
    ),
    Arrow(
        "cancel",
        (OrderStatus.awaiting_payment, OrderStatus.awaiting_proof),
        OrderStatus.cancelled,
        BY_BUYER | BY_STAFF,
        verb="cancel this order",
        past="cancelled this order",
        button=Button(
            "Cancel order",
            "🚫",
            Style.secondary,
            title="Cancel this order",
            asks=(reason("Why?", "The customer reads this; may stay empty.", required=False),),
            counts=Counts.any_round,
        ),
        effects=(keep_reason, rules.stop_clock, unpaid.note_late_cancel),
        follows=(
            rules.release_units,
            uses.give_use_back,
            rules.call_off_expiry,
            coin_amounts.release_claim,
            show_on_others,
        ),
        jobs=(TELL_CUSTOMER,),
        detail=MaybeReasoned,
    ),
    Arrow(
        "expire",
        (OrderStatus.awaiting_payment, OrderStatus.awaiting_proof),
        OrderStatus.expired,
        BY_SYSTEM,
        verb="let this order expire",
        past="closed this order when its time was up",
        guards=(rules.require_due,),
        effects=(rules.note_expired, unpaid.note_unpaid),
        also=(rules.is_due,),
        follows=(rules.release_units, uses.give_use_back, coin_amounts.release_claim_later, show_on_others),
        jobs=(TELL_CUSTOMER,),
        refused_unless="its time is up by the shop's clock; time in which the shop was down does not count",
    ),
    Arrow(
        "reinstate",
        (OrderStatus.rejected, OrderStatus.cancelled, OrderStatus.expired),
        OrderStatus.under_review,
        BY_STAFF,
        not_own=True,
        verb="reinstate this order",
        past="reinstated this order",
        button=Button(
            "Reinstate",
            "♻️",
            Style.primary,
            title="Reinstate this order",
            asks=(reason("Why does it go back to review?"),),
            counts=Counts.any_round,
        ),
        guards=(require_reason,),
        effects=(keep_reason, rules.start_round, unpaid.forget_unpaid),
        follows=(uses.take_use_again, coin_amounts.claim_again, show_on_others),
        jobs=(JobRule(job_kinds.POST_REVIEW_CARD),),
        detail=Reasoned,
        refused_unless="a reason is given",
    ),
    *DELIVERY,
)


def _buyer(order: Order) -> int:
    return order.customer_id


def _round(order: Order) -> int:
    return order.review_round


ORDERS: Table[Order] = Table(
    name="order",
    model=Order,
    initial=OrderStatus.new,
    states={status: status.row.label for status in OrderStatus},
    arrows=ARROWS,
    always=(job_kinds.REFRESH_CARDS,),
    missing=ORDER_MISSING,
    buyer_of=_buyer,
    round_of=_round,
    hide=masking.hidden,
)
