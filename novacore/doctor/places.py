"""What the shop needs of its Discord server: channels with permissions, roles and their order, room, intents.

Pure functions of what `server.read_server` has read.
"""

from collections.abc import Iterator, Mapping, Sequence

import discord
from discord.abc import GuildChannel

from novacore.discord_facts.privileged_intents import ALL, PORTAL
from novacore.doctor import command_roles
from novacore.doctor.findings import Finding, Findings, fault, ok, warning
from novacore.doctor.server import CATEGORIES, Server, given_ids
from novacore.settings import Settings
from novacore.settings.gone import fix_for_gone

IN_A_CATEGORY = 50
IN_A_SERVER = 500
"""Channels that Discord allows."""

SPARE = 5
"""Places left in a category from which on someone should know of it."""

_NAMES: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "manage_channels": "Manage Channels",
    "manage_roles": "Manage Permissions",
    "embed_links": "Embed Links",
}
_TALK = ("view_channel", "send_messages", "attach_files", "read_message_history")
"""The history, because panels and sends of unknown outcome are looked up in it."""
_TICKETS = (*_TALK, "embed_links", "manage_channels")
"""What the bot gives to the people of a ticket, it must have itself."""
PRIVATE: Mapping[str, str] = {
    "staff_channel_id": "customers can read each other's proofs of payment",
    "report_channel_id": "customers can read your sales figures",
}
"""Settings of channels that customers may not see, with what comes of it if they do."""
_RESTART = "Start the shop again: only then does it ask Discord for it."


def examine(server: Server, settings: Settings) -> Iterator[Finding]:
    """Judge everything about the server, in the order in which it is best fixed."""
    yield ok("Server", f"The bot is in {server.guild.name}.")
    yield from intents(server)
    yield from commands(server)
    for name, number in given_ids(settings):
        yield from place(server, settings, name, number)
    yield from room(server, settings)
    yield from roles(server, settings)
    yield from review_ping(server, settings)
    yield from command_roles.examine(server, settings)


def intents(server: Server) -> Findings:
    """Look whether the two privileged intents are switched on, and used by the bot that looks."""
    for one in ALL:
        if one in (server.granted if server.used is None else server.used):
            yield ok("Intents", f"{one.label} is on.")
        elif one in server.granted:
            yield warning("Intents", f"{one.label} was switched on after the shop had started. {one.lost}", _RESTART)
        else:
            yield warning("Intents", f"{one.label} is off. {one.lost}", f"{PORTAL} Then restart the shop.")


def commands(server: Server) -> Findings:
    """Look whether people have slash commands there."""
    if server.commands is None:
        invite = "Invite the bot again, with the scopes bot and applications.commands."
        yield fault("Commands", "The bot may have no slash commands in this server.", invite)
    elif server.commands == 0:
        yield warning("Commands", "Discord shows none yet.", "Start the bot: it tells Discord of them.")
    else:
        yield ok("Commands", f"Discord shows {server.commands}.")


def place(server: Server, settings: Settings, name: str, number: int) -> Findings:
    """Look at one channel or category: whether it is there, of the right kind, usable, and private where it must be."""
    channel, about = server.channels.get(number), name.upper()
    if channel is None:
        yield fault(about, f"The server has no channel with the id {number}.", fix_for_gone(name))
    elif not isinstance(channel, discord.CategoryChannel if name in CATEGORIES else discord.TextChannel):
        kind = "category" if name in CATEGORIES else "text channel"
        yield fault(about, f"{_called(channel)} is not a {kind}.", _fix(name))
    else:
        yield _permissions(server, about, channel)
        if name in CATEGORIES:
            yield from calls(server, settings, about, channel)
            yield from threads(server, about)
        if name in PRIVATE:
            yield from _privacy(server, settings, about, channel, PRIVATE[name])


def _wanted(server: Server, name: str) -> Sequence[str]:
    if name not in CATEGORIES:
        return _TALK
    # Where the whole server denies it, the role of customers says so.
    return (*_TICKETS, "manage_roles") if server.me.guild_permissions.manage_roles else _TICKETS


def calls(server: Server, settings: Settings, about: str, category: GuildChannel) -> Findings:
    """Look whether a new ticket can call the staff: Discord lets a bot mention only roles that everybody may."""
    known = (server.guild.get_role(number) for number in sorted(settings.staff_role_ids))
    silent = [role.name for role in known if role is not None and not role.mentionable]
    if silent and not category.permissions_for(server.me).mention_everyone:
        fix = f"Open {_called(category)} > Edit > Permissions, choose the bot's role, and allow Mention All Roles."
        yield warning(about, f"A new ticket calls nobody of {_listed(silent)}: the bot may not mention them.", fix)


def threads(server: Server, about: str) -> Findings:
    """Look whether the bot can forbid threads in tickets: it can deny only what it may do itself."""
    held = server.me.guild_permissions
    if held.create_public_threads and held.create_private_threads and held.send_messages_in_threads:
        return
    able = [one for one in server.guild.roles if not one.is_bot_managed() and _opens_threads(one.permissions)]
    if able:
        names = "Create Public Threads, Create Private Threads and Send Messages in Threads"
        fix = f"Open Server Settings > Roles, choose the bot's role, and allow {names}."
        harm = f"{able[0].name} can open threads in tickets. What is said there is in no transcript."
        yield warning(about, harm, fix)


def _opens_threads(held: discord.Permissions) -> bool:
    return not held.administrator and (held.create_public_threads or held.create_private_threads)


def _permissions(server: Server, about: str, channel: GuildChannel) -> Finding:
    if lacking := [_NAMES[name] for name in lacking_in(server, about.lower(), channel)]:
        fix = f"Open {_called(channel)} > Edit > Permissions, choose the bot's role, and allow {_listed(lacking)}."
        return fault(about, f"In {_called(channel)} the bot lacks {_listed(lacking)}.", fix)
    return ok(about, f"{_called(channel)}: the bot may do what it needs to.")


def lacking_in(server: Server, name: str, channel: GuildChannel) -> list[str]:
    """Return what the bot may not do in the channel of a setting and needs to: permissions by discord.py's names."""
    return _lacking(channel.permissions_for(server.me), _wanted(server, name))


def _lacking(held: discord.Permissions, wanted: Sequence[str]) -> list[str]:
    """Name what is missing by itself: without View Channel nothing else holds, without Send Messages no files."""
    lacking = [name for name in wanted if not getattr(held, name)]
    if "view_channel" in lacking:
        lacking = ["view_channel"]
    elif "send_messages" in lacking:
        lacking = [name for name in lacking if name != "attach_files"]
    return lacking


def _privacy(server: Server, settings: Settings, about: str, channel: GuildChannel, harm: str) -> Findings:
    seeing = [role.name for role in strangers_in(server, settings.customer_role_id, channel)]
    if seeing:
        fix = f"Open {_called(channel)} > Edit > Permissions, and deny View Channel to {seeing[0]}."
        yield fault(about, f"{_listed(seeing)} can see {_called(channel)}: {harm}.", fix)


def strangers_in(server: Server, customer_role_id: int, channel: GuildChannel) -> list[discord.Role]:
    """Return who can see a private channel and may not: everybody, customers."""
    possible = (server.guild.default_role, server.guild.get_role(customer_role_id))
    return [role for role in possible if role is not None and channel.permissions_for(role).view_channel]


def room(server: Server, settings: Settings) -> Findings:
    """Look for room for tickets. Discord allows 50 channels in a category and 500 in a server."""
    numbers = [number for name, number in given_ids(settings) if name in CATEGORIES]
    used = [sum(each.category_id == number for each in server.channels.values()) for number in numbers]
    left = min(sum(IN_A_CATEGORY - count for count in used), IN_A_SERVER - len(server.channels))
    fix = "Close old tickets, remove channels that nobody needs, or set TICKET_OVERFLOW_CATEGORY_ID."
    if left <= 0:
        yield fault("Room for tickets", "No ticket can be opened: the categories, or the server, are full.", fix)
    elif left <= SPARE:
        yield warning("Room for tickets", f"{left} more can be opened.", fix)
    else:
        yield ok("Room for tickets", f"{left} more can be opened.")


def roles(server: Server, settings: Settings) -> Findings:
    """Look whether every role is there, and whether the bot may hand out the one of customers."""
    wanted = [("customer_role_id", settings.customer_role_id), ("owner_role_id", settings.owner_role_id)]
    wanted += [("staff_role_ids", number) for number in sorted(settings.staff_role_ids)]
    wanted += [("reviewer_role_ids", number) for number in sorted(settings.reviewer_role_ids)]
    wanted += [("review_ping", settings.review_ping)] if settings.review_ping else []
    for name, number in wanted:
        role = server.guild.get_role(number)
        if role is None:
            yield fault(name.upper(), f"The server has no role with the id {number}.", fix_for_gone(name))
        elif role.is_default():
            yield fault(name.upper(), "That is the role that everybody has.", _fix(name))
        elif name == "customer_role_id":
            yield _assignable(server, role)
        else:
            yield ok(name.upper(), f"{role.name} is there.")


def review_ping(server: Server, settings: Settings) -> Findings:
    """Look whether the role that new proofs call hears of them: it is there, and the bot may mention it in its channel.

    That it is there is asked with the other roles.
    """
    role = server.guild.get_role(settings.review_ping) if settings.review_ping else None
    channel = server.channels.get(settings.staff_channel_id)
    if role is None or role.is_default() or channel is None or role.mentionable:
        return
    if not channel.permissions_for(server.me).mention_everyone:
        fix = f"Open {_called(channel)} > Edit > Permissions, choose the bot's role, and allow Mention All Roles."
        yield warning(
            "REVIEW_PING", f"A new proof calls nobody of {role.name}: the bot may not mention that role.", fix
        )


def _assignable(server: Server, role: discord.Role) -> Finding:
    about, top = "CUSTOMER_ROLE_ID", server.me.top_role
    if role.managed:
        return fault(about, f"{role.name} belongs to another app, so it cannot be given.", "Make a role of your own.")
    if not server.me.guild_permissions.manage_roles:
        fix = f"In Server Settings > Roles, allow Manage Roles to {top.name}."
        return fault(about, "The bot may not give roles: it lacks Manage Roles.", fix)
    if role >= top:
        fix = f"In Server Settings > Roles, drag {top.name} above {role.name}."
        return fault(about, f"The bot cannot give {role.name}: that role stands above its own.", fix)
    return ok(about, f"The bot may give {role.name}.")


def _fix(name: str) -> str:
    return Settings.model_fields[name].description or ""


def _called(channel: GuildChannel) -> str:
    return channel.name if isinstance(channel, discord.CategoryChannel) else f"#{channel.name}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
