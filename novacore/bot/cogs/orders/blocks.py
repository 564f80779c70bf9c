"""`/block`, `/unblock`, `/blocks` and `/forgive`: staff say who may order. Who is staff is asked when they do it."""

import discord
from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Slash
from novacore.bot.desk import desk_of
from novacore.bot.errors import explaining
from novacore.bot.lookups import orders as order_lookups
from novacore.messages.kit import notices, words
from novacore.messages.orders.staff import blocks as pages
from novacore.plurals import counted
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders.blocking import blocks


@app_commands.command(name="block", description="Staff: keep someone from ordering until a day")
@app_commands.describe(
    person="Who may not order",
    reason="Why; only staff read it",
    until="For how many days, like 7, or the last day of it, like 2026-12-31",
)
@app_commands.default_permissions(HIDDEN)
async def block(
    interaction: Interaction,
    person: discord.User,
    reason: app_commands.Range[str, 1, REASON_LIMIT],
    until: app_commands.Range[str, 1, 20],
) -> None:
    """Block someone."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        actor, target = desk.actor_of(interaction.user), desk.actor_of(person)
        ends = await desk.run(blocks.block, actor, target, reason, until)
        name = words.escape(target.name, 40)
        told = f"Done: {name} can't order until {words.stamp(ends, 'f')}. Orders that are open go on."
        await show(interaction, notices.notice(told))


@app_commands.command(name="unblock", description="Staff: let someone order again")
@app_commands.describe(person="Who may order again")
@app_commands.default_permissions(HIDDEN)
async def unblock(interaction: Interaction, person: discord.User) -> None:
    """Unblock someone."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        await desk.run(blocks.unblock, desk.actor_of(interaction.user), person.id)
        await show(interaction, notices.notice(f"Done: {words.escape(person.display_name, 40)} can order again."))


@app_commands.command(name="blocks", description="Staff: see who can't order, until when and why")
@app_commands.default_permissions(HIDDEN)
async def listed(interaction: Interaction) -> None:
    """Show who is blocked."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        total, people = await desk.run(order_lookups.blocked, desk.actor_of(interaction.user), 0)
        await show(interaction, pages.blocks(people, 0, total))


@app_commands.command(name="forgive", description="Staff: let unpaid orders no longer count against someone")
@app_commands.describe(person="Whose orders ended without a payment")
@app_commands.default_permissions(HIDDEN)
async def forgive(interaction: Interaction, person: discord.User) -> None:
    """Forgive someone's unpaid orders."""
    async with explaining(interaction):
        await open_page(interaction)
        desk = desk_of(interaction)
        count = await desk.run(blocks.forgive, desk.actor_of(interaction.user), person.id)
        orders = f"{counted(count, 'unpaid order', 'unpaid orders')} of {words.escape(person.display_name, 40)}"
        told = f"Done: {orders} no longer count{'s' if count == 1 else ''}. They can order again like everybody else."
        await show(interaction, notices.notice(told))


COMMANDS: tuple[Slash, ...] = (block, unblock, listed, forgive)
