"""`/shop`: the panel, for one person."""

from discord import app_commands

from novacore.bot import lookups
from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.call import desk_of
from novacore.bot.cogs.choices import Slash
from novacore.bot.errors import explaining
from novacore.messages import catalog


@app_commands.command(name="shop", description="See what is on sale")
async def shop(interaction: Interaction) -> None:
    """Show what is on sale."""
    async with explaining(interaction):
        await open_page(interaction)
        categories, total, stars = await desk_of(interaction).run(lookups.categories)
        await show(interaction, catalog.shop_panel(categories, 0, total, stars))


COMMANDS: tuple[Slash, ...] = (shop,)
