"""How an interaction is acknowledged and answered. Every handler begins with one of the first two.

Discord gives us 3 seconds for the acknowledgement and 15 minutes for the answer.
"""

from typing import Any

import discord

from novacore.discord_codes import UNKNOWN_MESSAGE
from novacore.messages.kit.layout import Form, Message

Interaction = discord.Interaction[Any]


async def turn_page(interaction: Interaction) -> None:
    """Acknowledge: the answer takes the place of the ephemeral page that was pressed; elsewhere it is a new page.

    What everybody sees, and a receipt in a DM, is never replaced by one person's press.
    """
    if is_page(interaction):
        await interaction.response.defer()
    else:
        await open_page(interaction)


def is_page(interaction: Interaction) -> bool:
    """Tell whether what was pressed is an ephemeral page, which only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def open_page(interaction: Interaction) -> None:
    """Acknowledge: the answer is an ephemeral page of its own."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def open_form(interaction: Interaction, form: Form) -> None:
    """Acknowledge with a form. It opens at once, so what it is about is checked when it comes back."""
    await interaction.response.send_modal(form)


async def show(interaction: Interaction, message: Message) -> None:
    """Answer with a page, after one of the acknowledgements."""
    try:
        await interaction.edit_original_response(view=message.view, attachments=message.discord_files())
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise
        # Dismissed while we were at work: what came of it must still be told.
        await add(interaction, message)


async def add(interaction: Interaction, message: Message) -> None:
    """Answer with an ephemeral note, acknowledged or not. The page that was pressed stays as it is."""
    if interaction.response.is_done():
        await interaction.followup.send(view=message.view, files=message.discord_files(), ephemeral=True)
    else:
        await interaction.response.send_message(view=message.view, files=message.discord_files(), ephemeral=True)
