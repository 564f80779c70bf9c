"""Posts the shop panel, and takes away the older ones of ours: those that we remember, and any that we forgot."""

import logging
from collections.abc import Sequence

import discord

from novacore.bot import lookups
from novacore.bot.call import Desk
from novacore.db.models import Card
from novacore.messages import catalog, custom_ids
from novacore.workflows import cards, panel
from novacore.workflows.cards import CardKind

log = logging.getLogger(__name__)

SHOP = panel.NAME
"""The panel's name among the cards."""

LOOKED_THROUGH = 100
"""Messages of the channel that are searched for panels which no card remembers (killed between post and note)."""

_MARK = custom_ids.build("shop", "category")


async def post(desk: Desk, channel: discord.TextChannel) -> discord.Message:
    """Post a new panel, and only then remove the older ones: there is always one to press."""
    categories, total = await desk.run(lookups.categories)
    page = catalog.shop_panel(categories, 0, total)
    posted = await channel.send(view=page.view, files=page.discord_files())
    earlier = await desk.run(cards.remembered, CardKind.panel, SHOP)
    await desk.run(cards.remember, CardKind.panel, SHOP, channel.id, posted.id)
    await _remove_remembered(desk, channel.guild, earlier)
    await _remove_forgotten(channel, posted.id)
    return posted


async def _remove_remembered(desk: Desk, guild: discord.Guild, earlier: Sequence[Card]) -> None:
    for card in earlier:
        home = guild.get_channel(card.channel_id)  # the main channel may have been another one then
        if isinstance(home, discord.TextChannel):
            await _remove(home.get_partial_message(card.message_id))
        await desk.run(cards.forget, card.id)


async def _remove_forgotten(channel: discord.TextChannel, newest: int) -> None:
    async for message in channel.history(limit=LOOKED_THROUGH):
        if message.author == channel.guild.me and message.id < newest and _is_panel(message):
            await _remove(message)


def _is_panel(message: discord.Message) -> bool:
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    return any(getattr(item, "custom_id", None) == _MARK for item in view.walk_children())


async def _remove(message: discord.Message | discord.PartialMessage) -> None:
    try:
        await message.delete()
    except discord.HTTPException as gone:
        log.info("An older panel was not removed: %s", gone)
