"""`/shop`: the panel, for one person. `/find`: the way to a product by its name."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import Choices, find
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.catalog.window import price_in_a_list
from novacore.messages.kit import words


class ShopCog(DeskCog):
    """The way into the shop."""

    @app_commands.command(name="shop", description="See what is on sale")
    async def shop(self, interaction: Interaction) -> None:
        """Show what is on sale."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(order_lookups.panel))

    @app_commands.command(name="find", description="Find a product by its name")
    @app_commands.describe(text="A part of its name, or of its category")
    async def find(self, interaction: Interaction, text: app_commands.Range[str, 1, 100]) -> None:
        """Show the product that fits, or a list of those that do."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(order_lookups.found, text))

    @find.autocomplete("text")
    async def _on_offer(self, interaction: Interaction, typed: str) -> Choices:
        return [_choice(one) for one in await find(interaction, order_lookups.on_offer, typed)]


def _choice(product: ProductRow) -> app_commands.Choice[str]:
    """Offer a product by its name and price; one whose name is very long keeps its price."""
    price = f" · {price_in_a_list(product)}"
    name = words.shorten(words.clean(product.name), 100 - len(price))
    return app_commands.Choice(name=name + price, value=f"{order_lookups.PICKED}{product.id}")
