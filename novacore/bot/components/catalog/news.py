"""The buttons under news: a product's page, and the role by which news reach someone. They take it and give it back."""

from collections.abc import Mapping

import discord

from novacore.bot.answers import show, turn_page
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import Handler, Press
from novacore.discord_facts.granted_roles import facts_of, why_not
from novacore.errors import WrongState
from novacore.messages.catalog.news import news_are_off, news_are_on
from novacore.workflows.machine.shop import places_of

_NONE = "This shop has no role for news at the moment."
_BROKEN = "I can't change that role right now. Please tell our staff."


async def look(press: Press) -> None:
    """Show a product's page."""
    await turn_page(press.interaction)
    await show(press.interaction, await press.desk.run(order_lookups.page_of, press.id.number(0)))


async def switch(press: Press) -> None:
    """Give someone the role of the news, or take it away from who has it."""
    await turn_page(press.interaction)
    member = press.interaction.user
    if not isinstance(member, discord.Member):
        raise WrongState("Please press that in the shop's server.")
    role = _role(press)
    has_it = role.id in {one.id for one in member.roles}
    try:
        if has_it:
            await member.remove_roles(role, reason="They don't want the shop's news any more")
        else:
            await member.add_roles(role, reason="They asked for the shop's news")
    except discord.Forbidden:
        raise WrongState(_BROKEN) from None
    await show(press.interaction, news_are_off(role.name) if has_it else news_are_on(role.name))


def _role(press: Press) -> discord.Role:
    """Return the role of the news. Raises WrongState where there is none, or where it is none to give to everybody."""
    guild, role_id = press.interaction.guild, press.desk.settings.news_role_id
    role = guild.get_role(role_id) if guild is not None and role_id is not None else None
    if guild is None or role is None:
        raise WrongState(_NONE)
    if why_not(facts_of(role), places_of(press.desk.settings).roles_of_people) is not None or role >= guild.me.top_role:
        raise WrongState(_BROKEN)
    return role


PRESSES: Mapping[tuple[str, str], Handler] = {("shop", "look"): look, ("news", "role"): switch}
