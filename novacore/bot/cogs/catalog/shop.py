"""`/shop`: the panel, for one person."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import Slash
from novacore.bot.desk import desk_of
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.messages.catalog import window


@app_commands.command(name="shop", description="See what is on sale")
async def shop(interaction: Interaction) -> None:
    """Show what is on sale."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        categories, total, stars = await desk.run(order_lookups.categories)
        await show(interaction, window.shop_panel(categories, 0, total, stars, desk.shop.addresses))


COMMANDS: tuple[Slash, ...] = (shop,)
