"""What the slash commands share: whom Discord shows them to, and order ids to choose from while one is typed."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from discord import app_commands

from novacore.bot.answers import Interaction
from novacore.bot.asker import asking
from novacore.bot.desk import desk_of
from novacore.bot.errors import note_trouble
from novacore.db.models import Order
from novacore.discord_facts.command_bits import FOR_STAFF
from novacore.errors import Refusal
from novacore.messages.kit import words
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop

log = logging.getLogger(__name__)

T = TypeVar("T")

Choices = list[app_commands.Choice[str]]

HIDDEN = FOR_STAFF
"""Of the commands of staff: Discord shows them only to members with this permission."""


async def offer(interaction: Interaction, lookup: Callable[[Shop, Actor, str], list[Order]], typed: str) -> Choices:
    """Return orders that `lookup` finds."""
    found = await find(interaction, lookup, typed)
    return [app_commands.Choice(name=_label(order), value=order.id) for order in found]


async def find(interaction: Interaction, lookup: Callable[[Shop, Actor, str], Sequence[T]], typed: str) -> Sequence[T]:
    """Return what there is to choose from. Nothing when that fails or comes too late: it can still be typed whole."""
    desk = desk_of(interaction)
    try:
        with asking(interaction):
            return await desk.run(lookup, desk.actor_of(interaction.user), typed)
    except Refusal as refusal:
        note_trouble(desk, refusal)
    except Exception:
        log.exception("Nothing could be offered")
    return []


def _label(order: Order) -> str:
    return words.shorten(words.clean(f"{order.id} · {order.product_name} · {order.status.row.label}"), 100)


def product_label(name: str, category: str, is_removed: bool) -> str:
    """Return how a product is offered while its name is typed."""
    removed = " · removed" if is_removed else ""
    return words.shorten(words.clean(f"{name} · {category}{removed}"), 100)


def row_choice(name: str, row_id: int) -> app_commands.Choice[str]:
    """Return a row as it is offered, to be picked by its id."""
    return app_commands.Choice(name=words.shorten(words.clean(name), 100), value=str(row_id))
