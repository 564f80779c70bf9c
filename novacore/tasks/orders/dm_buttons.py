"""DMs with a button that may lose its use: the note that asks for a proof, and the invitation to leave a vouch.

Each is remembered when it goes out. Once its button does nothing any more, it is edited without it and let go.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import discord
from sqlalchemy import select

from novacore.db.models import Card, Event, Order, Send
from novacore.db.queries.texts import own_word
from novacore.db.unit_of_work import reading
from novacore.messages.kit.layout import Message
from novacore.messages.kit.signature import signed
from novacore.messages.orders import buttons
from novacore.messages.orders.after_sale import vouch_invite
from novacore.messages.orders.customer.notes import note_to_customer, reminder
from novacore.states import OrderStatus
from novacore.states.texts import ShopText
from novacore.tasks.discord.calls import SentMessage
from novacore.tasks.queue import retry
from novacore.tasks.queue.handlers import Work
from novacore.tasks.queue.sending.outgoing import outgoing
from novacore.workflows.machine import cards
from novacore.workflows.machine.cards import CardKind

REMINDED: Final = "remind"
"""How the keys of reminders begin."""


def keep(work: Work, kind: CardKind, order: Order, sent: SentMessage) -> None:
    """Remember a DM that may have gone out with a button, and take the button off should it have lost its use."""
    cards.remember(work.shop, kind, order.id, sent.channel_id, sent.message_id)
    with reading(work.shop.database) as session:
        now, found = session.get_one(Order, order.id), cards.all_of(session, order.id)
    take_off(work, now, found)  # what moved the order while the message was on its way found nothing to edit


def take_off(work: Work, order: Order, found: Sequence[Card]) -> None:
    """Take off the buttons that do nothing any more; `found` are the messages that are kept for the order.

    Raises what the calls raise where trying again may help.
    """
    for card in [*_useless(work, order, found)]:
        message = _without_button(work, order, card)
        if message is not None:
            _edit(work, card, message)
        cards.forget(work.shop, card.id)


def _useless(work: Work, order: Order, found: Sequence[Card]) -> Iterator[Card]:
    if order.status is not OrderStatus.delivered:
        yield from (card for card in found if card.kind == CardKind.invite)
    if order.status.row.awaits_customer:
        return
    for card in found:
        if card.kind != CardKind.note:
            continue
        # An expired order still takes a proof, but what its reminder says of the time left is over.
        if not buttons.takes_proof(order) or _key(_send_of(work, order, card))[0] == REMINDED:
            yield card


def _send_of(work: Work, order: Order, card: Card) -> Send | None:
    with reading(work.shop.database) as session:
        mine = Send.subject_kind == "order", Send.subject_id == order.id, Send.message_id == card.message_id
        return session.execute(select(Send).where(*mine)).scalar_one_or_none()


def _key(send: Send | None) -> tuple[str, str]:
    """Return what a message was about, and the number behind that."""
    what, _, number = send.key.partition(":") if send else ("", "", "")
    return what, number


def _without_button(work: Work, order: Order, card: Card) -> Message | None:
    """Build the message as it is now; None if nobody knows any more what it was about."""
    send = _send_of(work, order, card)
    if send is None:
        return None
    what, number = _key(send)
    if what == REMINDED:
        return signed(reminder(order), send.token)
    if card.kind == CardKind.invite:
        return signed(vouch_invite(order, _own_invitation(work), is_open=False), send.token)
    if what != "tell":
        return None
    with reading(work.shop.database) as session:
        event = session.get(Event, int(number))
    return signed(note_to_customer(order, event), send.token) if event else None


def _own_invitation(work: Work) -> str:
    with reading(work.shop.database) as session:
        return own_word(session, ShopText.vouch)


def _edit(work: Work, card: Card, message: Message) -> None:
    try:
        work.calls.edit(card.channel_id, card.message_id, lambda: outgoing(message))
    except discord.HTTPException as error:
        # Whoever takes no DMs any more keeps the button, and reads what is true when they press it.
        if retry.classify(error).kind is not retry.Kind.never:
            raise
