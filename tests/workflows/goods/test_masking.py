"""Codes never stand in what a ticket keeps: not in its form, nor in the reason, nor in the rating."""

from dataclasses import replace

from novacore.crypto import GoodsCipher, new_key
from novacore.states import OrderStatus, TicketKind, TicketStatus
from novacore.workflows.goods.masking import UNCHECKED
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketDraft
from tests.fixtures.shops import CUSTOMER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives

CODE = "SECRET-1-0"


def test_a_code_in_the_form_the_reason_or_the_rating_is_kept_nowhere(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    time.move(hours=1)
    draft = TicketDraft(TicketKind.other, f"{CODE} is dead", f"I typed {CODE.lower()}, twice")
    ticket = ticket_lives.ready(shop, tickets.open_ticket(shop, CUSTOMER, draft))
    assert (ticket.subject, ticket.description) == ("•••• is dead", "I typed ••••, twice")
    closed = tickets.close(shop, STAFF, ticket.id, Given(reason=f"Gave SECRET-1-1 for {CODE}."))
    assert closed.reason == "Gave •••• for ••••."
    ticket_lives.keep(shop, closed)
    tickets.archived(shop, SYSTEM, ticket.id)
    assert attributes.rate(shop, CUSTOMER, ticket.id, "5", f"{CODE}!").comment == "••••!"
    rows = lives.snapshot(shop)
    assert "SECRET-1" not in repr([rows[name] for name in ("tickets", "events", "jobs")]).upper()


def test_a_ticket_opens_and_closes_while_no_key_fits(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    time.move(hours=1)
    locked_out = replace(shop, cipher=GoodsCipher([new_key()]))
    ticket = tickets.open_ticket(locked_out, CUSTOMER, TicketDraft(TicketKind.other, CODE, CODE))
    assert (ticket.subject, ticket.description) == (UNCHECKED, UNCHECKED)
    ticket_lives.ready(shop, ticket)
    closed = tickets.close(locked_out, STAFF, ticket.id, Given(reason=CODE))
    assert (closed.status, closed.reason) == (TicketStatus.closing, UNCHECKED)
