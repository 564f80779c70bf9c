"""What follows a delivery or a refund: the public notice, the customer's role, the invitation to leave a vouch."""

import discord
from sqlalchemy import exists, select

from novacore.db.models import Order
from novacore.db.queries.texts import own_word
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import UNKNOWN_MEMBER
from novacore.messages.orders.after_sale import purchase_announcement, struck_announcement, vouch_invite
from novacore.states import OrderStatus
from novacore.states.texts import ShopText
from novacore.tasks.orders import dm_buttons
from novacore.tasks.orders.cards import load
from novacore.tasks.queue.handlers import REFRESHES, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing, post
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson, settle, where_sent
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.cards import CardKind


@handles(job_kinds.ANNOUNCE_PURCHASE)
def announce_purchase(work: Work) -> str:
    """Post the purchase in the public log, once."""
    order = load(work)
    if order.status is not OrderStatus.delivered:
        settle(work, _announcement(order))  # an attempt that was cut off may have posted it
        return strike_announcement(work)
    channel = ToChannel(work.shop.places.public_log_channel_id)
    post(work, _announcement(order), "announcement", channel, lambda: purchase_announcement(order, work.shop.terms))
    if load(work).status is not OrderStatus.delivered:
        return strike_announcement(work)  # the refund's own job found nothing to strike yet
    return "The purchase is in the public log."


@handles(job_kinds.STRIKE_ANNOUNCEMENT)
def strike_announcement(work: Work) -> str:
    """Strike the notice of a refunded purchase, where there is one."""
    order = load(work)
    sent = where_sent(work, _announcement(order))
    if sent is None:
        return "The purchase was never announced."
    terms = work.shop.terms
    if work.calls.edit(sent.channel_id, sent.message_id, lambda: outgoing(struck_announcement(order, terms))):
        return "The notice in the public log is struck."
    return "Someone deleted the notice in the public log; it stays deleted."


@handles(job_kinds.GRANT_CUSTOMER_ROLE)
def grant_customer_role(work: Work) -> str:
    """Give the customer their role; giving it twice is fine."""
    return _bring_role(work, load(work))


@handles(job_kinds.WITHDRAW_CUSTOMER_ROLE)
def withdraw_customer_role(work: Work) -> str:
    """Take the role when no delivered order is left."""
    order = load(work)
    if _is_customer(work, order.customer_id):
        return "They keep the role: another order of theirs is delivered."
    return _bring_role(work, order)


def _bring_role(work: Work, order: Order) -> str:
    """Bring the role to what their orders say: theirs from the first delivered one until every one is refunded.

    Whichever job runs last, perhaps tried again after days, leaves what is true then.
    """
    outcome = ""
    for _ in range(REFRESHES):
        earned = _is_customer(work, order.customer_id)
        why = "A delivered order is theirs." if earned else "Every order was refunded."
        outcome = _change_role(work, order, why, grant=earned)
        if _is_customer(work, order.customer_id) == earned:
            break
    return outcome


def _is_customer(work: Work, customer_id: int) -> bool:
    mine = exists().where(Order.customer_id == customer_id, Order.status == OrderStatus.delivered)
    with reading(work.shop.database) as session:
        return bool(session.execute(select(mine)).scalar_one())


@handles(job_kinds.INVITE_VOUCH)
def invite_vouch(work: Work) -> str:
    """Ask the buyer, once, for a few words."""
    order = load(work)
    if order.status is not OrderStatus.delivered:
        return "It was refunded meanwhile; nobody is asked."
    with reading(work.shop.database) as session:
        own = own_word(session, ShopText.vouch)
    sent = post(work, f"vouch:{order.id}", "vouch", ToPerson(order.customer_id), lambda: vouch_invite(order, own))
    dm_buttons.keep(work, CardKind.invite, order, sent.message)
    return "The buyer has been asked for a vouch."


def _announcement(order: Order) -> str:
    return f"announce:{order.id}"


def _change_role(work: Work, order: Order, why: str, *, grant: bool) -> str:
    change = work.calls.add_role if grant else work.calls.remove_role
    try:
        change(
            work.calls.guild_of(work.shop.places.main_channel_id),
            order.customer_id,
            work.shop.places.customer_role_id,
            why,
        )
    except discord.NotFound as error:
        if error.code != UNKNOWN_MEMBER:
            raise
        return "They have left the server."
    return why
