"""`/statement file`: staff hand in a list of payments and see which orders they are for. Nothing is decided by it."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.uploads.uploads import fetch_statement
from novacore.messages.kit.layout import Message
from novacore.messages.orders.staff.statement import statement_page
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.statements import comparison
from novacore.workflows.payments.statements.statement import Statement


class StatementsCog(DeskCog):
    """Lists of payments, held against the orders."""

    statement = app_commands.Group(
        name="statement", description="Staff: see which orders payments are for", default_permissions=HIDDEN
    )

    @statement.command(name="file", description="Staff: see which orders the payments in a file are for")
    @app_commands.describe(
        file="The list of PayPal, a wallet or a bank as CSV, or one transaction id a line; up to 10 MiB"
    )
    async def file(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Read the file, hold it against the orders and forget it."""
        async with explaining(interaction):
            await open_page(interaction)
            actor = self.desk.actor_of(interaction.user)
            ours = await self.desk.run(comparison.addresses, actor)  # asks who it is, before anything is fetched
            async with self.desk.intake.room(interaction.user.id, file.size):
                statement = await self.desk.intake.read_statement(await fetch_statement(file), ours)
            await show(interaction, await self.desk.run(_answer, actor, statement, interaction.guild_id or 0))


def _answer(shop: Shop, actor: Actor, statement: Statement, guild_id: int) -> Message:
    """Build the answer in a thread as well: the file of a long one takes half a second."""
    return statement_page(comparison.compare(shop, actor, statement), guild_id)
