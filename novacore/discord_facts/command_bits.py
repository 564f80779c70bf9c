"""Whom Discord shows which slash commands to: it hides them by permission, not by role. It hides; it does not guard."""

from typing import Final

import discord

FOR_STAFF: Final = discord.Permissions(manage_messages=True)
"""Moderators have it as a rule."""

FOR_OWNER: Final = discord.Permissions(view_guild_insights=True)
"""A harmless one: who has it sees figures of the server, and can do nothing with it."""

NAMES: Final = {FOR_STAFF.value: "Manage Messages", FOR_OWNER.value: "View Server Insights"}
"""As Discord calls them in Server Settings, by their bits."""
