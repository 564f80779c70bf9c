"""Whether the role of the news can be given, and called. The channel is judged with the other channels."""

from collections.abc import Iterator

import discord

from novacore.discord_facts.granted_roles import facts_of, why_not
from novacore.doctor.findings import Finding, fault, ok, warning
from novacore.doctor.server import Server
from novacore.settings import Settings
from novacore.workflows.machine.shop import places_of

_ABOUT = "NEWS_ROLE_ID"
_OWN = "Make a role for news alone, without any permission, and write its id to NEWS_ROLE_ID."


def examine(server: Server, settings: Settings) -> Iterator[Finding]:
    """Judge the role that people give themselves, and whether news can call it; nothing where there is none."""
    if settings.news_role_id is None:
        return
    role = server.guild.get_role(settings.news_role_id)
    if role is None:
        yield fault(_ABOUT, f"The server has no role with the id {settings.news_role_id}.", _OWN)
    elif why := why_not(facts_of(role), places_of(settings).roles_of_people):
        yield fault(_ABOUT, f"{why.replace('be able to buy', 'give themselves')} So nobody gets it for news.", _OWN)
    else:
        yield _assignable(server, role)
        yield from _call(server, settings, role)


def _assignable(server: Server, role: discord.Role) -> Finding:
    top = server.me.top_role
    if not server.me.guild_permissions.manage_roles:
        fix = f"In Server Settings > Roles, allow Manage Roles to {top.name}."
        return fault(_ABOUT, f"Nobody gets {role.name}: the bot lacks Manage Roles.", fix)
    if role >= top:
        fix = f"In Server Settings > Roles, drag {top.name} above {role.name}."
        return fault(_ABOUT, f"Nobody gets {role.name}: that role stands above the bot's own.", fix)
    return ok(_ABOUT, f"People can give themselves {role.name}.")


def _call(server: Server, settings: Settings, role: discord.Role) -> Iterator[Finding]:
    channel = server.channels.get(settings.news_channel_id or 0)
    if settings.news_channel_id is None:
        yield warning(_ABOUT, "There is a role for news, but no channel.", "Set NEWS_CHANNEL_ID, or leave out both.")
    elif channel is not None and not role.mentionable and not channel.permissions_for(server.me).mention_everyone:
        fix = f"Open #{channel.name} > Edit > Permissions, choose the bot's role, and allow Mention All Roles."
        yield warning(_ABOUT, f"News call nobody of {role.name}: the bot may not mention that role.", fix)
