"""`/queue` and `/details`: staff's way to an order where its card was lost. Who may look is asked when they look."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, find, offer, product_label
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.errors import BadInput
from novacore.messages.kit.layout import Message
from novacore.messages.orders.desk.found_orders import found_page
from novacore.messages.orders.staff import pages
from novacore.messages.orders.staff.found_payments import found_payments
from novacore.workflows.machine.policy import Actor, Who, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import payment_search
from novacore.workflows.orders.desk import found_orders


class ReviewCog(DeskCog):
    """What waits for staff, and everything about an order."""

    @app_commands.command(
        name="queue", description="Staff: see which orders wait for review", extras={Who.reviewer: True}
    )
    @app_commands.default_permissions(HIDDEN)
    async def queue(self, interaction: Interaction) -> None:
        """Show what waits for review, the longest wait first."""
        async with explaining(interaction):
            await open_page(interaction)
            totals, waiting = await self.desk.run(order_lookups.queue, self.desk.actor_of(interaction.user), 0)
            await show(interaction, pages.queue_page(totals, waiting, 0))

    @app_commands.command(name="details", description="Staff: see everything about an order, or find it")
    @app_commands.describe(
        order_id="The order, like NC-20260102-ABCDEF",
        person="Or find it: whose it is",
        product="Or find it: of which product; type a part of its name",
        transaction_id="Or find it: the id of its payment, or the link of a block explorer",
    )
    @app_commands.default_permissions(HIDDEN)
    async def details(
        self,
        interaction: Interaction,
        order_id: str = "",
        person: discord.User | None = None,
        product: app_commands.Range[str, 1, 100] = "",
        transaction_id: app_commands.Range[str, 1, 1000] = "",
    ) -> None:
        """Show the whole story of an order, with the buttons that its state allows; or a list, if several fit."""
        async with explaining(interaction):
            await open_page(interaction)
            actor = self.desk.actor_of(interaction.user)
            person_id = person.id if person else None
            message = await self.desk.run(_details, actor, order_id, person_id, product, transaction_id)
            await show(interaction, message)

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

    @details.autocomplete("product")
    async def _products(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, found_orders.products_named, typed)
        return [app_commands.Choice(name=product_label(*one[1:]), value=str(one[0])) for one in found]

    @details.autocomplete("order_id")
    async def _recent_ids(self, interaction: Interaction, typed: str) -> Choices:
        return await offer(interaction, order_lookups.ids_to_look_at, typed)


_SAY_WHICH = "Please say which order: its id, or whose it is, its product, or the id of its payment."
_EITHER = "Please give either the id of an order, or what to find it by."


def _details(shop: Shop, actor: Actor, order_id: str, person_id: int | None, product: str, transaction: str) -> Message:
    """Build the page of the order that is named, or found; a list, if several fit."""
    require_staff(actor, found_orders.LOOK)
    searched = person_id is not None or bool(product.strip()) or bool(transaction.strip())
    if bool(order_id.strip()) == searched:
        raise BadInput(_EITHER if searched else _SAY_WHICH)
    if searched:
        found = found_orders.search(shop, actor, person_id, product, transaction)
        if len(found.orders) > 1:
            return found_page(found)
        order_id = found.orders[0].id
    return pages.details(*order_lookups.details(shop, actor, order_id))
