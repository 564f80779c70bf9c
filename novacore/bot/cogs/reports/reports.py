"""`/report`: the owner sees the figures of any days, made by the same job as the reports of the schedule.

`/staff` says at once who did how much.
"""

from functools import partial

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.desk import Desk
from novacore.bot.errors import explaining
from novacore.bot.progress import follow
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.kit.layout import Message
from novacore.messages.reports import reports as pages
from novacore.messages.reports.staff import staff_page
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import figures, periods, reports, staff
from novacore.workflows.reports.periods import Choice

_CHOICES = [
    app_commands.Choice(name=name, value=choice.value)
    for choice, name in {
        Choice.today: "Today",
        Choice.yesterday: "Yesterday",
        Choice.last_7_days: "Last 7 days",
        Choice.week: "This week",
        Choice.month: "This month",
        Choice.last_30_days: "Last 30 days",
        Choice.year: "This year",
    }.items()
]

_DAYS = {
    "period": "Which days; the last 7 if you choose nothing",
    "first": "The first day, like 2026-03-01, in place of a period",
    "last": "The last day; today if you leave it out",
}


class ReportsCog(DeskCog):
    """Sales, in pictures and words."""

    @app_commands.command(name="report", description="Owner: see your sales as pictures and in words")
    @app_commands.default_permissions(FOR_OWNER)
    @app_commands.choices(period=_CHOICES)
    @app_commands.rename(first="from", last="to")
    @app_commands.describe(**_DAYS)
    async def report(
        self,
        interaction: Interaction,
        period: app_commands.Choice[str] | None = None,
        first: app_commands.Range[str, 1, 40] = "",
        last: app_commands.Range[str, 1, 40] = "",
    ) -> None:
        """Have a report made, and show how far it is until it is there."""
        async with explaining(interaction):
            await open_page(interaction)
            choice = Choice(period.value) if period else Choice.last_7_days
            actor = self.desk.actor_of(interaction.user)
            report_id = await self.desk.run(_ask, actor, choice, first, last)
            await follow(interaction, partial(_current_page, self.desk, report_id))

    @app_commands.command(name="staff", description="Owner: see who of your staff did how much, and how fast")
    @app_commands.default_permissions(FOR_OWNER)
    @app_commands.choices(period=_CHOICES)
    @app_commands.rename(first="from", last="to")
    @app_commands.describe(**_DAYS)
    async def staff(
        self,
        interaction: Interaction,
        period: app_commands.Choice[str] | None = None,
        first: app_commands.Range[str, 1, 40] = "",
        last: app_commands.Range[str, 1, 40] = "",
    ) -> None:
        """Show the figures of the staff."""
        async with explaining(interaction):
            await open_page(interaction)
            choice = Choice(period.value) if period else Choice.last_7_days
            found = await self.desk.run(staff.figures, self.desk.actor_of(interaction.user), choice, first, last)
            await show(interaction, staff_page(found))


def _ask(shop: Shop, actor: Actor, choice: Choice, first: str, last: str) -> int:
    require_owner(actor, "see the sales reports")
    today = reports.today(shop)
    if first.strip() or last.strip():
        return reports.ask(shop, actor, periods.between(first, last, today))
    return reports.ask(shop, actor, periods.chosen(choice, today))


async def _current_page(desk: Desk, report_id: int) -> tuple[Message, bool]:
    """Return the page as it is now, and whether it is the last."""
    row, pictures, has_died = await desk.run(reports.load, report_id)
    if has_died:
        return pages.not_made(), True
    if row.made_at is None:
        return pages.on_its_way(row.title, row.days_done, row.days_total), False
    return pages.report(figures.load(row.figures), pictures, desk.shop.face.name), True
