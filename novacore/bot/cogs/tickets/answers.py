"""`/reply` for staff, and `/answers`, with which the owner keeps what they reply with. The commands ask who may."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import HIDDEN, Choices, find
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.components.catalog.products import ask
from novacore.bot.errors import explaining
from novacore.bot.lookups import answers as lookups
from novacore.db.models.answers import NAME_LIMIT
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.tickets import answers as pages
from novacore.workflows.tickets import answers, replies
from novacore.workflows.tickets.replies import WORDS_LIMIT

Name = app_commands.Range[str, 1, NAME_LIMIT]


class AnswersCog(DeskCog):
    """Answers that are kept ready, and replies with them."""

    @app_commands.command(name="reply", description="Staff: reply in this ticket with an answer that is kept ready")
    @app_commands.describe(answer="Which answer", words="Your own words below it")
    @app_commands.default_permissions(HIDDEN)
    async def reply(
        self, interaction: Interaction, answer: Name, words: app_commands.Range[str, 1, WORDS_LIMIT] | None = None
    ) -> None:
        """Have an answer posted in the ticket's channel."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, here = self.desk.actor_of(interaction.user), interaction.channel_id
            said = await self.desk.run(replies.reply, actor, here, answer, words or "")
            await show(interaction, pages.on_its_way(said))

    answers = app_commands.Group(
        name="answers", description="Owner: answers that staff reply with", default_permissions=FOR_OWNER
    )

    @answers.command(name="add", description="Owner: keep an answer that staff can reply with in tickets")
    async def add(self, interaction: Interaction) -> None:
        """Open the form of a new answer."""
        async with explaining(interaction):
            await ask(interaction, self.desk.run(lookups.new_form, self.desk.actor_of(interaction.user)))

    @answers.command(name="edit", description="Owner: change an answer; what was said with it stays")
    @app_commands.describe(answer="Which answer")
    async def edit(self, interaction: Interaction, answer: Name) -> None:
        """Open the form of an answer with what it says."""
        async with explaining(interaction):
            await ask(interaction, self.desk.run(lookups.form_of, self.desk.actor_of(interaction.user), answer))

    @answers.command(name="remove", description="Owner: remove an answer; what was said with it stays")
    @app_commands.describe(answer="Which answer")
    async def remove(self, interaction: Interaction, answer: Name) -> None:
        """Take an answer away."""
        async with explaining(interaction):
            await open_page(interaction)
            gone = await self.desk.run(answers.remove, self.desk.actor_of(interaction.user), answer)
            await show(interaction, pages.removed(gone))

    @answers.command(name="list", description="Owner: see every answer, who wrote it and when")
    async def listing(self, interaction: Interaction) -> None:
        """Show the answers."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(lookups.listing, self.desk.actor_of(interaction.user), 0))

    @reply.autocomplete("answer")
    @edit.autocomplete("answer")
    @remove.autocomplete("answer")
    async def _names(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, lookups.suggested, typed)
        return [app_commands.Choice(name=name, value=name) for name in found]
