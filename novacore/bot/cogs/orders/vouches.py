"""`/vouch hide`: staff take a vouch out of its channel. Who is staff is asked when they do it."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, offer
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.messages.kit import notices
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders import vouches


class VouchesCog(DeskCog):
    """Vouches, as staff look after them."""

    vouch = app_commands.Group(name="vouch", description="Staff: look after vouches", default_permissions=HIDDEN)

    @vouch.command(name="hide", description="Staff: take a vouch out of its channel, for good")
    @app_commands.describe(
        order_id="The order that it is about, like NC-20260102-ABCDEF", reason="Why; the details of the order keep it"
    )
    async def hide(
        self, interaction: Interaction, order_id: str, reason: app_commands.Range[str, 1, REASON_LIMIT]
    ) -> None:
        """Hide a vouch."""
        async with explaining(interaction):
            await open_page(interaction)
            wanted = order_lookups.known_id(order_id)
            await self.desk.run(vouches.hide, self.desk.actor_of(interaction.user), wanted, reason)
            await show(interaction, notices.notice(f"Done: the vouch for `{wanted}` leaves its channel in a moment."))

    @hide.autocomplete("order_id")
    async def _ids_with_vouch(self, interaction: Interaction, typed: str) -> Choices:
        return await offer(interaction, order_lookups.ids_with_vouch, typed)
