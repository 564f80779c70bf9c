"""`/payment`: the owner's own ways to pay. Who is the owner is asked when something is done, not here."""

from discord import app_commands

from novacore.bot.answers import Interaction, open_page, show
from novacore.bot.cogs.choices import Choices, find
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.components.catalog.payments import begin, begin_change, hidden_page
from novacore.bot.components.catalog.products import ask
from novacore.bot.errors import explaining
from novacore.bot.lookups import payments as lookups
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.messages.kit import words
from novacore.states import ReferenceNeed

_NEEDS = [
    app_commands.Choice(name="Every proof needs it", value=ReferenceNeed.required.value),
    app_commands.Choice(name="Customers may leave it out", value=ReferenceNeed.optional.value),
    app_commands.Choice(name="Not asked for: a picture is enough", value=ReferenceNeed.none.value),
]


class PaymentsCog(DeskCog):
    """The ways to pay, as the owner keeps them."""

    payment = app_commands.Group(name="payment", description="Owner: ways to pay", default_permissions=FOR_OWNER)

    @payment.command(name="add", description="Owner: add a way to pay; you see it before anybody else does")
    @app_commands.describe(reference="Whether customers type a reference of their payment (default: yes)")
    @app_commands.choices(reference=_NEEDS)
    async def add(self, interaction: Interaction, reference: str | None = None) -> None:
        """Open the form for a new way to pay."""
        async with explaining(interaction):
            actor = self.desk.actor_of(interaction.user)
            await ask(interaction, self.desk.run(begin, actor, _need(reference)))

    @payment.command(name="edit", description="Owner: change a way to pay; orders by it stay as they were placed")
    @app_commands.describe(wanted="Which one", reference="Whether customers type a reference of their payment")
    @app_commands.choices(reference=_NEEDS)
    @app_commands.rename(wanted="method")
    async def edit(self, interaction: Interaction, wanted: str, reference: str | None = None) -> None:
        """Open the form with what it is now."""
        async with explaining(interaction):
            actor, method_id = self.desk.actor_of(interaction.user), lookups.known_method(wanted)
            await ask(interaction, self.desk.run(begin_change, actor, method_id, _need(reference)))

    @payment.command(name="hide", description="Owner: stop offering a way to pay; you can bring it back")
    @app_commands.describe(wanted="Which one")
    @app_commands.rename(wanted="method")
    async def hide(self, interaction: Interaction, wanted: str) -> None:
        """Hide it and show its page, where it can be offered again."""
        async with explaining(interaction):
            await open_page(interaction)
            actor, method_id = self.desk.actor_of(interaction.user), lookups.known_method(wanted)
            await show(interaction, await self.desk.run(hidden_page, actor, method_id))

    @payment.command(name="list", description="Owner: see every way to pay, also those that are off or hidden")
    async def listing(self, interaction: Interaction) -> None:
        """Show all of them."""
        async with explaining(interaction):
            await open_page(interaction)
            await show(interaction, await self.desk.run(lookups.every, self.desk.actor_of(interaction.user)))

    @edit.autocomplete("wanted")
    @hide.autocomplete("wanted")
    async def _offer(self, interaction: Interaction, typed: str) -> Choices:
        found = await find(interaction, lookups.named, typed)
        return [app_commands.Choice(name=_label(one.label, one.is_on_sale), value=str(one.id)) for one in found]


def _need(chosen: str | None) -> ReferenceNeed | None:
    return ReferenceNeed(chosen) if chosen else None


def _label(name: str, is_on_sale: bool) -> str:
    return words.shorten(words.clean(name if is_on_sale else f"{name} · hidden"), 100)
