"""The cards that always show the present state of an order: the customer's receipt and the staff's review card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import discord
from sqlalchemy.orm import Session

from novacore.db.models import Card, Order
from novacore.db.queries.orders import proofs as proof_queries
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.db.queries.texts import own_word
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound
from novacore.media.proofs import side_by_side
from novacore.messages.kit.layout import Message
from novacore.messages.orders.customer.order_card import receipt
from novacore.messages.orders.staff.review import old_card, review_card
from novacore.plurals import counted
from novacore.states.texts import ShopText
from novacore.tasks.orders import dm_buttons
from novacore.tasks.orders.shown_cards import ShownCards
from novacore.tasks.queue import retry
from novacore.tasks.queue.handlers import REFRESHES, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing, post
from novacore.tasks.queue.sending.send_once import Receipt, ToChannel, ToPerson, settle
from novacore.workflows.machine import cards, job_kinds
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import private_pages
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import shared_evidence
from novacore.workflows.tickets import conversation

COMPARED = 3
"""Likenesses that are shown side by side; more than that nobody looks at."""


@handles(job_kinds.ORDER_RECEIPT)
def order_receipt(work: Work) -> str:
    """Send the customer their receipt: the first DM, so that closed DMs are found out before anything was paid."""
    order = load(work)
    build = partial(receipt, order, work.shop.face.name)
    sent = post(work, f"receipt:{order.id}", "receipt", ToPerson(order.customer_id), build)
    _remember(work, CardKind.receipt, sent, build())
    if sent.repeated or load(work).version != order.version:
        refresh_cards(work)  # that move's own refresh found no card yet
    return "The receipt is with the customer."


@handles(job_kinds.POST_REVIEW_CARD)
def post_review_card(work: Work) -> str:
    """Post the card of a new review round; cards of earlier rounds say that they are over."""
    facts = _facts(work)
    order = facts.order
    if not order.status.row.may_be_approved:
        return _too_late(work, order)
    role = work.shop.places.review_ping_role_id
    with work.carrying(_size(work, facts)):
        picture, compared = _pictures(work, facts)
        build = partial(review_card, facts, picture, compared, _account_age(order), work.shop.explorers, role)
        to = ToChannel(work.shop.places.staff_channel_id)
        sent = post(work, _review_key(order), "review", to, build, pinging(role))
        _remember(work, CardKind.review, sent, build())
    if sent.repeated or _shown(_facts(work)) != _shown(facts):
        refresh_cards(work)  # what has changed meanwhile found no card to show it on
    _close_earlier(work, order, sent.message.message_id)
    return "Staff have the review card."


def _remember(work: Work, kind: CardKind, sent: Receipt, message: Message) -> None:
    """Keep a card up to date from now on. What an earlier attempt posted may show something else than `message`."""
    mark = None if sent.repeated else message.mark
    cards.remember(work.shop, kind, work.job.subject_id, sent.message.channel_id, sent.message.message_id, mark)


def pinging(role_id: int | None) -> discord.AllowedMentions:
    """Let a message notify this role, and nobody else; nobody at all where there is none."""
    roles = [discord.Object(role_id)] if role_id else []
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


@handles(job_kinds.REFRESH_CARDS)
def refresh_cards(work: Work) -> str:
    """Show the present state on every card of the order, and have private pages and tickets about it do so."""
    private_pages.refresh_of(work.shop, work.job.subject_id)
    conversation.refresh_linked(work.shop, work.job.subject_id)
    shown, is_certain = ShownCards(work), False
    try:
        outcome, is_certain = _until_true(work, shown)
    finally:
        shown.store(is_certain=is_certain)
    return outcome


def _until_true(work: Work, shown: ShownCards) -> tuple[str, bool]:
    """Edit the cards until nothing has changed meanwhile; return what was done, and whether that is certain."""
    outcome, now = "", _look(work)
    for _ in range(REFRESHES):
        seen, before = now, shown.edits
        outcome = _refresh(work, seen, shown)
        if shown.edits == before:  # nothing of ours has gone out that could be older than what another has sent
            return outcome, True
        now = _look(work)
        if now.shown == seen.shown:
            return outcome, True
        # Something changed while we were editing: whoever edits last must be the one who read last.
    return outcome, False


def load(work: Work) -> Order:
    """Read the job's order as it is now. Raises NotFound."""
    with reading(work.shop.database) as session:
        order = session.get(Order, work.job.subject_id)
    if order is None:
        raise NotFound(ORDERS.missing)
    return order


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a refresh goes by. `facts` are read only for an order that has a review card: nobody else shows them."""

    order: Order
    cards: Sequence[Card]
    facts: ReviewFacts | None
    own: str = ""
    """What the owner has the receipt say while staff check the payment."""

    @property
    def shown(self) -> tuple[object, ...]:
        """What the cards show, to be compared."""
        return (self.order.version, _shown(self.facts) if self.facts else None)

    def of_kind(self, kind: CardKind) -> list[Card]:
        """The cards of one kind, the oldest first."""
        return [card for card in self.cards if card.kind == kind]


def _look(work: Work) -> _Seen:
    with reading(work.shop.database) as session:
        order = session.get(Order, work.job.subject_id)
        if order is None:
            raise NotFound(ORDERS.missing)
        found = cards.all_of(session, order.id)
        is_reviewed = any(card.kind == CardKind.review for card in found)
        facts = _read_facts(work, session) if is_reviewed else None
        own = own_word(session, ShopText.after_payment) if order.status.row.is_to_check else ""
    return _Seen(order, found, facts, own)


def _facts(work: Work) -> ReviewFacts:
    with reading(work.shop.database) as session:
        facts = _read_facts(work, session)
    if facts is None:
        raise NotFound(ORDERS.missing)
    return facts


def _read_facts(work: Work, session: Session) -> ReviewFacts | None:
    """Return what the review card shows. Where reviewers see it too, notes are counted: their words are for staff."""
    facts = shared_evidence.review_facts(session, work.job.subject_id, work.shop.terms.late_window)
    if facts is None or facts.notes is None or not work.shop.places.reviewer_role_ids:
        return facts
    return replace(facts, notes=replace(facts.notes, newest=""))


def _shown(facts: ReviewFacts) -> tuple[object, ...]:
    """Return what the cards show and what may change while one of them is on its way. Compare it, not the version."""
    proof = (facts.proof.id, facts.proof.state) if facts.proof else None
    around = tuple(facts.shared), tuple(facts.alike), tuple(facts.contested), tuple(facts.paid), facts.shares_amount
    return facts.order.version, proof, *around, facts.dms_closed, facts.notes


def _refresh(work: Work, seen: _Seen, shown: ShownCards) -> str:
    """Edit each card by itself, the one that staff decide by first: it may not wait for a receipt that is refused."""
    try:
        count = _refresh_review(work, seen, shown)
    finally:
        receipts = seen.of_kind(CardKind.receipt)
        show, name = shown.show, work.shop.face.name
        refused = [why for card in receipts if (why := _if_allowed(show, card, receipt(seen.order, name, seen.own)))]
        dm_buttons.take_off(work, seen.order, seen.cards)
    told = f"{counted(count + len(receipts) - len(refused), 'card shows', 'cards show')} the present state."
    return " ".join([told, *(f"The receipt does not: {why}" for why in refused)])


def _refresh_review(work: Work, seen: _Seen, shown: ShownCards) -> int:
    facts = seen.facts
    if facts is None:
        return 0
    card = seen.of_kind(CardKind.review)[-1]
    with work.carrying(_size(work, facts)):
        picture, compared = _pictures(work, facts)
        shown.show(card, review_card(facts, picture, compared, _account_age(seen.order), work.shop.explorers))
    return 1


def _if_allowed(show: Callable[[Card, Message], None], card: Card, message: Message) -> str:
    """Edit it, or return why Discord refuses that for good (their DMs are closed by now)."""
    try:
        show(card, message)
    except discord.HTTPException as error:
        verdict = retry.classify(error)
        if verdict.kind is not retry.Kind.never:
            raise
        return verdict.sentence
    return ""


def _close_earlier(work: Work, order: Order, newest_id: int) -> None:
    # One that Discord does not let us edit is let go as well: its buttons name their round, which is over.
    for card in cards.remembered(work.shop, CardKind.review, order.id):
        if card.message_id != newest_id:
            _if_allowed(partial(_edit, work), card, old_card(order))
            cards.forget(work.shop, card.id)


def _edit(work: Work, card: Card, message: Message) -> None:
    work.calls.edit(card.channel_id, card.message_id, lambda: outgoing(message))


def _too_late(work: Work, order: Order) -> str:
    """Settle a card that an attempt cut off in the middle has posted: nobody keeps it true unless it is remembered."""
    sent = settle(work, _review_key(order))
    if sent is not None:
        cards.remember(work.shop, CardKind.review, order.id, sent.channel_id, sent.message_id)
        refresh_cards(work)
    return f"Nothing to review: the order is {order.status.row.label}."


def _review_key(order: Order) -> str:
    return f"review:{order.id}:{order.review_round}"


def _size(work: Work, facts: ReviewFacts) -> int:
    """Return how many bytes the card's pictures have, about: those laid side by side are no larger than the proof."""
    if facts.proof is None:
        return 0
    with reading(work.shop.database) as session:
        size = proof_queries.picture_size(session, facts.proof.id)
    return size * (1 + len(facts.alike[:COMPARED]))


def _pictures(work: Work, facts: ReviewFacts) -> tuple[bytes | None, list[bytes]]:
    if facts.proof is None:
        return None, []
    picture = _picture(work.shop, facts.proof.id)
    if picture is None or not facts.order.status.row.may_be_approved:
        return picture, []
    compared = [
        work.pictures.run(side_by_side, picture, other, facts.order.id, like.order_id)
        for like in facts.alike[:COMPARED]
        if (other := _picture(work.shop, like.proof_id))
    ]
    return picture, compared


def _picture(shop: Shop, proof_id: int) -> bytes | None:
    with reading(shop.database) as session:
        return proof_queries.picture(session, proof_id)


def _account_age(order: Order) -> datetime:
    return discord.utils.snowflake_time(order.customer_id)
