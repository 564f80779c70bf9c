"""`/help`: what this person can do here, read from the commands themselves."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.kit.help_page import Listed, Section, help_page
from novacore.workflows.machine.policy import Actor, Who

Command = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu

_TITLES: Final[Mapping[Who, str]] = {
    Who.buyer: "For everybody",
    Who.reviewer: "For reviewers",
    Who.staff: "For staff",
    Who.owner: "For the owner",
}

_NOTES: Final[Mapping[Who, str]] = {
    Who.reviewer: "On the card of a payment you can approve it, also with a different amount, ask for another proof, "
    "or reject the order. Nobody decides on an order of their own."
}
"""What people do without a command."""


class HelpCog(DeskCog):
    """The way to everything else."""

    @app_commands.command(name="help", description="See what you can do here")
    async def help(self, interaction: Interaction) -> None:
        """List what is open to whoever asks."""
        async with explaining(interaction):
            await open_page(interaction)
            tree = interaction.client.tree
            commands = tree.get_commands(guild=interaction.guild) or tree.get_commands()
            sections = [*_sections(commands, self.desk.actor_of(interaction.user))]
            support = self.desk.settings.ticket_panel_channel_id
            await show(interaction, help_page(sections, self.desk.command_ids, support))


def _sections(commands: list[Command], actor: Actor) -> Iterator[Section]:
    for who, title in _TITLES.items():
        listed = [_listed(one) for one in commands if who is meant_for(one) or who in one.extras]
        if listed and who in _kinds(actor):
            yield Section(title, listed, _NOTES.get(who, ""))


def _kinds(actor: Actor) -> set[Who]:
    if not actor.decides:
        return {Who.buyer, Who.reviewer} if actor.is_reviewer else {Who.buyer}
    return {Who.buyer, Who.staff} | ({Who.owner} if actor.is_owner else set())


def meant_for(command: Command) -> Who:
    """Tell who a command is for, by the permission for which Discord shows it. `extras` name who else may use it."""
    wanted = command.default_permissions
    if wanted is None:
        return Who.buyer
    return Who.owner if wanted == FOR_OWNER else Who.staff


def _listed(command: Command) -> Listed:
    if isinstance(command, app_commands.ContextMenu):
        return Listed("", (command.name,))
    names = [command.name]
    if isinstance(command, app_commands.Group):
        names = [one.qualified_name for one in command.walk_commands()]
    what_for = command.description.removeprefix("Staff: ").removeprefix("Owner: ")
    return Listed(what_for[:1].upper() + what_for[1:], tuple(names))
