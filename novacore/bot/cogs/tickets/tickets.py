"""`/tickets` and `/ticket ...`: what staff do with tickets where no button is at hand. Who is staff is asked then."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, offer
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.lookups import tickets as lookups
from novacore.db.models import Ticket
from novacore.messages.tickets import pages
from novacore.messages.tickets.appearance import PRIORITIES
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.tickets import attributes, commands

Number = app_commands.Range[int, 1, 10_000_000]

_NUMBER = "The ticket's number; leave it out in the ticket's own channel"
_PRIORITIES = [app_commands.Choice(name=look.label, value=priority.value) for priority, look in PRIORITIES.items()]


class TicketsCog(DeskCog):
    """Tickets, as staff look after them."""

    @app_commands.command(name="tickets", description="Staff: see which tickets wait for us")
    @app_commands.default_permissions(HIDDEN)
    async def waiting(self, interaction: Interaction) -> None:
        """Show what waits for staff, the most urgent first."""
        async with explaining(interaction):
            await open_page(interaction)
            total, found = await self.desk.run(lookups.waiting, self.desk.actor_of(interaction.user), 0)
            await show(interaction, pages.waiting_page(total, found, 0))

    ticket = app_commands.Group(name="ticket", description="Staff: look after tickets", default_permissions=HIDDEN)

    @ticket.command(name="show", description="Staff: see where a ticket stands; reopen it there once it is closed")
    @app_commands.describe(number=_NUMBER)
    async def show_ticket(self, interaction: Interaction, number: Number | None = None) -> None:
        """Show a ticket with its buttons."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, here = self.desk.actor_of(interaction.user), interaction.channel_id
            facts = await self.desk.run(lookups.meant_facts, actor, here, number)
            await show(interaction, pages.ticket_page(facts.ticket, facts.order, facts.balance))

    @ticket.command(name="transfer", description="Staff: reassign a ticket to someone else on the staff")
    @app_commands.describe(member="Who takes it over", number=_NUMBER)
    async def transfer(self, interaction: Interaction, member: discord.Member, number: Number | None = None) -> None:
        """Hand a ticket on."""
        async with explaining(interaction):
            await open_page(interaction)
            meant = await self._meant(interaction, number)
            actor, to = self.desk.actor_of(interaction.user), self.desk.actor_of(member)
            changed = await self.desk.run(attributes.transfer, actor, meant.id, to)
            await show(interaction, pages.changed(changed, "transfer"))

    @ticket.command(name="priority", description="Staff: say how urgent a ticket is")
    @app_commands.describe(priority="How urgent it is", number=_NUMBER)
    @app_commands.choices(priority=_PRIORITIES)
    async def rank(self, interaction: Interaction, priority: str, number: Number | None = None) -> None:
        """Set the priority of a ticket."""
        async with explaining(interaction):
            await open_page(interaction)
            meant = await self._meant(interaction, number)
            actor = self.desk.actor_of(interaction.user)
            changed = await self.desk.run(attributes.set_priority, actor, meant.id, priority)
            await show(interaction, pages.changed(changed, "priority"))

    @ticket.command(name="link", description="Staff: say which order of its customer's a ticket is about")
    @app_commands.describe(order_id="The order, like NC-20260102-ABCDEF", number=_NUMBER)
    async def link(self, interaction: Interaction, order_id: str, number: Number | None = None) -> None:
        """Name the order that a ticket is about."""
        async with explaining(interaction):
            await open_page(interaction)
            meant = await self._meant(interaction, number)
            actor = self.desk.actor_of(interaction.user)
            changed = await self.desk.run(attributes.link_order, actor, meant.id, order_id)
            await show(interaction, pages.changed(changed, "link_order"))

    @link.autocomplete("order_id")
    async def _recent_ids(self, interaction: Interaction, typed: str) -> Choices:
        return await offer(interaction, order_lookups.ids_to_look_at, typed)

    @ticket.command(name="close", description="Staff: close a ticket; what was said is kept, then its channel goes")
    @app_commands.describe(reason="Why; the customer will read it", number=_NUMBER)
    async def close(
        self, interaction: Interaction, reason: app_commands.Range[str, 1, REASON_LIMIT], number: Number | None = None
    ) -> None:
        """Close a ticket."""
        async with explaining(interaction):
            await open_page(interaction)
            meant = await self._meant(interaction, number)
            actor = self.desk.actor_of(interaction.user)
            changed = await self.desk.run(commands.close, actor, meant.id, Given(reason=reason))
            await show(interaction, pages.changed(changed, "close"))

    async def _meant(self, interaction: Interaction, number: int | None) -> Ticket:
        return await self.desk.run(lookups.meant, self.desk.actor_of(interaction.user), interaction.channel_id, number)
