"""`/discount`: the owner keeps the codes that take something off. Who is the owner is asked when they do it."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import Choices, find, product_label, row_choice
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import discounts as lookups
from novacore.bot.lookups import products as product_lookups
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.kit import notices, words
from novacore.messages.orders.discounts import steps_set
from novacore.workflows.catalog.quantity_steps import set_steps
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.discounts.codes import NewCode

Text = app_commands.Range[str, 1, 100]

_SCOPE = {
    "product": "Only for this product; `/discount include` adds more. Left out: for everything",
    "category": "Only for this category; `/discount include` adds more. Left out: for everything",
}


class DiscountsCog(DeskCog):
    """Discount codes, as the owner keeps them."""

    discount = app_commands.Group(name="discount", description="Owner: discount codes", default_permissions=FOR_OWNER)

    @discount.command(name="add", description="Owner: add a discount code, in percent or as an amount")
    @app_commands.describe(
        code="What customers type, in any case: letters, digits, hyphens, underscores",
        percent="How many per cent it takes off, like 10",
        amount="What it takes off, like 5.00; instead of percent",
        uses="How many orders may have it in all",
        per_person="How many orders of one person may have it",
        until="Its last day, like 2026-12-24, or 2026-12-24 18:00",
        least_quantity="Only for so many or more in one order",
        least_total="Only for orders of so much or more, like 20.00",
        **_SCOPE,
    )
    async def add(  # noqa: PLR0913, PLR0917 - what Discord shows as the command's options
        self,
        interaction: Interaction,
        code: Text,
        percent: int | None = None,
        amount: Text | None = None,
        uses: int | None = None,
        per_person: int | None = None,
        until: Text | None = None,
        product: Text | None = None,
        category: Text | None = None,
        least_quantity: int | None = None,
        least_total: Text | None = None,
    ) -> None:
        """Add a code and show what it gives."""
        async with explaining(interaction):
            await open_page(interaction)
            typed = NewCode(
                code, percent, amount or "", uses, per_person, until or "",
                *_picked(product, category), least_quantity, least_total or "",
            )  # fmt: skip
            actor = self.desk.actor_of(interaction.user)
            await show(interaction, await self.desk.run(lookups.add, actor, typed))

    @discount.command(name="include", description="Owner: let a code count for another product or category too")
    @app_commands.describe(code="Which code", product="For this product too", category="For this category too")
    async def include(
        self, interaction: Interaction, code: Text, product: Text | None = None, category: Text | None = None
    ) -> None:
        """Widen what a code is for."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, picked = self.desk.actor_of(interaction.user), _picked(product, category)
            await show(interaction, await self.desk.run(lookups.widen, actor, code, *picked))

    @discount.command(name="end", description="Owner: end a code; orders that were placed with it stay as they are")
    @app_commands.describe(code="Which code")
    async def end(self, interaction: Interaction, code: Text) -> None:
        """End a code."""
        async with explaining(interaction):
            await open_page(interaction)
            ended = await self.desk.run(codes.end, self.desk.actor_of(interaction.user), code)
            told = f"Done: the code {words.escape(ended)} has ended. Orders that were placed with it stay as they are."
            await show(interaction, notices.notice(told))

    @discount.command(name="steps", description="Owner: give something off to whoever orders more of a product")
    @app_commands.describe(product="Which product", steps="Like 5: 5%, 10: 10%. Leave it out to remove them")
    async def steps(self, interaction: Interaction, product: Text, steps: Text | None = None) -> None:
        """Set what a product gives by quantity."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, product_id = self.desk.actor_of(interaction.user), product_lookups.known_product(product)
            name, given = await self.desk.run(set_steps, actor, product_id, steps or "")
            await show(interaction, steps_set(name, given))

    @discount.command(name="list", description="Owner: see every code, its uses, and what it has brought")
    async def listing(self, interaction: Interaction) -> None:
        """Show the codes."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(lookups.every, self.desk.actor_of(interaction.user)))

    @include.autocomplete("code")
    @end.autocomplete("code")
    async def _codes(self, interaction: Interaction, typed: str) -> Choices:
        return [app_commands.Choice(name=one, value=one) for one in await find(interaction, lookups.live, typed)]

    @add.autocomplete("product")
    @include.autocomplete("product")
    @steps.autocomplete("product")
    async def _products(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, product_lookups.named, typed)
        return [app_commands.Choice(name=product_label(*one[1:]), value=str(one[0])) for one in found]

    @add.autocomplete("category")
    @include.autocomplete("category")
    async def _categories(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, lookups.categories, typed)
        return [row_choice(name, category_id) for category_id, name in found]


def _picked(product: str | None, category: str | None) -> tuple[int | None, int | None]:
    product_id = product_lookups.known_product(product) if product else None
    return product_id, lookups.known_category(category) if category else None
