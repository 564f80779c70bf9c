"""`/product`: the owner keeps catalogue and stock. Who is the owner is asked when something is done, not here."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import Choices, find, product_label
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.components.catalog.products import ask, begin, begin_change
from novacore.bot.components.catalog.restock import form as restock_form
from novacore.bot.errors import explaining
from novacore.bot.lookups import products as lookups
from novacore.bot.lookups import stock as stock_lookups
from novacore.bot.uploads.uploads import fetch_stock
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.errors import BadInput
from novacore.messages.catalog import products as pages
from novacore.messages.catalog import restock as restock_pages
from novacore.messages.catalog.restock_preview import preview
from novacore.states import GoodsType, ProductKind
from novacore.workflows.catalog import products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.rules import MOST_QUANTITY, MOST_WARRANTY_DAYS
from novacore.workflows.machine.policy import require_owner
from novacore.workflows.stock import previews, stock_levels
from novacore.workflows.stock.files.limits import MAX_LINES

Days = app_commands.Range[int, 0, MOST_WARRANTY_DAYS]
Quantity = app_commands.Range[int, 1, MOST_QUANTITY]
Address = app_commands.Range[str, 1, 1000]

_KINDS = [app_commands.Choice(name=pages.KINDS[kind].capitalize(), value=kind.value) for kind in ProductKind]
_TYPES = [app_commands.Choice(name=kind.capitalize(), value=kind.value) for kind in GoodsType]

_DESCRIBED = {
    "goods_type": "What a code of it is: a code, a key, an account ...",
    "warranty_days": "For how many days a faulty one is replaced",
    "max_quantity": "The most that one order may hold",
    "picture_url": "Where its picture lies, https://...; or upload one in the form",
}


class ProductsCog(DeskCog):
    """The catalogue and the stock, as the owner keeps them."""

    product = app_commands.Group(name="product", description="Owner: keep the catalogue", default_permissions=FOR_OWNER)

    @product.command(name="add", description="Owner: put a new product on sale; you see it before anybody else does")
    @app_commands.describe(kind="How its goods are kept", **_DESCRIBED)
    @app_commands.choices(kind=_KINDS, goods_type=_TYPES)
    async def add(
        self,
        interaction: Interaction,
        kind: str,
        goods_type: str = GoodsType.code,
        warranty_days: Days = 0,
        max_quantity: Quantity = 10,
        picture_url: Address | None = None,
    ) -> None:
        """Open the form for a new product."""
        async with explaining(interaction):
            options = Options(ProductKind(kind), GoodsType(goods_type), warranty_days, max_quantity, picture_url)
            await ask(interaction, self.desk.run(begin, self.desk.actor_of(interaction.user), options))

    @product.command(name="edit", description="Owner: change a product; orders of it stay as they were placed")
    @app_commands.describe(wanted="Which one", without_picture="Take its picture away", **_DESCRIBED)
    @app_commands.choices(goods_type=_TYPES)
    @app_commands.rename(wanted="product")
    async def edit(
        self,
        interaction: Interaction,
        wanted: str,
        goods_type: str | None = None,
        warranty_days: Days | None = None,
        max_quantity: Quantity | None = None,
        picture_url: Address | None = None,
        without_picture: bool = False,
    ) -> None:
        """Open the form with what the product is now."""
        async with explaining(interaction):
            kind = GoodsType(goods_type) if goods_type else None
            options = Options(None, kind, warranty_days, max_quantity, picture_url, without_picture)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(wanted)
            await ask(interaction, self.desk.run(begin_change, actor, product_id, options))

    @product.command(name="remove", description="Owner: take a product out of the shop; you can bring it back")
    @app_commands.describe(wanted="Which one")
    @app_commands.rename(wanted="product")
    async def remove(self, interaction: Interaction, wanted: str) -> None:
        """Ask whether it really goes, with the numbers."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(wanted)
            standing = await self.desk.run(products.standing, actor, product_id)
            page = pages.owners_page if standing.is_removed else pages.removal_page
            await show(interaction, page(standing))

    @product.command(name="list", description="Owner: see every product, also those that were removed")
    async def listing(self, interaction: Interaction) -> None:
        """Show the categories; a category shows its products."""
        async with explaining(interaction):
            await open_page(interaction)
            total, shelves = await self.desk.run(lookups.shelves, self.desk.actor_of(interaction.user), 0)
            await show(interaction, pages.shelves_page(total, shelves, 0))

    @product.command(name="restock", description="Owner: add stock: codes, files to sell, or a count")
    @app_commands.describe(
        wanted="The product; type a part of its name",
        file="Codes, one a line, CSV or a JSON list, 10 MiB at most. Leave it out to upload files to sell",
        count="For shared goods, which have no codes of their own: how many more may be sold",
    )
    @app_commands.rename(wanted="product")
    async def restock(
        self,
        interaction: Interaction,
        wanted: str,
        file: discord.Attachment | None = None,
        count: app_commands.Range[int, 1, MAX_LINES] | None = None,
    ) -> None:
        """Look through what is given and ask whether to add it."""
        async with explaining(interaction):
            actor = self.desk.actor_of(interaction.user)
            if file is None and count is None:
                await ask(interaction, self.desk.run(restock_form, actor, lookups.known_product(wanted)))
                return
            await open_page(interaction)
            require_owner(actor, "add stock")  # before anything is fetched
            product_id = lookups.known_product(wanted)
            if file is not None and count is not None:
                raise BadInput("Please give either a file with codes, or a count for shared goods.")
            if file is not None:
                async with self.desk.intake.room(interaction.user.id, file.size):
                    content = await fetch_stock(file)
                    found = await self.desk.run(previews.stage_file, actor, product_id, file.filename, content)
            else:
                found = await self.desk.run(previews.stage_count, actor, product_id, count or 0)
            await show(interaction, preview(found))

    @product.command(
        name="batches", description="Owner: see the restocks of a product, and withdraw what is left of one"
    )
    @app_commands.describe(wanted="The product; type a part of its name")
    @app_commands.rename(wanted="product")
    async def batches(self, interaction: Interaction, wanted: str) -> None:
        """Show the batches of a product, the newest first."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(wanted)
            name, total, found = await self.desk.run(stock_lookups.batches, actor, product_id, 0)
            await show(interaction, restock_pages.batches_page(name, product_id, total, found))

    @product.command(name="alert", description="Owner: choose when staff hear that a product runs low")
    @app_commands.describe(
        wanted="The product; type a part of its name", threshold="When so many or fewer are left; 0 switches it off"
    )
    @app_commands.rename(wanted="product")
    async def alert(
        self, interaction: Interaction, wanted: str, threshold: app_commands.Range[int, 0, stock_levels.MOST_THRESHOLD]
    ) -> None:
        """Set the alert of a product."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), lookups.known_product(wanted)
            changed = await self.desk.run(stock_levels.set_threshold, actor, product_id, threshold)
            await show(interaction, restock_pages.alert_set(changed.name, threshold))

    @edit.autocomplete("wanted")
    @remove.autocomplete("wanted")
    @restock.autocomplete("wanted")
    @batches.autocomplete("wanted")
    @alert.autocomplete("wanted")
    async def _products(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, lookups.named, typed)
        return [app_commands.Choice(name=product_label(*one[1:]), value=str(one[0])) for one in found]
