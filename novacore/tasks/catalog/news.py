"""The messages in the news channel: one for a product and day, posted once, and kept true while they are the newest."""

from functools import partial

import discord

from novacore import clock
from novacore.db.models import ProductNews
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.unit_of_work import reading
from novacore.messages.catalog.news import is_good_news, product_news
from novacore.messages.kit.layout import Message
from novacore.tasks.queue.handlers import REFRESHES, Postpone, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing, post
from novacore.tasks.queue.sending.send_once import ToChannel, where_sent
from novacore.workflows.machine import job_kinds
from novacore.workflows.stock import news

HIDDEN = "hidden"
"""What is remembered in place of a mark of a message that says that the product is not on sale."""


@handles(job_kinds.SHOW_NEWS)
def show_news(work: Work) -> str:
    """Bring the channel to what a product is now: post what is new today, and edit what was said before."""
    outcome, newest = "", None
    for _ in range(REFRESHES):
        product, told = _product(work), news.load(work.shop, int(work.job.subject_id))
        if product is None or not told:
            return "There is no news of it."
        newest = news.of_today(work.shop, told, clock.now())
        outcome = _post(work, newest, product) if newest else "Nothing of it is of today."
        changed = sum(_edit(work, one, product) for one in news.load(work.shop, product.id))
        outcome = f"{outcome} Messages that were edited: {changed}."
        if _product(work) == product:
            break
        # It changed while we were at Discord: whoever speaks last must be the one who read last.
    _wait_for(newest)
    return outcome


def _wait_for(newest: ProductNews | None) -> None:
    until = news.held_until(newest, clock.now()) if newest and newest.posted_at is None else None
    if until is not None:
        raise Postpone("Its owner has a few minutes to hide it before it is told.", until=until)


def _post(work: Work, newest: ProductNews, product: ProductRow) -> str:
    if newest.posted_at is not None:
        return "It was told already."
    channel_id, key = work.shop.places.news_channel_id, f"news:{product.id}:{newest.day.isoformat()}"
    is_held = news.held_until(newest, clock.now()) is not None
    if channel_id is None or is_held or not is_good_news(product, newest.kind):
        sent = where_sent(work, key)  # by an attempt that was cut off
        if sent is None:
            return "There is nothing to tell right now."
        news.note_posted(work.shop, newest, sent.channel_id, sent.message_id, None)
        return "It was told by an attempt that was cut off."
    build = partial(_message, work, product, newest)
    receipt = post(work, key, "news", ToChannel(channel_id), build, _pinging(work.shop.places.news_role_id))
    mark = None if receipt.repeated else build().mark
    news.note_posted(work.shop, newest, receipt.message.channel_id, receipt.message.message_id, mark)
    return "The news is in its channel."


def _edit(work: Work, one: ProductNews, product: ProductRow) -> bool:
    """Edit a message that shows something else by now; one that someone deleted stays deleted.

    One that says already that it is not on sale stays as it is: what its owner calls it meanwhile is nobody's business.
    """
    message = _message(work, product, one)
    mark = message.mark if product.is_on_sale else HIDDEN
    if one.message_id is None or one.shown == mark:
        return False
    if one.channel_id is None or one.channel_id != work.shop.places.news_channel_id:
        return False  # another channel by now: this one may be closed to us
    edited = work.calls.edit(one.channel_id, one.message_id, lambda: outgoing(message))
    news.note_shown(work.shop, one, mark)
    return edited


def _message(work: Work, product: ProductRow, one: ProductNews) -> Message:
    return product_news(product, one.kind, work.shop.places.news_role_id)


def _pinging(role_id: int | None) -> discord.AllowedMentions:
    """Let the message notify this role, and nobody else; nobody at all where there is none."""
    roles = [discord.Object(role_id)] if role_id else []
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def _product(work: Work) -> ProductRow | None:
    with reading(work.shop.database) as session:
        return shop_window.product(session, int(work.job.subject_id))
