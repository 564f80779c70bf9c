"""What staff decide by: the review card. Posted and kept true by jobs.

A card shows the present state of its order, and exactly the buttons that the state table has for staff and owner, and
those for what can be done next to it (`workflows.orders.after_sale`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from novacore.db.models import Event, Order
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Item, Message, box, gallery, line, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.messages.orders.desk.notes import note_line
from novacore.messages.orders.staff.expected import expected, explorer_links, flags
from novacore.messages.orders.staff.slow_reviews import called
from novacore.money import format_money
from novacore.plurals import counted
from novacore.states import ProofState
from novacore.wallets.explorers import NO_EXPLORERS, Explorers
from novacore.workflows.machine.policy import BY_REVIEWER
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets.table import TICKETS

_PICTURES: Final = 5
"""Comparisons on one card: `workflows.orders.proofs` keeps no more likenesses than that."""


# ---- the card


def review_card(
    facts: ReviewFacts,
    picture: bytes | None,
    comparisons: Sequence[bytes] = (),
    account_created_at: datetime | None = None,
    explorers: Explorers = NO_EXPLORERS,
    ping: int | None = None,
) -> Message:
    """Build the card on which staff decide.

    `picture` is the safe JPEG of the newest proof; `comparisons` are side-by-side JPEGs in the order of `facts.alike`.
    `ping` is the role that a new card calls.
    """
    order = facts.order
    proof, alike = _proof_pictures(facts, picture, comparisons)
    items: list[Item] = [
        head(facts),
        *flags(facts),
        line(),
        text(*about(facts, account_created_at, notes=facts.order.status.row.may_be_approved)),
        *proof_items(facts, proof),
        *_alike_items(facts, alike),
        *rows([*ways(facts), *explorer_links(order, facts.proof, explorers)]),
        *[text(one) for one in called(ping)],
    ]
    return Message(box(items, appearance.colour(order.status)), (*proof, *alike))


def ways(facts: ReviewFacts, *, books: bool = False) -> list[buttons.Button]:
    """Return the buttons of a staff card: the table's, and what can be done next to it."""
    order = facts.order
    beside = buttons.after_sale(order, facts.money.balance, books=books)
    arrows = buttons.for_staff(order, has_proof=facts.proof is not None)
    return [*arrows, *buttons.other_amount(order), *beside]


def decisions(facts: ReviewFacts) -> list[buttons.Button]:
    """Return the buttons of a reviewer: they decide on the proof, and do nothing next to it."""
    order = facts.order
    arrows = buttons.for_staff(order, has_proof=facts.proof is not None, who=BY_REVIEWER)
    return [*arrows, *buttons.other_amount(order)]


def old_card(order: Order) -> Message:
    """Build what becomes of a card when a newer round has one: it decides nothing any more."""
    told = text(
        f"### 🗂️ {words.bought(order)}",
        f"-# Order `{order.id}` · This card is out of date. The newest one is further down.",
    )
    return Message(box([told], colours.ENDED))


def head(facts: ReviewFacts) -> Item:
    """Return the card's head: the state, the order, and who brought it there when."""
    order, look = facts.order, facts.order.status.row
    times = [f"sent for review {order.review_round} times"] if order.review_round > 1 else []
    small = [f"Order `{order.id}`", *times]
    return text(f"## {look.emoji} {look.heading}", f"-# {' · '.join(small)}", *_last_deed(facts.last_event))


def _last_deed(event: Event | None) -> Iterator[str]:
    if event is None:
        return
    yield f"{deed(event)} {words.stamp(event.at)}"
    if event.reason:
        yield words.quote(event.reason, REASON_LIMIT)


def deed(event: Event) -> str:
    """Say who did what: "Sam approved this order". Never what a customer wrote or got."""
    past = _PAST.get(event.trigger) or words.escape(event.trigger.replace("_", " "), 40)
    return f"{words.escape(event.actor_name, 40)} {past}"


_ARROWS = {arrow.trigger: arrow.past for arrow in ORDERS.arrows} | {
    arrow.trigger: arrow.past for arrow in TICKETS.arrows
}
_PAST: Mapping[str, str] = _ARROWS | {
    "reveal": "looked at the goods",
    "receipt_blocked": "could not send the receipt by DM",
    "note_blocked": "could not send a note by DM",
    "proof_unreadable": "could not open the picture of the proof",
    "contested": "marked the payment as contested",
    "job_died": "gave up on a job",
    "write_vouch": "wrote a vouch",
    "hide_vouch": "hid the vouch",
    "add_product": "put a product on sale",
    "edit_product": "changed a product",
    "remove_product": "removed a product",
    "restore_product": "brought a product back",
    "move_product": "moved a product to another place",
    "move_category": "moved a category to another place",
    "set_sale": "set a sale price",
    "end_sale": "ended a sale",
    "set_first_day": "set the first day of a product",
    "hang_picture": "hung up a picture that came later",
    "save_text": "changed one of the shop's texts",
    "reset_text": "took one of the shop's texts back to the default",
    "save_terms": "saved the shop's terms",
    "withdraw_terms": "took the shop's terms back",
    "add_payment": "added a way to pay",
    "edit_payment": "changed a way to pay",
    "hide_payment": "hid a way to pay",
    "show_payment": "offered a way to pay again",
    "retry_job": "had a job tried again",
    "claim": "took care of this ticket",
    "release": "let go of this ticket",
    "transfer": "handed this ticket on",
    "priority": "set the priority of this ticket",
    "link_order": "named the order of this ticket",
    "ask_close": "asked for this ticket to be closed",
    "rate": "rated our help",
    "role_moved": "put another role in the place of one that is gone",
    "role_refused": "could not change the role that comes with it",
    "resend": "sent the goods again",
    "replace_unit": "replaced a faulty unit",
    "return_money": "returned money",
    "receive_money": "noted a payment",
    "new_amount": "got a new amount in the coin",
    "keep_amount": "got more time to pay the same amount in the coin",
    "set_rate": "set the price of a coin",
    "set_steps": "set what a product gives by quantity",
    "add_discount": "added a discount code",
    "widen_discount": "let a discount code count for more",
    "end_discount": "ended a discount code",
    "add_note": "wrote a note",
    "remove_note": "removed a note",
}
"""What happened, in a sentence: the arrows in the table's own words, and the events that move no state."""


def _role(order: Order) -> list[str]:
    return [f"🎭 The role **{words.escape(order.role.name)}** {order.role.term}"] if order.role else []


def about(facts: ReviewFacts, account_created_at: datetime | None = None, *, notes: bool = True) -> list[str]:
    """Return what was bought, how it is paid and by whom, a line each.

    `notes`: whether to name the newest one. A card does only while staff decide by it: one that is removed later must
    not stay on the cards of decided orders.
    """
    order, proof = facts.order, facts.proof
    lines = [
        f"🛒 **{words.bought(order)}**",
        f"💰 **{words.total(order)}** by {appearance.method(order)}",
        *words.discount(order),
        *expected(order),
        *_books(facts),
        *_role(order),
    ]
    if proof and proof.reference:
        named = appearance.capital(appearance.reference(order))
        lines.append(f"🔖 {named} {words.inline(proof.reference)}")
    noted = note_line(facts.notes) if notes else []
    return [*lines, _customer(facts, account_created_at), *noted]


def _books(facts: ReviewFacts) -> Iterator[str]:
    """Say what came in where it was not the total, what went back, and what was replaced."""
    order, money = facts.order, facts.money
    if money.received and money.received != order.total_minor:
        off = format_money(abs(money.received - order.total_minor), order.currency)
        came = format_money(money.received, order.currency)
        what = f"**Underpaid:** {came} came in, {off} too little"
        if money.received > order.total_minor:
            what = f"**Overpaid:** {came} came in, {off} too much; the owner can return it"
        yield f"⚖️ {what}."
    if money.returned:
        left = format_money(money.balance, order.currency)
        yield f"↩️ {format_money(money.returned, order.currency)} went back, {left} is still here."
    if facts.units_replaced:
        yield f"🔁 {counted(facts.units_replaced, 'unit', 'units')} replaced."


def _customer(facts: ReviewFacts, created_at: datetime | None) -> str:
    who = f"👤 <@{facts.customer.id}> ({words.escape(facts.customer.name, 40)})"
    age = f" · account made {words.stamp(created_at)}" if created_at else ""
    if facts.customer.joined_at:
        age += f" · in the server since {words.stamp(facts.customer.joined_at)}"
    if facts.orders_placed <= 1:
        return f"{who}{age} · their first order"
    return f"{who}{age} · {facts.orders_placed} orders, {facts.orders_delivered} delivered"


def proof_items(facts: ReviewFacts, pictures: Sequence[FilePart]) -> list[Item]:
    """Return the proof's picture, or why there is none."""
    if pictures:
        return [gallery(*pictures)]
    proof = facts.proof
    if proof is None:
        return [text(f"-# {_no_proof(facts)}")]
    if proof.state is ProofState.unreadable:
        return [text("🖼️ The picture of this proof could not be opened. Decide without it, or ask for another proof.")]
    return [text("-# 🖼️ The picture of this proof is still being prepared and will appear here.")]


def _no_proof(facts: ReviewFacts) -> str:
    if any(one.came_first for one in facts.contested):
        return "The proof that was refused isn't shown here: `/details` shows it."
    return "No proof was sent yet." if facts.order.status.row.is_open else "No proof was sent."


def _proof_pictures(
    facts: ReviewFacts, picture: bytes | None, comparisons: Sequence[bytes]
) -> tuple[tuple[FilePart, ...], tuple[FilePart, ...]]:
    order_id, number = facts.order.id, facts.order.review_round
    alike = tuple(
        FilePart(f"alike-{order_id}-{number}-{place}.jpg", content, f"This proof next to the one of {one.order_id}")
        for place, (one, content) in enumerate(zip(facts.alike, comparisons, strict=False), 1)
    )
    return proof_parts(facts.order, picture), alike[:_PICTURES]


def proof_parts(order: Order, picture: bytes | None) -> tuple[FilePart, ...]:
    """Return the proof's picture as a part of a message, where there is one."""
    return (FilePart(f"proof-{order.id}-{order.review_round}.jpg", picture, "The proof of payment"),) if picture else ()


def _alike_items(facts: ReviewFacts, pictures: Sequence[FilePart]) -> list[Item]:
    if not facts.alike:
        return []
    named = ", ".join(f"`{one.order_id}`" for one in facts.alike[:_PICTURES])
    said = text(f"👯 **Looks like the proof of {named}**", "-# Many receipts look alike. Compare names, times and ids.")
    return [line(), said, *([gallery(*pictures)] if pictures else [])]
