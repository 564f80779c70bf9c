"""`/shop`: the panel, for one person."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups


class ShopCog(DeskCog):
    """The way into the shop."""

    @app_commands.command(name="shop", description="See what is on sale")
    async def shop(self, interaction: Interaction) -> None:
        """Show what is on sale."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(order_lookups.panel))
