"""What the owner does about stock: files that are units, what in a preview are goods, yes or no to it, a batch."""

from collections.abc import Mapping

from novacore.bot.answers import open_page, show, turn_page
from novacore.bot.lookups import stock as stock_lookups
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.bot.progress import follow
from novacore.bot.uploads import uploads
from novacore.errors import WrongState
from novacore.messages.catalog import restock as pages
from novacore.messages.catalog import restock_files, restock_preview
from novacore.messages.kit.layout import Form, Message
from novacore.states import BatchState
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import previews, restock, unit_files


def form(shop: Shop, actor: Actor, product_id: int) -> Form:
    """Build the form for files that are units, if the product may have any. Raises a refusal."""
    return restock_files.files_form(product_id, unit_files.product_name(shop, actor, product_id))


async def take_files(press: Press) -> None:
    """Store the files and ask whether to add them. What can't be goods is refused before anything is fetched."""
    await open_page(press.interaction)
    product_id, given = press.id.number(0), press.answers.every_file("files")
    await press.desk.run(unit_files.refuse, press.actor, product_id, [one.size for one in given])
    stored = []
    for one in given:
        async with press.desk.intake.room(press.actor.id or 0, one.size):
            content = await uploads.fetch_file(one)
            stored.append(await press.desk.run(unit_files.store, uploads.name_of(one), content))
    found = await press.desk.run(unit_files.stage, press.actor, product_id, stored)
    await show(press.interaction, restock_files.files_preview(found))


async def choose_heading(press: Press) -> None:
    """Take the lines in question for a heading, or for goods."""
    await turn_page(press.interaction)
    is_heading = restock_preview.ANSWERS.get(press.chosen)
    if is_heading is None:
        raise WrongState(OUT_OF_DATE)
    found = await press.desk.run(previews.choose_heading, press.actor, press.id.number(0), takes_heading=is_heading)
    await show(press.interaction, restock_preview.preview(found))


async def choose_columns(press: Press) -> None:
    """Take these columns for the goods."""
    await turn_page(press.interaction)
    columns = restock_preview.columns_of(press.all_chosen)
    if not columns:
        raise WrongState(OUT_OF_DATE)
    found = await press.desk.run(previews.choose_columns, press.actor, press.id.number(0), columns)
    await show(press.interaction, restock_preview.preview(found))


async def confirm(press: Press) -> None:
    """Begin to fill it in, and show how far it has come."""
    await turn_page(press.interaction)
    batch_id = press.id.number(0)
    await press.desk.run(restock.confirm, press.actor, batch_id)

    async def current_page() -> tuple[Message, bool]:
        batch = await press.desk.run(restock.load_batch, press.actor, batch_id)
        return pages.coming_in(batch), batch.state is not BatchState.filling

    await follow(press.interaction, current_page)


async def discard(press: Press) -> None:
    """Throw the preview away."""
    await turn_page(press.interaction)
    await press.desk.run(restock.discard, press.actor, press.id.number(0))
    await show(press.interaction, pages.discarded())


async def turn_batches(press: Press) -> None:
    """Show another page of the list, or the list again."""
    await turn_page(press.interaction)
    product_id, page = press.id.number(0), press.id.number(1)
    name, total, found = await press.desk.run(stock_lookups.batches, press.actor, product_id, page)
    await show(press.interaction, pages.batches_page(name, product_id, total, found, page))


async def choose_batch(press: Press) -> None:
    """Show one batch."""
    await turn_page(press.interaction)
    batch = await press.desk.run(restock.load_batch, press.actor, press.chosen_row())
    await show(press.interaction, pages.batch_page(batch))


async def withdraw(press: Press) -> None:
    """Take what is left of a batch off sale."""
    await turn_page(press.interaction)
    batch_id = press.id.number(0)
    count = await press.desk.run(restock.withdraw, press.actor, batch_id)
    batch = await press.desk.run(restock.load_batch, press.actor, batch_id)
    await show(press.interaction, pages.batch_page(batch, count))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("stock", "heading"): choose_heading,
    ("stock", "columns"): choose_columns,
    ("stock", "confirm"): confirm,
    ("stock", "discard"): discard,
    ("stock", "batches"): turn_batches,
    ("stock", "batch"): choose_batch,
    ("stock", "withdraw"): withdraw,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("stock", "files"): take_files}
