"""`/doctor`: the owner asks whether everything is well with the shop."""

from collections.abc import Sequence

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.desk import Desk
from novacore.bot.errors import explaining
from novacore.db.queries.catalog import sold_roles
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.doctor import examine
from novacore.doctor.findings import Finding
from novacore.messages.doctor import report
from novacore.states.sold_roles import SoldRole
from novacore.workflows.machine.policy import require_owner
from novacore.workflows.machine.shop import Shop


class DoctorCog(DeskCog):
    """The health of the shop."""

    @app_commands.command(name="doctor", description="Owner: see whether everything is well with the shop")
    @app_commands.default_permissions(FOR_OWNER)
    async def doctor(self, interaction: Interaction) -> None:
        """Look at everything, and say what is wrong and how to fix it."""
        async with explaining(interaction):
            await open_page(interaction)
            require_owner(self.desk.actor_of(interaction.user), "ask the doctor")
            found = await self.desk.run(_at_home, self.desk)
            sold = await self.desk.run(_roles_on_sale)
            there = await examine.server(interaction.client, self.desk.settings, sold)
            await show(interaction, report([*found, *there]))


def _roles_on_sale(shop: Shop) -> Sequence[SoldRole]:
    return sold_roles.asked_for(shop.database)


def _at_home(shop: Shop, desk: Desk) -> list[Finding]:
    return examine.shop(desk.settings, shop.database, desk.roll_call, examine.BY_THE_BOT)
