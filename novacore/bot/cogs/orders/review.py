"""`/queue` and `/details`: staff's way to an order where its card was lost. Who is staff is asked when they look."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, offer
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.messages.orders.staff import pages
from novacore.messages.orders.staff.found_payments import found_payments
from novacore.workflows.orders import payment_search


class ReviewCog(DeskCog):
    """What waits for staff, and everything about an order."""

    @app_commands.command(name="queue", description="Staff: see which orders wait for review")
    @app_commands.default_permissions(HIDDEN)
    async def queue(self, interaction: Interaction) -> None:
        """Show what waits for review, the longest wait first."""
        async with explaining(interaction):
            await open_page(interaction)
            totals, waiting = await self.desk.run(order_lookups.queue, self.desk.actor_of(interaction.user), 0)
            await show(interaction, pages.queue_page(totals, waiting, 0))

    @app_commands.command(name="details", description="Staff: see everything about an order")
    @app_commands.describe(order_id="The order, like NC-20260102-ABCDEF")
    @app_commands.default_permissions(HIDDEN)
    async def details(self, interaction: Interaction, order_id: str) -> None:
        """Show the whole story of an order, with the buttons that its state allows."""
        async with explaining(interaction):
            await open_page(interaction)
            found = await self.desk.run(order_lookups.details, self.desk.actor_of(interaction.user), order_id)
            await show(interaction, pages.details(*found))

    @app_commands.command(name="find-payment", description="Staff: find the order that a payment is for")
    @app_commands.describe(amount="What came in, like 0.00031113 BTC or $19.99; without a unit, in any coin")
    @app_commands.default_permissions(HIDDEN)
    async def find_payment(self, interaction: Interaction, amount: app_commands.Range[str, 1, 40]) -> None:
        """Show which order asks for this amount, and those near it."""
        async with explaining(interaction):
            await open_page(interaction)
            actor = self.desk.actor_of(interaction.user)
            found = await self.desk.run(payment_search.find_payment, actor, amount)
            await show(interaction, found_payments(amount, found))

    @details.autocomplete("order_id")
    async def _recent_ids(self, interaction: Interaction, typed: str) -> Choices:
        return await offer(interaction, order_lookups.ids_to_look_at, typed)
