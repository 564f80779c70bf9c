"""The link by which the owner lets the bot into their server, with exactly the permissions that the shop needs."""

from typing import Final

import discord

PERMISSIONS: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    manage_roles=True,  # the customers' role, and who sees a ticket
    manage_channels=True,  # tickets
    mention_everyone=True,  # a new ticket calls the staff's role, and nobody else
    create_public_threads=True,  # these three because only what a bot may do itself can it forbid in tickets
    create_private_threads=True,
    send_messages_in_threads=True,
)

_SCOPES: Final = ("bot", "applications.commands")
_WORDS: Final = {"read_messages": "View Channels", "send_messages_in_threads": "Send Messages in Threads"}


def link(application_id: int, guild_id: int | None = None) -> str:
    """Return the link; with a server, it is the one that is chosen already.

    Followed again, it gives the bot what it lacks there.
    """
    guild = discord.Object(guild_id) if guild_id else discord.utils.MISSING
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, guild=guild, scopes=_SCOPES)


def lacking(held: discord.Permissions) -> list[str]:
    """Name what the bot was not given, as Discord calls it in Server Settings."""
    missing = discord.Permissions(PERMISSIONS.value & ~held.value)
    return [_WORDS.get(name, name.replace("_", " ").title()) for name, is_missing in missing if is_missing]
