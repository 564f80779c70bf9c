"""`/block`, `/unblock`, `/blocks` and `/forgive`: staff say who may order. Who is staff is asked when they do it."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.messages.kit import notices, words
from novacore.messages.orders.staff import blocks as pages
from novacore.plurals import counted
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.blocking import blocks


class BlocksCog(DeskCog):
    """Who may order, as staff say it."""

    @app_commands.command(name="block", description="Staff: keep someone from ordering until a day")
    @app_commands.describe(
        person="Who may not order",
        reason="Why; only staff read it",
        until="For how many days, like 7, or the last day of it, like 2026-12-31",
    )
    @app_commands.default_permissions(HIDDEN)
    async def block(
        self,
        interaction: Interaction,
        person: discord.User,
        reason: app_commands.Range[str, 1, REASON_LIMIT],
        until: app_commands.Range[str, 1, 20],
    ) -> None:
        """Block someone."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, target = self.desk.actor_of(interaction.user), self.desk.actor_of(person)
            ends = await self.desk.run(blocks.block, actor, target, reason, until)
            name = words.escape(target.name, 40)
            told = f"Done: {name} can't order until {words.stamp(ends, 'f')}. Orders that are open go on."
            await show(interaction, notices.notice(told))

    @app_commands.command(name="unblock", description="Staff: let someone order again")
    @app_commands.describe(person="Who may order again")
    @app_commands.default_permissions(HIDDEN)
    async def unblock(self, interaction: Interaction, person: discord.User) -> None:
        """Unblock someone."""
        async with explaining(interaction):
            await open_page(interaction)
            await self.desk.run(blocks.unblock, self.desk.actor_of(interaction.user), person.id)
            await show(interaction, notices.notice(f"Done: {words.escape(person.display_name, 40)} can order again."))

    @app_commands.command(name="blocks", description="Staff: see who can't order, until when and why")
    @app_commands.default_permissions(HIDDEN)
    async def listed(self, interaction: Interaction) -> None:
        """Show who is blocked."""
        async with explaining(interaction):
            await open_page(interaction)
            total, people = await self.desk.run(order_lookups.blocked, self.desk.actor_of(interaction.user), 0)
            await show(interaction, pages.blocks(people, 0, total))

    @app_commands.command(name="forgive", description="Staff: let unpaid orders no longer count against someone")
    @app_commands.describe(person="Whose orders ended without a payment")
    @app_commands.default_permissions(HIDDEN)
    async def forgive(self, interaction: Interaction, person: discord.User) -> None:
        """Forgive someone's unpaid orders."""
        async with explaining(interaction):
            await open_page(interaction)
            count = await self.desk.run(blocks.forgive, self.desk.actor_of(interaction.user), person.id)
            orders = f"{counted(count, 'unpaid order', 'unpaid orders')} of {words.escape(person.display_name, 40)}"
            told = (
                f"Done: {orders} no longer count{'s' if count == 1 else ''}. They can order again like everybody else."
            )
            await show(interaction, notices.notice(told))
