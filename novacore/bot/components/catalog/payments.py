"""How the owner writes a way to pay, looks at it and saves it, and goes through the list. The draft's row is all."""

from collections.abc import Callable, Mapping

from novacore.bot.answers import show, turn_page
from novacore.bot.components.catalog.products import ask
from novacore.bot.lookups import payments as lookups
from novacore.bot.press import Handler, Press
from novacore.messages.catalog import own_methods as pages
from novacore.messages.kit import notices
from novacore.messages.kit.layout import Form, Message
from novacore.states import ReferenceNeed
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import own_drafts, own_methods
from novacore.workflows.payments.own_methods import Standing
from novacore.workflows.payments.own_rules import Typed


def begin(shop: Shop, actor: Actor, need: ReferenceNeed | None) -> Form:
    """Begin a new way to pay and return its form."""
    return pages.method_form(*own_drafts.begin(shop, actor, need))


def begin_change(shop: Shop, actor: Actor, method_id: int, need: ReferenceNeed | None = None) -> Form:
    """Begin to change one and return the form with what it is now."""
    return pages.method_form(*own_drafts.begin_change(shop, actor, method_id, need))


def _form_again(shop: Shop, actor: Actor, draft_id: int) -> Form:
    return pages.method_form(draft_id, own_drafts.load(shop, actor, draft_id).typed)


def page_of(shop: Shop, actor: Actor, method_id: int, say: Callable[[Standing], str] | None = None) -> Message:
    """Return the page of one of the owner's own, with what `say` makes of it. Raises NotAllowed, NotFound."""
    standing = own_methods.standing(shop, actor, method_id)
    return pages.method_page(standing, shop.terms.currency, say(standing) if say else "")


def hidden_page(shop: Shop, actor: Actor, method_id: int) -> Message:
    """Hide one and return its page."""
    own_methods.hide(shop, actor, method_id)
    return page_of(shop, actor, method_id, pages.hidden)


def _show_again(shop: Shop, actor: Actor, method_id: int) -> Message:
    own_methods.show(shop, actor, method_id)
    return page_of(shop, actor, method_id, pages.shown_again)


def _save(shop: Shop, actor: Actor, draft_id: int) -> Message:
    return page_of(shop, actor, own_methods.save(shop, actor, draft_id), pages.saved)


def _preview(shop: Shop, actor: Actor, draft_id: int) -> Message:
    return pages.preview(own_drafts.load(shop, actor, draft_id), shop.terms.currency)


def _discard(shop: Shop, actor: Actor, draft_id: int) -> Message:
    own_drafts.discard(shop, actor, draft_id)
    return notices.notice("Draft discarded. Nothing in the shop has changed.")


def _turning(build: Callable[[Shop, Actor, int], Message]) -> Handler:
    """Return a handler that shows what `build` makes of the number in the custom id."""

    async def handle(press: Press) -> None:
        await turn_page(press.interaction)
        await show(press.interaction, await press.desk.run(build, press.actor, press.id.number(0)))

    return handle


def _asking(build: Callable[[Shop, Actor, int], Form]) -> Handler:
    async def handle(press: Press) -> None:
        await ask(press.interaction, press.desk.run(build, press.actor, press.id.number(0)))

    return handle


async def choose(press: Press) -> None:
    """Show the one that was picked."""
    await turn_page(press.interaction)
    await show(press.interaction, await press.desk.run(page_of, press.actor, press.chosen_row()))


async def take_form(press: Press) -> None:
    """Keep what was typed and show what it would look like."""
    await turn_page(press.interaction)
    said = press.answers.text
    texts = Typed(said("label"), said("emoji"), said("instructions"), said("address"), said("reference"))
    await press.desk.run(own_drafts.fill, press.actor, press.id.number(0), texts)
    await show(press.interaction, await press.desk.run(_preview, press.actor, press.id.number(0)))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("payment", "form"): _asking(_form_again),
    ("payment", "save"): _turning(_save),
    ("payment", "discard"): _turning(_discard),
    ("payment", "list"): _turning(lookups.every),
    ("payment", "pick"): choose,
    ("payment", "page"): _turning(page_of),
    ("payment", "edit"): _asking(begin_change),
    ("payment", "hide"): _turning(hidden_page),
    ("payment", "show"): _turning(_show_again),
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("payment", "form"): take_form}
