"""`/customer` and `/note`: what staff know of a customer, and write down. Who is staff is asked when they do it."""

import discord
from discord import app_commands

from novacore import clock
from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, offer
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.guests import seen_as
from novacore.bot.lookups import orders as order_lookups
from novacore.db.models.notes import NOTE_LIMIT
from novacore.errors import BadInput
from novacore.messages.orders.desk import notes as note_pages
from novacore.messages.orders.desk.customer import customer_page
from novacore.workflows.machine.policy import require_staff
from novacore.workflows.orders.desk import customers, notes


class CustomersCog(DeskCog):
    """What staff know of customers."""

    @app_commands.command(name="customer", description="Staff: see everything about a person on one page")
    @app_commands.describe(person="Who; the id of someone who has left the server works as well")
    @app_commands.default_permissions(HIDDEN)
    async def customer(self, interaction: Interaction, person: discord.User) -> None:
        """Show the page about a person."""
        async with explaining(interaction):
            await open_page(interaction)
            found = await self.desk.run(customers.load, self.desk.actor_of(interaction.user), person.id)
            await show(interaction, customer_page(found, seen_as(person), clock.now()))

    @app_commands.command(name="note", description="Staff: keep a note about a customer or an order; only staff see it")
    @app_commands.describe(
        text="What to remember; only staff read it",
        person="The customer it is about",
        order_id="Or the order it is about, like NC-20260102-ABCDEF",
    )
    @app_commands.default_permissions(HIDDEN)
    async def note(
        self,
        interaction: Interaction,
        text: app_commands.Range[str, 1, NOTE_LIMIT],
        person: discord.User | None = None,
        order_id: str = "",
    ) -> None:
        """Keep a note."""
        async with explaining(interaction):
            await open_page(interaction)
            actor = self.desk.actor_of(interaction.user)
            require_staff(actor, "write notes")
            if (person is None) == (not order_id.strip()):
                raise BadInput("Please say what the note is about: either a person or an order.")
            if person is not None:
                await self.desk.run(notes.add_to_person, actor, self.desk.actor_of(person), text)
                await show(interaction, note_pages.noted(person.id, None))
            else:
                await self.desk.run(notes.add_to_order, actor, order_id, text)
                await show(interaction, note_pages.noted(0, order_lookups.known_id(order_id)))

    @note.autocomplete("order_id")
    async def _recent_ids(self, interaction: Interaction, typed: str) -> Choices:
        return await offer(interaction, order_lookups.ids_to_look_at, typed)
