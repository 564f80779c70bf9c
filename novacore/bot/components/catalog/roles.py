"""The role that the owner chooses for a product: what can't be sold, or given, is refused at once."""

from collections.abc import Mapping
from dataclasses import replace

import discord

from novacore.bot.answers import open_form, turn_page
from novacore.bot.components.catalog.products import refresh_page
from novacore.bot.press import Handler, Press
from novacore.discord_facts.granted_roles import facts_of, why_not
from novacore.errors import BadInput
from novacore.messages.catalog.products import role_form
from novacore.messages.kit import words
from novacore.states.sold_roles import MOST_ROLE_DAYS, SoldRole
from novacore.workflows.catalog import draft_page, drafts
from novacore.workflows.machine.shop import places_of


async def ask_role(press: Press) -> None:
    """Open the form for the role, with the present one where the server still has it."""
    draft = await press.desk.run(draft_page.load, press.actor, press.id.number(0))
    present = draft.described.role
    if present is not None and _role(press, present.id) is None:
        present = None
    await open_form(press.interaction, role_form(draft.id, present))


async def take_role(press: Press) -> None:
    """Keep the role and show the draft with it; nothing chosen is none."""
    await turn_page(press.interaction)
    chosen, typed = press.answers.text("role"), press.answers.text("days").strip()
    role = _sold(press, chosen) if chosen else None
    if role is None and typed:
        raise BadInput("You typed days, but chose no role. Nothing has changed; please choose one, too.")
    days = _days(typed) if typed else None
    await press.desk.run(drafts.set_role, press.actor, press.id.number(0), role and replace(role, days=days))
    await refresh_page(press)


def _role(press: Press, role_id: int) -> discord.Role | None:
    guild = press.interaction.guild
    return guild.get_role(role_id) if guild else None


def _sold(press: Press, chosen: str) -> SoldRole:
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 20
    role = _role(press, int(chosen)) if known else None
    if role is None:
        raise BadInput("I can't find that role in this server. Please choose another one.")
    why = why_not(facts_of(role), places_of(press.desk.settings).own_roles) or _out_of_reach(role)
    if why:
        raise BadInput(f"{words.shorten(why, 300)} Nothing has changed.")
    return SoldRole(role.id, role.name[:100], None)


def _out_of_reach(role: discord.Role) -> str | None:
    me = role.guild.me
    if not me.guild_permissions.manage_roles:
        return "I may not give roles in this server: in **Server Settings, Roles** allow my role **Manage Roles**."
    if role >= me.top_role:
        return f"{role.name} stands above my own role: in **Server Settings, Roles** drag mine above it."
    return None


def _days(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()) or not 1 <= int(typed[:5]) <= MOST_ROLE_DAYS or len(typed) > 4:
        raise BadInput(f"Please type the days as a whole number from 1 to {MOST_ROLE_DAYS}, or nothing for ever.")
    return int(typed)


PRESSES: Mapping[tuple[str, str], Handler] = {("product", "role"): ask_role}

SUBMITS: Mapping[tuple[str, str], Handler] = {("product", "role"): take_role}
