"""`/audit`: the owner has the books checked, and opens what doesn't fit."""

import time
from functools import partial

from discord import app_commands

from novacore.bot.answers import Interaction, open_page
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.errors import explaining
from novacore.bot.progress import EVERY_SECONDS, follow
from novacore.discord_facts.command_bits import FOR_OWNER
from novacore.doctor import books
from novacore.doctor.books import Answer, Books, Check
from novacore.messages.kit.layout import Message
from novacore.messages.reports import books as pages
from novacore.workflows.machine.policy import require_owner
from novacore.workflows.machine.shop import Shop


class AuditCog(DeskCog):
    """The books of the shop."""

    @app_commands.command(name="audit", description="Owner: check that orders, units, money and jobs fit together")
    @app_commands.default_permissions(FOR_OWNER)
    async def audit(self, interaction: Interaction) -> None:
        """Answer one question after the other, with a bar, and show what doesn't fit."""
        async with explaining(interaction):
            await open_page(interaction)
            require_owner(self.desk.actor_of(interaction.user), "check the books")
            answers: list[Answer] = []

            await follow(interaction, partial(self._page_so_far, answers), every=0.0)

    async def _page_so_far(self, answers: list[Answer]) -> tuple[Message, bool]:
        """Add answers for some seconds; return the page then, and whether it is the last."""
        ends = time.monotonic() + EVERY_SECONDS
        while len(answers) < len(books.CHECKS):
            answers.append(await self.desk.run(_answer, books.CHECKS[len(answers)]))
            if time.monotonic() > ends:
                return pages.on_its_way(len(answers)), False
        return pages.page(answers), True


def _answer(shop: Shop, check: Check) -> Answer:
    return books.answer(Books(shop.database, shop.terms.zone), check)
