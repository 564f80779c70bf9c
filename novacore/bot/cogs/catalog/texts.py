"""`/texts`: the shop in its owner's words. Who is the owner is asked when something is done, not here."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import texts as lookups
from novacore.discord_facts.command_bits import FOR_OWNER


class TextsCog(DeskCog):
    """The shop's texts, as the owner keeps them."""

    @app_commands.command(name="texts", description="Owner: say it in your own words: panel, invitations and more")
    @app_commands.default_permissions(FOR_OWNER)
    async def texts(self, interaction: Interaction) -> None:
        """Show all of them."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(lookups.every, self.desk.actor_of(interaction.user)))
