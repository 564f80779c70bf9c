"""The states of an order: a row each, with its words and its facts. Nothing else repeats them.

Limits, the queue, lists, cards and notes ask the row: `order.status.row.is_open`. In SQL, `OrderStatus.those(...)`
gives the states for an IN. What may happen in a state is in the table, `workflows.orders.table`.
"""

from dataclasses import dataclass

from novacore.states.rows import RowEnum
from novacore.states.stripes import Stripe


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What is said about a state, and what follows from it.

    `sentence` says to the customer where the order stands and what to do next, `hint` says it in one line.
    """

    label: str
    """Completes "it is ...", for staff and in refusals."""
    emoji: str
    heading: str
    """Heads the cards of staff."""
    title: str
    """Heads the cards of the customer."""
    stripe: Stripe
    sentence: str
    hint: str
    sentence_by_hand: str = ""
    """Instead of `sentence`, where staff do the work themselves."""
    hint_by_hand: str = ""
    sentence_late: str = ""
    """Instead of `sentence`, where the proof came after the order had expired."""
    sentence_without_dms: str = ""
    """Instead of `sentence`, where we can't send the customer any DMs."""
    hint_without_dms: str = ""
    is_open: bool = False
    """Whether it counts against a customer's limit of open orders."""
    is_unfinished: bool = False
    """Whether someone still waits for this order. Once nobody does, its customer may order the same again."""
    awaits_customer: bool = False
    """Whether it waits for a payment or a proof. It has a deadline, and expires by itself."""
    may_be_approved: bool = False
    """Whether staff have a proof that they may approve it by."""
    has_goods: bool = False
    """Whether the buyer may look at the goods."""
    is_over: bool = False
    """Whether it ended without goods. Someone who pays now has lost their money."""
    was_paid: bool = False
    """Whether staff accepted its payment, whatever became of it."""
    shows_reason: bool = False
    """Whether what staff wrote last still belongs to it."""
    shows_reason_by_hand: bool = False
    staff_task: str = ""
    """What staff have to do, in a word or two; empty where nothing waits for them."""
    staff_task_by_hand: str = ""
    staff_choice: str = ""
    """What else staff may end by themselves, in a word or two: it waits for its customer, and the queue lists it last.
    """

    @property
    def is_to_check(self) -> bool:
        """Whether a proof waits for staff, and its customer for them. Where another proof is awaited, none does."""
        return self.may_be_approved and not self.awaits_customer


class OrderStatus(RowEnum):
    """The states of an order; `new` is the moment before it is stored. Names equal values."""

    row: OrderState

    new = (
        "new",
        OrderState(
            label="new",
            emoji="🆕",
            heading="New",
            title="Your order",
            stripe=Stripe.waiting,
            sentence="Your order is being placed.",
            hint="It is being placed.",
        ),
    )
    awaiting_payment = (
        "awaiting_payment",
        OrderState(
            label="waiting for payment",
            emoji="⏳",
            heading="Waiting for payment",
            title="Waiting for your payment",
            stripe=Stripe.waiting,
            sentence="We're waiting for your payment. Once you have paid, press **Send payment proof**.",
            hint="Pay, then send us the proof.",
            is_open=True,
            is_unfinished=True,
            awaits_customer=True,
            shows_reason=True,
        ),
    )
    under_review = (
        "under_review",
        OrderState(
            label="being checked by staff",
            emoji="🔎",
            heading="Payment to check",
            title="We're checking your payment",
            stripe=Stripe.checking,
            sentence="Thank you, we have your proof! Our staff check each payment by hand, and you don't need to do "
            "anything until you hear from us.",
            hint="Our staff are checking your payment. You don't need to do anything.",
            sentence_late="Thank you, we have your proof! It came after the order had expired, so our staff also check "
            "what is left in stock. You don't need to do anything until you hear from us.",
            is_open=True,
            is_unfinished=True,
            may_be_approved=True,
            shows_reason=True,
            staff_task="to check",
        ),
    )
    awaiting_proof = (
        "awaiting_proof",
        OrderState(
            label="waiting for another proof",
            emoji="🔁",
            heading="Waiting for another proof",
            title="Please send another proof",
            stripe=Stripe.waiting,
            sentence="We need another proof of your payment. If you have paid already, **don't pay again**: just send "
            "a better proof.",
            hint="We need another proof of your payment.",
            is_open=True,
            is_unfinished=True,
            awaits_customer=True,
            may_be_approved=True,
            shows_reason=True,
            staff_choice="another proof awaited",
        ),
    )
    approved = (
        "approved",
        OrderState(
            label="approved",
            emoji="✅",
            heading="Approved",
            title="Payment confirmed",
            stripe=Stripe.confirmed,
            sentence="Your payment is confirmed, thank you! Your goods are on their way to your DMs.",
            hint="Paid. Your goods are on their way to your DMs.",
            sentence_without_dms="Your payment is confirmed, thank you! Your goods are ready: press **Show my goods** "
            "to get them right now.",
            hint_without_dms="Paid. Your goods are ready: press **Show my goods**.",
            sentence_by_hand="Your payment is confirmed, thank you! Our staff are working on your order, and you'll "
            "hear from us when it is done.",
            hint_by_hand="Paid. Our staff are working on it.",
            is_unfinished=True,
            has_goods=True,
            staff_task_by_hand="to be done by hand",
            was_paid=True,
        ),
    )
    delivered = (
        "delivered",
        OrderState(
            label="delivered",
            emoji="🎉",
            heading="Delivered",
            title="Delivered",
            stripe=Stripe.done,
            sentence="Your goods are in your DMs. Can't find them? Press **Show my goods**.",
            hint="Your goods are in your DMs, and here too.",
            sentence_without_dms="You have your goods. Need them again? Press **Show my goods**.",
            hint_without_dms="You have your goods. Need them again? Press **Show my goods**.",
            sentence_by_hand="All done. Thank you for your order!",
            hint_by_hand="All done. Thank you!",
            has_goods=True,
            shows_reason_by_hand=True,
            was_paid=True,
        ),
    )
    delivery_blocked = (
        "delivery_blocked",
        OrderState(
            label="approved, but the delivery is blocked",
            emoji="🚧",
            heading="Delivery blocked",
            title="Your goods are waiting for you",
            stripe=Stripe.warning,
            sentence="Your payment is confirmed and your goods are ready, but Discord did not let us send you a DM. "
            "Press **Show my goods** to get them right now.",
            hint="Paid. We could not send you a DM, but your goods are ready here.",
            is_unfinished=True,
            has_goods=True,
            staff_task="delivery blocked",
            was_paid=True,
        ),
    )
    rejected = (
        "rejected",
        OrderState(
            label="rejected",
            emoji="❌",
            heading="Rejected",
            title="Payment not accepted",
            stripe=Stripe.fault,
            sentence="Our staff could not accept this payment. If you think that's a mistake, please contact our staff "
            "and quote the order id.",
            hint="We could not accept the payment. Is that a mistake? Contact our staff.",
            is_over=True,
            shows_reason=True,
        ),
    )
    cancelled = (
        "cancelled",
        OrderState(
            label="cancelled",
            emoji="🚫",
            heading="Cancelled",
            title="Cancelled",
            stripe=Stripe.ended,
            sentence="This order was cancelled, so there is nothing to pay. If you have paid already, please contact "
            "our staff and quote the order id.",
            hint="Nothing to pay.",
            is_over=True,
            shows_reason=True,
        ),
    )
    expired = (
        "expired",
        OrderState(
            label="expired",
            emoji="⌛",
            heading="Expired",
            title="The time to pay is over",
            stripe=Stripe.ended,
            sentence="The time to pay ran out, so your items went back on sale. Have you paid? Press **Send payment "
            "proof** and our staff will still look at it. If not, you don't need to do anything.",
            hint="The time to pay ran out. Have you paid? Send us the proof.",
            is_over=True,
            shows_reason=True,
        ),
    )
    refunded = (
        "refunded",
        OrderState(
            label="refunded",
            emoji="💸",
            heading="Refunded",
            title="Refunded",
            stripe=Stripe.returned,
            sentence="We sent your money back the way it came. Banks and wallets can take a few days to show it.",
            hint="Your money went back.",
            is_over=True,
            shows_reason=True,
            was_paid=True,
        ),
    )
