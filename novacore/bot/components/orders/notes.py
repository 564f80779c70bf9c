"""The buttons of staff's notes: one is written, all are listed, and its writer or the owner takes one away."""

from collections.abc import Mapping
from functools import partial

from novacore.bot.answers import is_page, open_form, open_page, show, turn_page
from novacore.bot.components.orders.review import show_details
from novacore.bot.guests import person_of
from novacore.bot.press import Handler, Press
from novacore.messages.kit.custom_ids import BESIDE
from novacore.messages.orders.desk import notes as pages
from novacore.messages.orders.desk.notes import NOTES_PAGE
from novacore.workflows.machine.policy import require_staff
from novacore.workflows.orders.desk import notes


async def ask(press: Press) -> None:
    """Open the form for a note about a person or an order."""
    require_staff(press.actor, "write notes")
    await open_form(press.interaction, pages.note_form(press.id.text))


async def add_to_person(press: Press) -> None:
    """Keep it, and show the notes about them."""
    require_staff(press.actor, "write notes")  # before Discord is asked for anybody
    await turn_page(press.interaction)
    target = press.desk.actor_of(await person_of(press, press.id.number(0)))
    await press.desk.run(notes.add_to_person, press.actor, target, press.answers.text("note"))
    await _show_list(press, press.id.number(0), 0)


async def add_to_order(press: Press) -> None:
    """Keep it. A details page shows the order with its notes as they are now."""
    await turn_page(press.interaction)
    await press.desk.run(notes.add_to_order, press.actor, press.id.order_id, press.answers.text("note"))
    if is_page(press.interaction):
        await show_details(press)
    else:
        await show(press.interaction, pages.noted(0, press.id.order_id))


async def turn(press: Press) -> None:
    """Show a page of the list, in the place of the one that was pressed unless that is to stay."""
    await (open_page if press.id.args[-1] == BESIDE else turn_page)(press.interaction)
    await _show_list(press, press.id.number(0), press.id.number(1))


async def ask_remove(press: Press) -> None:
    """Ask whether the note really goes."""
    await turn_page(press.interaction)
    note = await press.desk.run(notes.load, press.actor, press.id.number(0))
    await show(press.interaction, pages.removal_page(note))


async def remove(press: Press) -> None:
    """Take it away, and show what is left."""
    await turn_page(press.interaction)
    person_id = await press.desk.run(notes.remove, press.actor, press.id.number(0))
    await _show_list(press, person_id, 0)


async def _show_list(press: Press, person_id: int, page: int) -> None:
    span = {"limit": NOTES_PAGE, "offset": page * NOTES_PAGE}
    found = await press.desk.run(notes.listed, press.actor, person_id, **span)
    await show(press.interaction, pages.notes_page(found, page, partial(notes.may_remove, press.actor)))


PRESSES: Mapping[tuple[str, str], Handler] = {
    ("person", "note"): ask,
    ("order", "note"): ask,
    ("person", "notes"): turn,
    ("note", "ask_remove"): ask_remove,
    ("note", "remove"): remove,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("person", "note"): add_to_person, ("order", "note"): add_to_order}
