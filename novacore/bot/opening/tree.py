"""The slash commands as a whole: which there are, what happens when one fails, and telling Discord about them.

They belong to the shop's server alone, so that a change shows at once. Discord allows 200 changes a day; a start
without changes makes none.
"""

import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands

from novacore.bot.answers import Interaction
from novacore.bot.desk import Desk
from novacore.bot.errors import explain
from novacore.errors import WrongState
from novacore.workflows.machine import facts

log = logging.getLogger(__name__)


class ShopTree(app_commands.CommandTree[Any]):
    """Every command of the shop, as its Cogs add them. What a command raises is explained in the command already."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Explain a command that could not even begin: Discord still shows one of an older release."""
        outdated = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
        if isinstance(error, outdated):
            await explain(interaction, WrongState("That command has changed. Please wait a minute and try it again."))
        else:
            await explain(interaction, error)


async def sync_if_changed(tree: app_commands.CommandTree[Any], guild: discord.Guild, desk: Desk) -> bool:
    """Tell Discord which commands there are, where it does not know; tell whether that was needed."""
    # Up to here they were nobody's in particular, so that a press right after the start is answered. From here on they
    # are the server's alone: what also stands there for all servers would be a second set that Discord never hears of.
    tree.copy_global_to(guild=guild)
    tree.clear_commands(guild=None)
    wanted = tree.get_commands(guild=guild)
    digest = _digest(guild, [command.to_dict(tree) for command in wanted])
    noted = await desk.run(facts.recall, facts.COMMANDS_DIGEST)
    desk.command_ids = {command.name: command.id for command in await tree.fetch_commands(guild=guild)}
    if noted.get("digest") == digest and {*desk.command_ids} == {command.name for command in wanted}:
        return False
    desk.command_ids = {command.name: command.id for command in await tree.sync(guild=guild)}
    await desk.run(facts.note, facts.COMMANDS_DIGEST, {"digest": digest})
    log.info("%d commands were given to Discord for %s", len(wanted), guild.name)
    return True


def _digest(guild: discord.Guild, payload: list[dict[str, Any]]) -> str:
    text = json.dumps([guild.id, payload], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
