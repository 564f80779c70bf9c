"""The cards that always show the present state of an order: the customer's receipt and the staff's review card."""

from collections.abc import Sequence
from datetime import datetime

import discord

from novacore.db.models import Card, Order
from novacore.db.queries import orders as order_queries
from novacore.db.queries import proofs as proof_queries
from novacore.db.queries.orders import ReviewFacts
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound
from novacore.media.proofs import side_by_side
from novacore.messages.layout import Message
from novacore.messages.orders import receipt
from novacore.messages.review import old_card, review_card
from novacore.states import OrderStatus
from novacore.tasks.outgoing import outgoing, post
from novacore.tasks.sending import ToChannel, ToPerson
from novacore.tasks.work import Work, handles
from novacore.workflows import cards
from novacore.workflows.cards import CardKind
from novacore.workflows.jobs import JobName
from novacore.workflows.order_table import ORDERS
from novacore.workflows.shop import Shop

COMPARED = 3
"""Likenesses that are shown side by side; more than that nobody looks at."""

REFRESHES = 5
"""How often one job runs after an order that keeps moving; the job of the last move shows the end."""


@handles(JobName.order_receipt)
def order_receipt(work: Work) -> str:
    """Send the customer their receipt: the first DM, so that closed DMs are found out before anything was paid."""
    order = load(work)
    sent = post(work, f"receipt:{order.id}", "receipt", ToPerson(order.customer_id), lambda: receipt(order))
    cards.remember(work.shop, CardKind.receipt, order.id, sent.message.channel_id, sent.message.message_id)
    _catch_up(work, order)
    return "The receipt is with the customer."


@handles(JobName.post_review_card)
def post_review_card(work: Work) -> str:
    """Post the card of a new review round; cards of earlier rounds say that they are over."""
    facts = _facts(work)
    order = facts.order
    if order.status is not OrderStatus.under_review:
        return f"Nothing to review: the order is {ORDERS.states[order.status]}."
    earlier = cards.remembered(work.shop, CardKind.review, order.id)
    picture, compared = _pictures(work, facts)
    sent = post(
        work,
        f"review:{order.id}:{order.review_round}",
        "review",
        ToChannel(work.shop.places.staff_channel_id),
        lambda: review_card(facts, picture, compared, _account_age(order)),
    )
    cards.remember(work.shop, CardKind.review, order.id, sent.message.channel_id, sent.message.message_id)
    _close(work, order, [card for card in earlier if card.message_id != sent.message.message_id])
    _catch_up(work, order)
    return f"Staff have the card of round {order.review_round}."


@handles(JobName.refresh_cards)
def refresh_cards(work: Work) -> str:
    """Show the present state on every card of the order."""
    count = 0
    for _ in range(REFRESHES):
        facts = _facts(work)
        count = _refresh(work, facts)
        if load(work).version == facts.order.version:
            break
        # It moved while we were editing: whoever edits last must be the one who read last.
    return f"{count} cards show the present state."


def load(work: Work) -> Order:
    """Read the job's order as it is now. Raises NotFound."""
    with reading(work.shop.database) as session:
        order = session.get(Order, work.job.subject_id)
    if order is None:
        raise NotFound(ORDERS.missing)
    return order


def _facts(work: Work) -> ReviewFacts:
    with reading(work.shop.database) as session:
        facts = order_queries.review_facts(session, work.job.subject_id)
    if facts is None:
        raise NotFound(ORDERS.missing)
    return facts


def _refresh(work: Work, facts: ReviewFacts) -> int:
    order = facts.order
    receipts = cards.remembered(work.shop, CardKind.receipt, order.id)
    for card in receipts:
        _edit(work, card, receipt(order))
    reviews = cards.remembered(work.shop, CardKind.review, order.id)[-1:]
    if reviews:
        picture, compared = _pictures(work, facts)
        for card in reviews:
            _edit(work, card, review_card(facts, picture, compared, _account_age(order)))
    return len(receipts) + len(reviews)


def _edit(work: Work, card: Card, message: Message) -> None:
    if not work.gateway.edit(card.channel_id, card.message_id, lambda: outgoing(message)):
        cards.forget(work.shop, card.id)


def _close(work: Work, order: Order, earlier: Sequence[Card]) -> None:
    for card in earlier:
        _edit(work, card, old_card(order))
        cards.forget(work.shop, card.id)


def _catch_up(work: Work, posted: Order) -> None:
    # Between reading the order and remembering its card it may have moved, and that move's refresh found no card.
    if load(work).version != posted.version:
        refresh_cards(work)


def _pictures(work: Work, facts: ReviewFacts) -> tuple[bytes | None, list[bytes]]:
    if facts.proof is None:
        return None, []
    picture = _picture(work.shop, facts.proof.id)
    if picture is None or facts.order.status is not OrderStatus.under_review:
        return picture, []
    compared = [
        work.heavy.run(side_by_side, picture, other, facts.order.id, like.order_id)
        for like in facts.alike[:COMPARED]
        if (other := _picture(work.shop, like.proof_id))
    ]
    return picture, compared


def _picture(shop: Shop, proof_id: int) -> bytes | None:
    with reading(shop.database) as session:
        return proof_queries.picture(session, proof_id)


def _account_age(order: Order) -> datetime:
    return discord.utils.snowflake_time(order.customer_id)
