"""Every press of a component and every form that comes back, by custom id alone. No state: restarts change nothing.

discord.py's own stores stay empty. They keep forms by custom id without the person, so of two people in the same form
one answer would be lost, and they know nothing of messages from before a restart.
"""

from collections.abc import Mapping
from typing import Any

import discord

from novacore.bot import form
from novacore.bot.answers import Interaction
from novacore.bot.components.catalog import (
    files,
    news,
    payments,
    products,
    restock,
    roles,
    shelf,
    shop,
    texts,
    waiting_list,
)
from novacore.bot.components.orders import (
    after_sale,
    blocks,
    customers,
    discounts,
    found,
    freeing,
    notes,
    orders,
    retries,
    review,
    vouches,
)
from novacore.bot.components.tickets import answers, tickets
from novacore.bot.desk import Desk
from novacore.bot.errors import explaining
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.errors import WrongState
from novacore.messages.kit.custom_ids import CustomId, parse
from novacore.telemetry import NO_SUBJECT, subject

Table = Mapping[tuple[str, str], Handler]

PRESSES: Table = {
    **shop.PRESSES,
    **review.PRESSES,
    **orders.PRESSES,
    **products.PRESSES,
    **files.PRESSES,
    **roles.PRESSES,
    **shelf.PRESSES,
    **news.PRESSES,
    **payments.PRESSES,
    **texts.PRESSES,
    **restock.PRESSES,
    **freeing.PRESSES,
    **waiting_list.PRESSES,
    **vouches.PRESSES,
    **retries.PRESSES,
    **after_sale.PRESSES,
    **blocks.PRESSES,
    **notes.PRESSES,
    **customers.PRESSES,
    **found.PRESSES,
    **discounts.PRESSES,
    **tickets.PRESSES,
    **answers.PRESSES,
}
"""Buttons and selects, by noun and verb."""

SUBMITS: Table = {
    **shop.SUBMITS,
    **after_sale.SUBMITS,
    **orders.SUBMITS,
    **products.SUBMITS,
    **files.SUBMITS,
    **restock.SUBMITS,
    **roles.SUBMITS,
    **payments.SUBMITS,
    **texts.SUBMITS,
    **review.SUBMITS,
    **vouches.SUBMITS,
    **notes.SUBMITS,
    **customers.SUBMITS,
    **tickets.SUBMITS,
    **answers.SUBMITS,
}
"""Forms, by noun and verb; a form bears the custom id of the button that opened it."""

_TABLES: Mapping[discord.InteractionType, Table] = {
    discord.InteractionType.component: PRESSES,
    discord.InteractionType.modal_submit: SUBMITS,
}


async def route(desk: Desk, interaction: Interaction) -> None:
    """Hand the interaction to its handler. Slash commands have their own way. Raises nothing: errors are answered."""
    table = _TABLES.get(interaction.type)
    if table is None:
        return
    data: Mapping[str, Any] = interaction.data or {}
    pressed = parse(data.get("custom_id"))
    with subject((pressed and pressed.subject_id) or NO_SUBJECT):
        async with explaining(interaction):
            handler = table.get((pressed.noun, pressed.verb)) if pressed else None
            if handler is None or pressed is None:
                raise WrongState(OUT_OF_DATE)
            await handler(_press(desk, interaction, pressed))


def _press(desk: Desk, interaction: Interaction, pressed: CustomId) -> Press:
    actor = desk.actor_of(interaction.user)
    answers, all_chosen = form.read(interaction), form.all_chosen(interaction)
    return Press(interaction, desk, actor, pressed, form.chosen(interaction), answers, all_chosen)
