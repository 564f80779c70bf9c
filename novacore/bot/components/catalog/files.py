"""How the owner adds files to a draft and leaves others out: one after the other, each with room held for it."""

from collections.abc import Mapping

from novacore.bot.answers import open_form, turn_page
from novacore.bot.components.catalog.products import refresh_page
from novacore.bot.press import Handler, Press
from novacore.bot.uploads import uploads
from novacore.messages.catalog.products import files_form
from novacore.messages.kit.layout import Form
from novacore.workflows.catalog import draft_files
from novacore.workflows.goods import files
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop


def _form(shop: Shop, actor: Actor, draft_id: int) -> Form:
    return files_form(draft_id, draft_files.load(shop, actor, draft_id))


async def ask_files(press: Press) -> None:
    """Open the form for the files."""
    await open_form(press.interaction, await press.desk.run(_form, press.actor, press.id.number(0)))


async def take_files(press: Press) -> None:
    """Store the files and show the draft with them. What can't be goods is refused before anything is fetched."""
    await turn_page(press.interaction)
    draft_id, given, gone = press.id.number(0), press.answers.every_file("files"), press.answers.rows("gone")
    sizes = [(uploads.name_of(one), one.size) for one in given]
    await press.desk.run(draft_files.refuse, press.actor, draft_id, sizes, gone)
    added = []
    for one in given:
        async with press.desk.intake.room(press.actor.id or 0, one.size):
            content = await uploads.fetch_file(one)
            added.append(await press.desk.run(files.store, uploads.name_of(one), content))
    await press.desk.run(draft_files.change, press.actor, draft_id, added, gone)
    await refresh_page(press)


PRESSES: Mapping[tuple[str, str], Handler] = {("product", "files"): ask_files}

SUBMITS: Mapping[tuple[str, str], Handler] = {("product", "files"): take_files}
