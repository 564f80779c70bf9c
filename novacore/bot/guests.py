"""Who someone is at Discord now, asked for by id: a page that staff look at may be about a person who has left."""

import logging

import discord

from novacore.bot.press import OUT_OF_DATE, Press
from novacore.errors import Busy, NotFound, WrongState
from novacore.messages.orders.desk.customer import Seen

log = logging.getLogger(__name__)

_NOBODY = "Discord doesn't know this person any more."
_NOT_NOW = "Discord doesn't answer right now, so nothing was changed. Please try again in a minute."


async def person_of(press: Press, person_id: int) -> discord.Member | discord.User:
    """Ask Discord for a person: a member with today's roles, or a user who isn't in the server.

    No list of members is kept. Raises NotFound for nobody, and Busy where Discord is away.
    """
    guild = press.interaction.guild
    if guild is None:
        raise WrongState(OUT_OF_DATE)
    try:
        return await _found(press, guild, person_id)
    except discord.HTTPException as error:
        if error.status in (400, 404):
            raise NotFound(_NOBODY) from None
        log.warning("Discord could not say who %s is: %s", person_id, error)
        raise Busy(_NOT_NOW) from None


def seen_as(person: discord.Member | discord.User) -> Seen:
    """Say who someone is at Discord. A user who comes with no roles of the server isn't in it."""
    return Seen(person.display_name, isinstance(person, discord.Member))


async def look_at(press: Press, person_id: int) -> Seen:
    """Ask Discord who someone is, for a page that can do without: what isn't known is left out."""
    try:
        return seen_as(await person_of(press, person_id))
    except NotFound:
        return Seen(is_member=False)
    except Busy:
        return Seen()


async def _found(press: Press, guild: discord.Guild, person_id: int) -> discord.Member | discord.User:
    try:
        return await guild.fetch_member(person_id)
    except discord.HTTPException as error:
        if error.status not in (400, 404):
            raise
    user: discord.User = await press.interaction.client.fetch_user(person_id)
    return user
