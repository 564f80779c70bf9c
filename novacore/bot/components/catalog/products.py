"""How the owner writes a product, looks at it and saves it, and goes through the catalogue. The draft's row is all."""

from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack
from typing import Final

import discord

from novacore.bot import progress
from novacore.bot.answers import Interaction, open_form, show, turn_page
from novacore.bot.lookups import products as lookups
from novacore.bot.press import Handler, Press
from novacore.bot.uploads import uploads
from novacore.errors import Refusal
from novacore.messages.catalog import drafts as previews
from novacore.messages.catalog import products as pages
from novacore.messages.kit import notices
from novacore.messages.kit.layout import Form, Message
from novacore.states import PictureState
from novacore.workflows.catalog import draft_page, drafts, products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.rules import Typed
from novacore.workflows.goods.format import goods_from_file
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.delivered import roles

PICTURE_EVERY: Final = 1.0
PICTURE_AT_MOST: Final = 15.0
"""Seconds in which the page waits for its picture; later the owner presses "Look again"."""


# ---- forms


def begin(shop: Shop, actor: Actor, options: Options) -> Form:
    """Begin a new product and return its form."""
    return pages.product_form(*drafts.begin(shop, actor, options))


def begin_change(shop: Shop, actor: Actor, product_id: int, options: Options) -> Form:
    """Begin to change a product and return the form with what it is now."""
    return pages.product_form(*drafts.begin_change(shop, actor, product_id, options))


def _form_again(shop: Shop, actor: Actor, draft_id: int) -> Form:
    return pages.product_form(draft_id, draft_page.load(shop, actor, draft_id).typed)


def _goods_form(shop: Shop, actor: Actor, draft_id: int) -> Form:
    return pages.goods_form(draft_id, draft_page.goods_text(shop, actor, draft_id))


async def ask(interaction: Interaction, finding: Awaitable[Form]) -> None:
    """Open a form that has to be looked up first. The desk sees to it that it comes in time, or says why not."""
    await open_form(interaction, await finding)


async def ask_change(press: Press) -> None:
    """Open the form of a product, from its page."""
    change = press.desk.run(begin_change, press.actor, press.id.number(0), Options())
    await ask(press.interaction, change)


async def ask_again(press: Press) -> None:
    """Open the form of a draft once more, with what was typed."""
    await ask(press.interaction, press.desk.run(_form_again, press.actor, press.id.number(0)))


async def ask_goods(press: Press) -> None:
    """Open the form for the goods."""
    await ask(press.interaction, press.desk.run(_goods_form, press.actor, press.id.number(0)))


async def take_form(press: Press) -> None:
    """Keep what was typed and show what it would look like."""
    await turn_page(press.interaction)
    said = press.answers.text
    texts = Typed(said("name"), said("description"), said("category"), said("price"))
    async with AsyncExitStack() as held:
        upload, problem = await _picture(press, press.answers.file("picture"), held)
        await press.desk.run(drafts.fill, press.actor, press.id.number(0), texts, upload, problem)
    await refresh_page(press)


async def _picture(
    press: Press, file: discord.Attachment | None, held: AsyncExitStack
) -> tuple[bytes | None, str | None]:
    """Return an uploaded picture, or why there is none: what was typed with it must not be lost for that.

    It holds room for the picture until `held` is left.
    """
    if file is None:
        return None, None
    try:
        await held.enter_async_context(press.desk.intake.room(press.actor.id or 0, file.size))
        return await uploads.fetch_picture(file), None
    except Refusal as refusal:
        return None, refusal.sentence


async def take_goods(press: Press) -> None:
    """Keep the goods and show how they were understood."""
    await turn_page(press.interaction)
    file = press.answers.file("file")
    async with press.desk.intake.room(press.actor.id or 0, uploads.size_of(file)):
        text = press.answers.text("goods") if file is None else goods_from_file(await uploads.fetch_goods(file))
        await press.desk.run(drafts.set_goods, press.actor, press.id.number(0), text)
    await refresh_page(press)


# ---- a draft


async def refresh(press: Press) -> None:
    """Show a draft as it is now."""
    await turn_page(press.interaction)
    await refresh_page(press)


async def refresh_page(press: Press) -> None:
    """Show a draft after it was acknowledged, and wait a little for its picture."""
    currency = press.desk.shop.terms.currency

    async def page() -> tuple[Message, bool]:
        draft = await press.desk.run(draft_page.load, press.actor, press.id.number(0))
        return previews.preview(draft, currency), draft.picture_state is not PictureState.waiting

    await progress.follow(press.interaction, page, PICTURE_EVERY, PICTURE_AT_MOST)


async def save(press: Press) -> None:
    """Put the draft on sale, or its change into force."""
    await turn_page(press.interaction)
    product_id = await press.desk.run(products.save, press.actor, press.id.number(0))
    await press.desk.run(roles.try_again)  # another role may have taken the place of one that is gone
    standing = await press.desk.run(products.standing, press.actor, product_id)
    await show(press.interaction, pages.saved(standing))


async def discard(press: Press) -> None:
    """Throw the draft away."""
    await turn_page(press.interaction)
    await press.desk.run(drafts.discard, press.actor, press.id.number(0))
    await show(press.interaction, notices.notice("Draft discarded. Nothing in the shop has changed."))


# ---- the catalogue


async def turn_shelves(press: Press) -> None:
    """Show another page of the categories."""
    await turn_page(press.interaction)
    page = press.id.number(0)
    total, shelves = await press.desk.run(lookups.shelves, press.actor, page)
    await show(press.interaction, pages.shelves_page(total, shelves, page))


async def choose_category(press: Press) -> None:
    """Show the products of the category that was picked."""
    await turn_page(press.interaction)
    await show_shelf(press, press.chosen_row(), 0)


async def turn_shelf(press: Press) -> None:
    """Show another page of a category."""
    await turn_page(press.interaction)
    await show_shelf(press, press.id.number(0), press.id.number(1))


async def show_shelf(press: Press, category_id: int, page: int, note: str = "") -> None:
    """Show a page of a category, with a note of what has just been done."""
    shelf, found = await press.desk.run(lookups.shelf, press.actor, category_id, page)
    await show(press.interaction, pages.shelf_page(shelf, found, page, note))


async def choose_product(press: Press) -> None:
    """Show the product that was picked."""
    await turn_page(press.interaction)
    await show_for_owner(press, press.chosen_row())


async def show_product(press: Press) -> None:
    """Show a product's page."""
    await turn_page(press.interaction)
    await show_for_owner(press, press.id.number(0))


async def show_for_owner(press: Press, product_id: int, note: str = "") -> None:
    """Show a product's page, with a note of what has just been done."""
    standing = await press.desk.run(products.standing, press.actor, product_id)
    await show(press.interaction, pages.owners_page(standing, note))


async def ask_removal(press: Press) -> None:
    """Ask whether it really goes."""
    await turn_page(press.interaction)
    standing = await press.desk.run(products.standing, press.actor, press.id.number(0))
    await show(press.interaction, pages.removal_page(standing))


async def remove(press: Press) -> None:
    """Take the product out of the shop."""
    await turn_page(press.interaction)
    name = await press.desk.run(products.remove, press.actor, press.id.number(0))
    await show(press.interaction, pages.removed(name, press.id.number(0)))


async def bring_back(press: Press) -> None:
    """Offer the product again."""
    await turn_page(press.interaction)
    name = await press.desk.run(products.bring_back, press.actor, press.id.number(0))
    await show(press.interaction, pages.back_again(name, press.id.number(0)))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("product", "form"): ask_again,
    ("product", "goods"): ask_goods,
    ("product", "look"): refresh,
    ("product", "save"): save,
    ("product", "discard"): discard,
    ("product", "shelves"): turn_shelves,
    ("product", "category"): choose_category,
    ("product", "shelf"): turn_shelf,
    ("product", "pick"): choose_product,
    ("product", "page"): show_product,
    ("product", "edit"): ask_change,
    ("product", "ask_remove"): ask_removal,
    ("product", "remove"): remove,
    ("product", "restore"): bring_back,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("product", "form"): take_form, ("product", "goods"): take_goods}
