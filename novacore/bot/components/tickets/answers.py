"""Forms and pages of the answers that the owner keeps. What was typed wrongly stands on its page, and only there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from novacore.bot.answers import Interaction, open_form, show, turn_page
from novacore.bot.lookups import answers as lookups
from novacore.bot.press import Handler, Press
from novacore.errors import NotAllowed, Refusal
from novacore.messages.kit.layout import Message
from novacore.messages.kit.words import unblocked
from novacore.messages.tickets import answers as pages
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import answers
from novacore.workflows.tickets.answers import TypedAnswer


async def ask_again(press: Press) -> None:
    """Open the form again with what stands on the page that was pressed."""
    require_owner(press.actor, "keep answers")
    await open_form(press.interaction, pages.answer_form(_typed_on(press.interaction), *press.id.args))


def _typed_on(interaction: Interaction) -> TypedAnswer:
    components = interaction.message.components if interaction.message else ()
    parts = {number: unblocked(said) for one in components for number, said in _texts(one.to_dict())}
    return TypedAnswer(parts.get(pages.NAME_PART, ""), parts.get(pages.TEXT_PART, ""))


def _texts(component: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    if isinstance(component.get("content"), str):
        yield component.get("id") or 0, component["content"]
    for inner in component.get("components") or ():
        yield from _texts(inner)


async def take_form(press: Press) -> None:
    """Keep what was typed, or show it with what is wrong."""
    await turn_page(press.interaction)
    typed = TypedAnswer(press.answers.text("name"), press.answers.text("text"))
    await show(press.interaction, await press.desk.run(_keep, press.actor, press.id.args, typed))


def _keep(shop: Shop, actor: Actor, known: Sequence[str], typed: TypedAnswer) -> Message:
    try:
        if known:
            return pages.saved(answers.change(shop, actor, int(known[0]), int(known[1]), typed))
        return pages.saved(answers.add(shop, actor, typed))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return pages.refused(refusal.sentence, typed, *_newest(shop, known))


def _newest(shop: Shop, known: Sequence[str]) -> tuple[int, ...]:
    """Return which answer the next try changes, as it is now; none if it is gone, or was not there yet."""
    now = answers.current(shop, int(known[0])) if known else None
    return (now.id, now.version) if now else ()


async def turn(press: Press) -> None:
    """Show another page of the list."""
    await turn_page(press.interaction)
    await show(press.interaction, await press.desk.run(lookups.listing, press.actor, press.id.number(0)))


PRESSES: Mapping[tuple[str, str], Handler] = {("answer", "form"): ask_again, ("answer", "list"): turn}

SUBMITS: Mapping[tuple[str, str], Handler] = {("answer", "form"): take_form}
