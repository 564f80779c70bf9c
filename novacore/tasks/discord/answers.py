"""Edits the answer to an interaction later, by the interaction's token: what the bot itself does while it answers.

discord.py offers this only on the interaction, which is gone by then and may have reached another process.
"""

from contextvars import ContextVar
from typing import Final

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

CURRENT: Final[ContextVar[AsyncWebhookAdapter]] = async_context
"""What speaks to Discord's webhooks. A rehearsal puts its own there, which the thread of a worker does not see."""

_NOBODY: Final = discord.AllowedMentions.none()


async def edit(
    client: discord.Client,
    speaker: AsyncWebhookAdapter,
    token: str,
    message_id: int | None,
    view: discord.ui.LayoutView,
    files: list[discord.File],
) -> None:
    """Show the answer again; `message_id` None is the interaction's own answer, else one that followed it.

    Raises discord.HTTPException with 50027 or 10015 once the token is over, with 10008 once the message is gone.
    """
    CURRENT.set(speaker)  # for this task alone
    webhook = discord.Webhook.partial(client.application_id or 0, token, client=client)
    if message_id is not None:
        await webhook.edit_message(message_id, view=view, attachments=files, allowed_mentions=_NOBODY)
        return
    with handle_message_parameters(view=view, attachments=files, allowed_mentions=_NOBODY) as made:
        await speaker.edit_original_interaction_response(
            webhook.id,
            token,
            session=webhook.session,
            proxy=webhook.proxy,
            proxy_auth=webhook.proxy_auth,
            payload=made.payload,
            multipart=made.multipart,
            files=made.files,
        )
