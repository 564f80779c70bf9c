"""`/export`: the owner has a list of the shop made into files, which come by DM."""

from typing import Literal

from discord import app_commands

from novacore.bot.answers import Interaction, open_page
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.desk import Desk
from novacore.bot.errors import explaining
from novacore.bot.progress import follow
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.kit.layout import Message
from novacore.messages.reports.exports import progress
from novacore.states import ExportFormat, ExportState, ExportSubject
from novacore.workflows.exports import requests as exports


class ExportsCog(DeskCog):
    """Lists of the shop as files."""

    @app_commands.command(name="export", description="Owner: get a list of the shop as a file")
    @app_commands.describe(
        what="Which list",
        file_format="CSV for any program, Parquet for pandas and databases, XLSX for Excel",
        since="The first day, like 2026-01-01. Leave it out to begin at the beginning",
        until="The last day, like 2026-01-31. Leave it out for everything until now",
    )
    @app_commands.rename(file_format="format", since="from", until="to")
    @app_commands.default_permissions(FOR_OWNER)
    async def export(
        self,
        interaction: Interaction,
        what: Literal["orders", "products", "tickets", "events", "ledger", "units", "vouches"],
        file_format: Literal["csv", "parquet", "xlsx"],
        since: app_commands.Range[str, 1, 20] = "",
        until: app_commands.Range[str, 1, 20] = "",
    ) -> None:
        """Begin an export, and show how far it has come."""
        async with explaining(interaction):
            await open_page(interaction)
            owner, wanted = self.desk.actor_of(interaction.user), (ExportSubject(what), ExportFormat(file_format))
            begun = await self.desk.run(exports.request, owner, *wanted, since, until)
            await follow(interaction, lambda: _current_page(self.desk, begun.id))


async def _current_page(desk: Desk, export_id: int) -> tuple[Message, bool]:
    export = await desk.run(exports.standing, export_id)
    return progress(export), export.state is not ExportState.making
