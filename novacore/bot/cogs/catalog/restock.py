"""`/product restock`, `batches` and `alert`: the owner's stock. Who is the owner is asked when something is done."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.catalog.products import offer_products
from novacore.bot.cogs.catalog.products import product as group
from novacore.bot.cogs.choices import Slash
from novacore.bot.desk import desk_of
from novacore.bot.errors import explaining
from novacore.bot.lookups import stock as stock_lookups
from novacore.bot.lookups.products import known_product
from novacore.bot.uploads.uploads import fetch_stock
from novacore.errors import BadInput
from novacore.messages.catalog import restock as pages
from novacore.messages.catalog.restock_preview import preview
from novacore.workflows.machine.policy import require_owner
from novacore.workflows.stock import previews, stock_levels
from novacore.workflows.stock.files.limits import MAX_LINES


@group.command(name="restock", description="Owner: add stock, from a file of codes or as a count")
@app_commands.describe(
    wanted="The product; type a part of its name",
    file="Codes: a text file with one a line, CSV, or a JSON list; up to 10 MiB and 100,000 lines",
    count="For shared goods, which have no codes of their own: how many more may be sold",
)
@app_commands.rename(wanted="product")
async def restock(
    interaction: Interaction,
    wanted: str,
    file: discord.Attachment | None = None,
    count: app_commands.Range[int, 1, MAX_LINES] | None = None,
) -> None:
    """Look through what is given and ask whether to add it."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        actor = desk.actor_of(interaction.user)
        require_owner(actor, "add stock")  # before anything is fetched
        product_id = known_product(wanted)
        if (file is None) == (count is None):
            raise BadInput("Please give either a file with codes, or a count for shared goods.")
        if file is not None:
            async with desk.intake.room(interaction.user.id, file.size):
                content = await fetch_stock(file)
                found = await desk.run(previews.stage_file, actor, product_id, file.filename, content)
        else:
            found = await desk.run(previews.stage_count, actor, product_id, count or 0)
        await show(interaction, preview(found))


@group.command(name="batches", description="Owner: see the restocks of a product, and withdraw what is left of one")
@app_commands.describe(wanted="The product; type a part of its name")
@app_commands.rename(wanted="product")
async def batches(interaction: Interaction, wanted: str) -> None:
    """Show the batches of a product, the newest first."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        product_id = known_product(wanted)
        name, total, found = await desk.run(stock_lookups.batches, desk.actor_of(interaction.user), product_id, 0)
        await show(interaction, pages.batches_page(name, product_id, total, found))


@group.command(name="alert", description="Owner: choose when staff hear that a product runs low")
@app_commands.describe(
    wanted="The product; type a part of its name", threshold="When so many or fewer are left; 0 switches it off"
)
@app_commands.rename(wanted="product")
async def alert(
    interaction: Interaction, wanted: str, threshold: app_commands.Range[int, 0, stock_levels.MOST_THRESHOLD]
) -> None:
    """Set the alert of a product."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        actor, product_id = desk.actor_of(interaction.user), known_product(wanted)
        changed = await desk.run(stock_levels.set_threshold, actor, product_id, threshold)
        await show(interaction, pages.alert_set(changed.name, threshold))


restock.autocomplete("wanted")(offer_products)
batches.autocomplete("wanted")(offer_products)
alert.autocomplete("wanted")(offer_products)

COMMANDS: tuple[Slash, ...] = ()
"""None of its own: they stand in the group."""
