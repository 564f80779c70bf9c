"""What people do with an order that moves no state, a row each. `after_sale` and `commands` do what they stand for."""

from collections.abc import Mapping

from novacore.workflows.machine.buttons import KEPT, Button, Counts, Field, Style, reason

WAYS: Mapping[str, Button] = {
    "reveal": Button("Show my goods", "🎁", Style.primary, counts=Counts.always),
    "again": Button("Order again", "🛍️", Style.secondary, counts=Counts.always),
    "new_amount": Button("New amount", "⏱️", Style.secondary, counts=Counts.always),
    "approve_amount": Button(
        "Approve a different amount",
        "⚖️",
        Style.secondary,
        title="Approve a different amount",
        asks=(
            Field(
                "amount",
                "What came in",
                "As it was paid, in money. The goods go out.",
            ),
            Field(
                "again",
                "The same again, if it's far from the price",
                "More than twice the price or less than half of it: type it twice.",
                required=False,
            ),
        ),
    ),
    "resend": Button("Send the goods again", "📨", Style.primary, counts=Counts.once),
    "replace_unit": Button(
        "Replace a unit",
        "🔁",
        Style.secondary,
        title="Replace a unit",
        asks=(
            Field(
                "number",
                "Which one is faulty?",
                "Its number in the customer's message. Leave it empty if the order has only one.",
                required=False,
                example="2",
            ),
            reason("What is wrong with it?", KEPT),
        ),
        counts=Counts.once,
    ),
    "return_money": Button(
        "Record a partial refund",
        "↩️",
        Style.secondary,
        title="Record a partial refund",
        asks=(
            Field(
                "amount",
                "Amount that you sent back",
                "Leave it empty for all that is left. Send it first; this only records it.",
                required=False,
                example="5.00",
            ),
            reason("Why does it go back?"),
        ),
        counts=Counts.once,
    ),
    "receive_money": Button(
        "Record a payment",
        "➕",
        Style.secondary,
        title="Record a payment",
        asks=(
            Field("amount", "What came in", "In addition to the payment that was approved.", example="5.00"),
            reason("What is it for?", KEPT),
        ),
        counts=Counts.once,
    ),
}
