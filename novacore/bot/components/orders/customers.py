"""The buttons of the page about a customer: their orders, tickets and vouches, and whether they may order."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from novacore import clock
from novacore.bot.answers import open_form, open_page, show, turn_page
from novacore.bot.guests import look_at, person_of
from novacore.bot.press import Handler, Press
from novacore.messages.kit.custom_ids import BESIDE
from novacore.messages.kit.layout import Message
from novacore.messages.orders.desk import lists
from novacore.messages.orders.desk.customer import block_form, customer_page
from novacore.messages.tickets import pages as ticket_pages
from novacore.workflows.machine.policy import require_staff
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.desk import customers


async def look(press: Press) -> None:
    """Show the page about a customer."""
    await (open_page if press.id.args[-1] == BESIDE else turn_page)(press.interaction)
    await _show(press)


async def _show(press: Press) -> None:
    person_id = press.id.number(0)
    found = await press.desk.run(customers.load, press.actor, person_id)
    seen = await look_at(press, person_id)
    await show(press.interaction, customer_page(found, seen, clock.now()))


Listed = Callable[..., tuple[int, Sequence[Any]]]


async def _turn(press: Press, listed: Listed, size: int, build: Callable[..., Message]) -> None:
    """Show a page of a list of theirs."""
    await turn_page(press.interaction)
    person_id, page = press.id.number(0), press.id.number(1)
    total, found = await press.desk.run(listed, press.actor, person_id, limit=size, offset=page * size)
    await show(press.interaction, build(person_id, total, found, page))


async def ask_block(press: Press) -> None:
    """Ask why and until when."""
    require_staff(press.actor, "block people")
    await open_form(press.interaction, block_form(press.id))


async def block(press: Press) -> None:
    """Block them, as `/block` does: with the roles that they have now, for nobody of the staff is ever blocked."""
    require_staff(press.actor, "block people")  # before Discord is asked for anybody
    await turn_page(press.interaction)
    target = press.desk.actor_of(await person_of(press, press.id.number(0)))
    why, until = press.answers.text("reason"), press.answers.text("until")
    await press.desk.run(blocks.block, press.actor, target, why, until)
    await _show(press)


async def unblock(press: Press) -> None:
    """Let them order again, as `/unblock` does."""
    await turn_page(press.interaction)
    await press.desk.run(blocks.unblock, press.actor, press.id.number(0))
    await _show(press)


_LISTS: Mapping[str, Handler] = {
    "orders": partial(_turn, listed=customers.orders_of, size=lists.ORDERS_PAGE, build=lists.orders_page),
    "vouches": partial(_turn, listed=customers.vouches_of, size=lists.VOUCHES_PAGE, build=lists.vouches_page),
    "tickets": partial(
        _turn, listed=customers.tickets_of, size=ticket_pages.TICKETS_PAGE, build=ticket_pages.of_customer_page
    ),
}

PRESSES: Mapping[tuple[str, str], Handler] = {
    ("person", "page"): look,
    **{("person", verb): turn for verb, turn in _LISTS.items()},
    ("person", "block"): ask_block,
    ("person", "unblock"): unblock,
}

SUBMITS: Mapping[tuple[str, str], Handler] = {("person", "block"): block}
