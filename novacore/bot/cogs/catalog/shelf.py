"""`/shelf`: the order of things, sale prices, first days. Who is the owner is asked when it is done, not here."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import Choices, find, product_label, row_choice
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import discounts as category_lookups
from novacore.bot.lookups import products as lookups
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.errors import BadInput
from novacore.messages.catalog import products as pages
from novacore.messages.catalog.shelf import moved
from novacore.messages.kit import notices
from novacore.workflows.catalog import products, sales, shelf

Text = app_commands.Range[str, 1, 100]
Position = app_commands.Range[int, 1, 100_000]


class ShelfCog(DeskCog):
    """The shelf, as the owner keeps it."""

    shelf = app_commands.Group(
        name="shelf", description="Owner: the order of things, and sale prices", default_permissions=FOR_OWNER
    )

    @shelf.command(name="move", description="Owner: put a product or a category at another place")
    @app_commands.describe(
        position="Counted from 1, which is the top",
        product="Which product, within its category",
        category="Or which category",
    )
    async def move(
        self, interaction: Interaction, position: Position, product: Text | None = None, category: Text | None = None
    ) -> None:
        """Put something at another place and say where it stands."""
        async with explaining(interaction):
            await open_page(interaction)
            actor = self.desk.actor_of(interaction.user)
            if (product is None) == (category is None):
                raise BadInput("Please choose either a product or a category.")
            if product is not None:
                place = await self.desk.run(shelf.move_product, actor, lookups.known_product(product), position)
            else:
                category_id = category_lookups.known_category(category or "")
                place = await self.desk.run(shelf.move_category, actor, category_id, position)
            await show(interaction, notices.notice(moved(place)))

    @shelf.command(name="sale", description="Owner: let a product cost less for a time")
    @app_commands.describe(
        product="Which product",
        price="What one costs then, like 7.00",
        begins="Its first day, like 2026-12-01, or 2026-12-01 18:00. Left out: at once",
        until="Its last day, or day and hour. Left out: until you end it",
    )
    @app_commands.rename(begins="from")
    async def sale(
        self,
        interaction: Interaction,
        product: Text,
        price: Text,
        begins: Text | None = None,
        until: Text | None = None,
    ) -> None:
        """Set a sale price and show the product with it."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(product)
            await self.desk.run(sales.set_sale, actor, product_id, price, begins or "", until or "")
            await self._show(interaction, product_id, "✅ The sale price is set. Orders keep what they were placed at.")

    @shelf.command(name="end-sale", description="Owner: let a product cost its ordinary price again")
    @app_commands.describe(product="Which product")
    async def end_sale(self, interaction: Interaction, product: Text) -> None:
        """End a sale and show the product without it."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(product)
            await self.desk.run(sales.end_sale, actor, product_id)
            await self._show(interaction, product_id, "✅ The sale has ended. Orders keep what they were placed at.")

    @shelf.command(name="first-day", description="Owner: keep a product from customers until a day")
    @app_commands.describe(
        product="Which product", day="Like 2026-12-24, or 2026-12-24 18:00. Left out: on sale at once"
    )
    async def first_day(self, interaction: Interaction, product: Text, day: Text | None = None) -> None:
        """Set the first day on sale."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(product)
            await self.desk.run(sales.set_first_day, actor, product_id, day or "")
            await self._show(
                interaction, product_id, "✅ The first day is set." if day else "✅ It no longer waits for a first day."
            )

    async def _show(self, interaction: Interaction, product_id: int, note: str) -> None:
        standing = await self.desk.run(products.standing, self.desk.actor_of(interaction.user), product_id)
        await show(interaction, pages.owners_page(standing, note))

    @move.autocomplete("product")
    @sale.autocomplete("product")
    @end_sale.autocomplete("product")
    @first_day.autocomplete("product")
    async def _products(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, lookups.named, typed)
        return [app_commands.Choice(name=product_label(*one[1:]), value=str(one[0])) for one in found]

    @move.autocomplete("category")
    async def _categories(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, category_lookups.categories, typed)
        return [row_choice(name, category_id) for category_id, name in found]
