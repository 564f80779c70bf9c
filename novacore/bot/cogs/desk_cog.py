"""What the Cogs of the shop have in common: each is given the desk when the bot starts."""

from discord.ext import commands

from novacore.bot.desk import Desk


class DeskCog(commands.Cog):
    """A Cog whose commands are run at the shop's desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
