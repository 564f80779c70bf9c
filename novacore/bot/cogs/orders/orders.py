"""`/orders` and `/proof`: a customer's own orders, also where the DM with the receipt never came."""

import discord
from discord import app_commands

from novacore.bot import private_pages
from novacore.bot.answers import Interaction, open_page
from novacore.bot.cogs.choices import Choices, offer
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.uploads import proofs


class OrdersCog(DeskCog):
    """A customer's own orders."""

    @app_commands.command(name="orders", description="See your orders and what to do next")
    async def orders(self, interaction: Interaction) -> None:
        """Show the customer's own orders."""
        async with explaining(interaction):
            await open_page(interaction)
            await private_pages.show_list(self.desk, interaction)

    @app_commands.command(name="proof", description="Send the proof of your payment for an order")
    @app_commands.describe(
        order_id="The order that you paid for, like NC-20260102-ABCDEF",
        file="A screenshot of your payment: PNG, JPEG or WEBP, up to 10 MiB",
        reference="Its transaction id, or what your order asks for",
    )
    async def proof(
        self,
        interaction: Interaction,
        order_id: str,
        file: discord.Attachment,
        reference: app_commands.Range[str, 1, 500] = "",
    ) -> None:
        """Take a proof, as the form of the receipt does."""
        async with explaining(interaction):
            await open_page(interaction)
            actor = self.desk.actor_of(interaction.user)
            order = await proofs.take_typed(self.desk, actor, order_id, file, reference)
            await private_pages.show_order(self.desk, interaction, order.id)

    @proof.autocomplete("order_id")
    async def _own_ids(self, interaction: Interaction, typed: str) -> Choices:
        return await offer(interaction, order_lookups.ids_awaiting_proof, typed)
