"""How the owner changes the shop's texts: picks one, types it, looks at it, saves it. The draft's row is all."""

from collections.abc import Callable, Mapping

from novacore.bot.answers import show, turn_page
from novacore.bot.components.catalog.products import ask
from novacore.bot.lookups import texts as lookups
from novacore.bot.press import OUT_OF_DATE, Handler, Press
from novacore.errors import PageChanged, WrongState
from novacore.messages.catalog import texts as pages
from novacore.messages.kit import notices
from novacore.messages.kit.layout import Form, Message
from novacore.states.texts import ShopText
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.texts import drafts, saving

_SAVED = "### ✅ Saved. Customers read it from now on."
_SAVED_TERMS = "### ✅ Saved. Whoever orders from now on has to accept them."
_NO_TERMS = "### ↩️ The shop has no terms any more. Orders keep the version that they were placed on."
_RESET = "### ↩️ The shop says this in its own words again."


async def pick(press: Press) -> None:
    """Show the text that was picked."""
    await turn_page(press.interaction)
    if press.chosen not in set(ShopText):
        raise WrongState(OUT_OF_DATE)
    await show(press.interaction, await press.desk.run(lookups.page, press.actor, ShopText(press.chosen)))


async def show_all(press: Press) -> None:
    """Show the list again."""
    await turn_page(press.interaction)
    await show(press.interaction, await press.desk.run(lookups.every, press.actor))


def _begun(shop: Shop, actor: Actor, key: str) -> Form:
    return pages.text_form(*drafts.begin(shop, actor, ShopText(key)))


def _again(shop: Shop, actor: Actor, draft_id: str) -> Form:
    return pages.text_form(*drafts.again(shop, actor, int(draft_id)))


def _asking(build: Callable[[Shop, Actor, str], Form]) -> Handler:
    async def handle(press: Press) -> None:
        await ask(press.interaction, press.desk.run(build, press.actor, press.id.args[0]))

    return handle


async def take_form(press: Press) -> None:
    """Keep what was typed and show what it would look like."""
    await turn_page(press.interaction)
    typed = press.answers.text("words")
    await show(press.interaction, await press.desk.run(_filled, press.actor, press.id.number(0), typed))


def _filled(shop: Shop, actor: Actor, draft_id: int, typed: str) -> Message:
    return lookups.preview(shop, drafts.fill(shop, actor, draft_id, typed))


def _save(shop: Shop, actor: Actor, draft_id: int) -> Message:
    """Where someone else was faster, the draft is shown again next to what stands now: its words are lost to nobody."""
    try:
        saved = saving.save(shop, actor, draft_id)
    except PageChanged:
        return lookups.preview(shop, drafts.look(shop, actor, draft_id))
    return lookups.page(shop, actor, saved.key, _SAVED_TERMS if saved.key is ShopText.terms else _SAVED)


def _discard(shop: Shop, actor: Actor, draft_id: int) -> Message:
    drafts.discard(shop, actor, draft_id)
    return notices.notice("Draft discarded. Nothing in the shop has changed.")


def _turning(build: Callable[[Shop, Actor, int], Message]) -> Handler:
    async def handle(press: Press) -> None:
        await turn_page(press.interaction)
        await show(press.interaction, await press.desk.run(build, press.actor, press.id.number(0)))

    return handle


async def reset(press: Press) -> None:
    """Go back to the shop's own words, unless they have changed since the page was shown."""
    await turn_page(press.interaction)
    key, version = ShopText(press.id.args[0]), press.id.number(1)
    await show(press.interaction, await press.desk.run(_reset, press.actor, key, version))


def _reset(shop: Shop, actor: Actor, key: ShopText, version: int) -> Message:
    try:
        saving.reset(shop, actor, key, version)
    except PageChanged as refusal:
        return lookups.page(shop, actor, key, f"⚠️ {refusal.sentence} This is what stands now.")
    return lookups.page(shop, actor, key, _NO_TERMS if key is ShopText.terms else _RESET)


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("text", "pick"): pick,
    ("text", "list"): show_all,
    ("text", "edit"): _asking(_begun),
    ("text", "form"): _asking(_again),
    ("text", "save"): _turning(_save),
    ("text", "discard"): _turning(_discard),
    ("text", "reset"): reset,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("text", "form"): take_form}
