"""`/rates show` and `/rates set`: the owner says what coins cost. Who is the owner is asked when they do it."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.kit import notices
from novacore.messages.orders.staff import rates as pages
from novacore.workflows.payments import feed
from novacore.workflows.payments import rates as prices


class RatesCog(DeskCog):
    """What coins cost, as the owner says it."""

    rates = app_commands.Group(
        name="rates", description="Owner: see and set what coins cost", default_permissions=FOR_OWNER
    )

    @rates.command(name="show", description="Owner: see what each coin costs, and who says so")
    async def listed(self, interaction: Interaction) -> None:
        """Show what the shop knows."""
        async with explaining(interaction):
            await open_page(interaction)
            known = await self.desk.run(prices.known, self.desk.actor_of(interaction.user))
            fetched = await self.desk.run(feed.last_fetch)
            await show(interaction, pages.rates(known, self.desk.shop.terms.currency, fetched))

    @rates.command(name="set", description="Owner: set what one coin costs, for 24 hours")
    @app_commands.describe(
        coin="The coin, like BTC",
        price="What one coin costs in your currency, like 64250.10",
        sure="True if the price really is far off your last one (default: False)",
    )
    async def set_rate(
        self,
        interaction: Interaction,
        coin: app_commands.Range[str, 1, 40],
        price: app_commands.Range[str, 1, 40],
        sure: bool = False,
    ) -> None:
        """Take the owner's price."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, currency = self.desk.actor_of(interaction.user), self.desk.shop.terms.currency
            method, rate = await self.desk.run(prices.set_rate, actor, coin, price, sure=sure)
            await show(interaction, notices.notice(pages.rate_is_set(method, rate, currency)))
