"""What the slash commands share: whom Discord shows them to, and order ids to choose from while one is typed."""

import logging
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands

from novacore.bot.answers import Interaction
from novacore.bot.desk import desk_of
from novacore.db.models import Order
from novacore.messages.kit import words
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop

log = logging.getLogger(__name__)

Choices = list[app_commands.Choice[str]]
Slash = app_commands.Command[Any, ..., Any] | app_commands.Group

HIDDEN = discord.Permissions(manage_messages=True)
"""Discord shows the commands of staff only to members with this permission. It hides; it does not guard."""


async def offer(interaction: Interaction, lookup: Callable[[Shop, Actor, str], list[Order]], typed: str) -> Choices:
    """Return what `lookup` finds. Nothing when it fails: the id can still be typed whole."""
    desk = desk_of(interaction)
    try:
        found = await desk.run(lookup, desk.actor_of(interaction.user), typed)
    except Exception:
        log.exception("Nothing could be offered")
        return []
    return [app_commands.Choice(name=_label(order), value=order.id) for order in found]


def _label(order: Order) -> str:
    return words.shorten(words.clean(f"{order.id} · {order.product_name} · {order.status.row.label}"), 100)
