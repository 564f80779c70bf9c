"""What a buyer does with the invitation to leave a vouch: write one, or write it again."""

from collections.abc import Mapping

from novacore.bot.answers import before_a_form, open_form, open_page, show
from novacore.bot.press import Handler, Press
from novacore.messages.orders import vouches as pages
from novacore.workflows.orders import vouches


async def ask_vouch(press: Press) -> None:
    """Ask for stars and words, unless there is nothing to write about."""
    await before_a_form(press.desk.run(vouches.refuse_early, press.actor, press.id.order_id))
    await open_form(press.interaction, pages.vouch_form(press.id.order_id))


async def take_vouch(press: Press) -> None:
    """Keep what came back, and say thanks."""
    await open_page(press.interaction)
    rating, comment = press.answers.text("rating"), press.answers.text("comment")
    await press.desk.run(vouches.write, press.actor, press.id.order_id, rating, comment)
    await show(press.interaction, pages.vouch_taken())


PRESSES: Mapping[tuple[str, str], Handler] = {("vouch", "write"): ask_vouch}

SUBMITS: Mapping[tuple[str, str], Handler] = {("vouch", "write"): take_vouch}
