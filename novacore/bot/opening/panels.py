"""Posts the panels, of the shop and of tickets, and takes away the older ones of ours, remembered or forgotten."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import discord

from novacore.bot.desk import Desk
from novacore.bot.lookups import orders as order_lookups
from novacore.db.models import Card
from novacore.messages.kit import custom_ids, face
from novacore.messages.kit.layout import Message
from novacore.messages.tickets import pages as ticket_pages
from novacore.workflows.machine import cards, panel
from novacore.workflows.machine.cards import CardKind

log = logging.getLogger(__name__)

LOOKED_THROUGH = 100
"""Messages of the channel that are searched for panels which no card remembers (killed between post and note)."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A message that everybody presses. `name` is what cards call it, `mark` a custom id that it alone has."""

    name: str
    mark: str
    build: Callable[[Desk], Awaitable[Message]]


async def _shop_page(desk: Desk) -> Message:
    return await desk.run(order_lookups.panel)


async def _ticket_page(_desk: Desk) -> Message:
    return ticket_pages.panel()


SHOP = Panel(panel.NAME, custom_ids.build("shop", "category"), _shop_page)
TICKETS = Panel("tickets", custom_ids.build("ticket", "open", "product_issue"), _ticket_page)


async def post(desk: Desk, wanted: Panel, channel: discord.TextChannel) -> discord.Message:
    """Post a new panel, and only then remove the older ones: there is always one to press."""
    page = await wanted.build(desk)
    face.put_on(page.view, desk.shop.face)
    posted = await channel.send(view=page.view, files=page.discord_files())
    earlier = await desk.run(cards.remembered, CardKind.panel, wanted.name)
    await desk.run(cards.remember, CardKind.panel, wanted.name, channel.id, posted.id)
    await _remove_remembered(desk, channel.guild, earlier)
    await _remove_forgotten(wanted, channel, posted.id)
    return posted


async def _remove_remembered(desk: Desk, guild: discord.Guild, earlier: Sequence[Card]) -> None:
    for card in earlier:
        home = guild.get_channel(card.channel_id)  # the settings may have named another one then
        if isinstance(home, discord.TextChannel):
            await _remove(home.get_partial_message(card.message_id))
        await desk.run(cards.forget, card.id)


async def _remove_forgotten(wanted: Panel, channel: discord.TextChannel, newest: int) -> None:
    async for message in channel.history(limit=LOOKED_THROUGH):
        if message.author == channel.guild.me and message.id < newest and _is_one(wanted, message):
            await _remove(message)


def _is_one(wanted: Panel, message: discord.Message) -> bool:
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    return any(getattr(item, "custom_id", None) == wanted.mark for item in view.walk_children())


async def _remove(message: discord.Message | discord.PartialMessage) -> None:
    try:
        await message.delete()
    except discord.HTTPException as gone:
        log.info("An older panel was not removed: %s", gone)
