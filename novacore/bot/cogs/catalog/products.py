"""`/product`: the owner keeps the catalogue. Who is the owner is asked when something is done, not here.

`product` is the group; other modules of this room add their commands to it.
"""

import logging

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, Slash, find
from novacore.bot.components.catalog.products import ask, begin, begin_change
from novacore.bot.desk import desk_of
from novacore.bot.errors import explaining
from novacore.bot.lookups import products as lookups
from novacore.messages.catalog import products as pages
from novacore.messages.kit import words
from novacore.states import GoodsType, ProductKind
from novacore.workflows.catalog import products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.rules import MOST_QUANTITY, MOST_WARRANTY_DAYS

log = logging.getLogger(__name__)

product = app_commands.Group(name="product", description="Owner: keep the catalogue", default_permissions=HIDDEN)

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


@product.command(name="add", description="Owner: put a new product on sale; you see it before anybody else does")
@app_commands.describe(kind="How its goods are kept", **_DESCRIBED)
@app_commands.choices(kind=_KINDS, goods_type=_TYPES)
async def add(
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
        desk = desk_of(interaction)
        await ask(interaction, desk.run(begin, desk.actor_of(interaction.user), options))


@product.command(name="edit", description="Owner: change a product; orders of it stay as they were placed")
@app_commands.describe(wanted="Which one", without_picture="Take its picture away", **_DESCRIBED)
@app_commands.choices(goods_type=_TYPES)
@app_commands.rename(wanted="product")
async def edit(
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
        desk = desk_of(interaction)
        product_id = lookups.known_product(wanted)
        await ask(interaction, desk.run(begin_change, desk.actor_of(interaction.user), product_id, options))


@product.command(name="remove", description="Owner: take a product out of the shop; you can bring it back")
@app_commands.describe(wanted="Which one")
@app_commands.rename(wanted="product")
async def remove(interaction: Interaction, wanted: str) -> None:
    """Ask whether it really goes, with the numbers."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        actor, product_id = desk.actor_of(interaction.user), lookups.known_product(wanted)
        standing = await desk.run(products.standing, actor, product_id)
        await show(interaction, pages.owners_page(standing) if standing.is_removed else pages.removal_page(standing))


@product.command(name="list", description="Owner: see every product, also those that were removed")
async def listing(interaction: Interaction) -> None:
    """Show the categories; a category shows its products."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        total, shelves = await desk.run(lookups.shelves, desk.actor_of(interaction.user), 0)
        await show(interaction, pages.shelves_page(total, shelves, 0))


@edit.autocomplete("wanted")
@remove.autocomplete("wanted")
async def offer_products(interaction: Interaction, typed: str) -> Choices:
    """Return products to choose from, for any command about one. Nothing when that fails, and for strangers."""
    found = await find(interaction, lookups.named, typed)
    return [app_commands.Choice(name=_label(*one[1:]), value=str(one[0])) for one in found]


def _label(name: str, category: str, is_removed: bool) -> str:
    removed = " · removed" if is_removed else ""
    return words.shorten(words.clean(f"{name} · {category}{removed}"), 100)


COMMANDS: tuple[Slash, ...] = (product,)
